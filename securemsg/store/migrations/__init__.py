"""The schema, as numbered steps that are never edited once released (Spec: ST-5).

Each step is a tuple of statements. A vault of version n has had the first n steps; its
number lies in SQLite's `user_version` and changes in the same transaction.
"""

from typing import Final

import apsw

from securemsg.store.errors import DAMAGED, TOO_NEW, VaultDamaged, VaultTooNew, database_errors
from securemsg.store.migrations import first, fourth, second, third

STEPS: Final = (first.STATEMENTS, second.STATEMENTS, third.STATEMENTS, fourth.STATEMENTS)
"""Every step, in order."""


def version(connection: apsw.Connection) -> int:
    """Return how many steps this file has had; the first read, so a wrong key shows here."""
    with database_errors():
        return int(connection.pragma("user_version"))


def check_version(connection: apsw.Connection) -> None:
    """Raise `VaultTooNew` for a newer file, `VaultDamaged` for one without a schema; only reads."""
    found = version(connection)
    if found > len(STEPS):
        raise VaultTooNew(TOO_NEW)
    if found == 0:
        raise VaultDamaged(DAMAGED)


def migrate(connection: apsw.Connection, steps: tuple[tuple[str, ...], ...] = STEPS) -> None:
    """Take every step that this file has not had, each in a transaction of its own.

    A process that is killed in the middle leaves the version before or the one after.
    """
    for number in range(version(connection), len(steps)):
        with database_errors(), connection:
            for statement in steps[number]:
                connection.execute(statement)
            connection.execute(f"pragma user_version = {number + 1}")
