"""The tables: how they come about, and that no mailbox depends on another."""

import re
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import psycopg
import pytest

from relay.storage.policy import StorePolicy
from relay.storage.postgres import holdings, load, schema, upkeep, write
from relay.storage.postgres.store import PostgresStore
from securemsg.errors import LocalError
from tests.support.postgres import postgres

POLICY = StorePolicy()
OF_MAILBOXES = ("token", "envelope", "submitted", "shelf", "leaf")
_COMPARISON = re.compile(r"(\w+)\.(\w+)\s*[=<>]+\s*(\w+)\.(\w+)")


@pytest.fixture
def place() -> str:
    return postgres().fresh()


def test_nodes_that_start_together_make_the_tables_once(place: str) -> None:
    """RL-27."""
    with ThreadPoolExecutor(4) as pool:
        for node in pool.map(lambda _: PostgresStore.open(place, POLICY), range(4)):
            node.close()
    with psycopg.connect(place) as connection:
        version = connection.execute("SELECT version, epoch FROM store").fetchall()
    assert version == [(len(schema.MIGRATIONS), 1)]


def test_a_migration_is_made_whole_or_not_at_all(place: str) -> None:
    """RL-27."""
    steps = (*schema.MIGRATIONS, "CREATE TABLE more (x bigint)", "SELECT 1/0")
    with psycopg.connect(place) as connection:
        with pytest.raises(psycopg.errors.DivisionByZero), connection.transaction():
            schema.migrate(connection, steps)
        assert connection.execute("SELECT to_regclass('store')").fetchone() == (None,)
        with connection.transaction():
            schema.migrate(connection, steps[:-1])
        assert connection.execute("SELECT version FROM store").fetchone() == (len(steps) - 1,)
        assert connection.execute("SELECT * FROM more").fetchall() == []


def test_a_newer_database_is_refused(place: str) -> None:
    """RL-27."""
    PostgresStore.open(place, POLICY).close()
    with psycopg.connect(place) as connection:
        connection.execute("UPDATE store SET version = version + 1")
    with pytest.raises(LocalError, match="newer"):
        PostgresStore.open(place, POLICY)


_DEPENDENCIES = """
SELECT conname::text FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype = 'f'
UNION SELECT relname::text FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S'
UNION SELECT proname::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
"""

_KEYS = """
SELECT relname::text, attname::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
WHERE relnamespace = current_schema()::regnamespace AND indisunique
"""

_EXTERNAL = """
SELECT relname::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attstorage = 'e'
"""


def test_no_row_of_one_mailbox_refers_to_another(place: str) -> None:
    """RL-21: no foreign key, no sequence, nothing that fires, and every key begins with the mailbox."""
    PostgresStore.open(place, POLICY).close()
    with psycopg.connect(place) as connection:
        assert connection.execute(_DEPENDENCIES).fetchall() == []
        assert set(connection.execute(_KEYS)) == {
            ("store", "single"),
            ("invitation", "hash"),
            ("redemption", "digest"),
            ("mailbox", "box"),
            ("mailbox", "name"),
            *((table, "box") for table in OF_MAILBOXES),
        }
        external = {table for (table,) in connection.execute(_EXTERNAL)}
        assert external == {"envelope", "leaf", "shelf"}


@pytest.mark.parametrize("module", [load, write, upkeep, holdings])
def test_no_statement_relates_one_mailbox_to_another(module: ModuleType) -> None:
    """RL-21: rows of mailboxes are compared with each other by the mailbox only, and nobody is notified."""
    statements = [
        text for name, text in vars(module).items() if name.startswith("_") and isinstance(text, str)
    ]
    compared = [
        (table, column, other_table, other_column)
        for statement in statements
        for table, column, other_table, other_column in _COMPARISON.findall(statement)
        if {table, other_table} <= {*OF_MAILBOXES, "mailbox"}
    ]
    assert {(column, other) for _, column, _, other in compared} <= {("box", "box")}
    assert not any("NOTIFY" in statement for statement in statements)
    assert any("box = " in statement for statement in statements)
