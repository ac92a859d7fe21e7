"""One connection to the server, opened so that what it says is committed stays so."""

import logging
import time
from typing import Final

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from relay.storage.operations import StoreFailedError
from relay.storage.postgres.arrays import adapt
from relay.storage.postgres.claim import Shard, claim, refuse_outdated
from relay.storage.postgres.lineage import follow
from relay.storage.postgres.patience import SILENT_SECONDS, PatientConnection
from relay.storage.postgres.schema import migrate, take_turn
from securemsg.errors import LocalError

# Its words are no line of our log, and may quote what the server says (Spec: RL-3, RL-43).
logging.getLogger("psycopg").setLevel(logging.CRITICAL + 1)

_OLDEST_SERVER: Final = 160_000
_ENDS_TRANSACTIONS: Final = 170_000
"""From this version on a server knows `transaction_timeout`."""

_DEFAULTS: Final = {
    "application_name": "securemsg-relay",
    "connect_timeout": "5",
    # Of several hosts the one that takes writes: after a failover that is the former standby.
    "target_session_attrs": "read-write",
    # A server that is cut off without a word is given up within some ten seconds.
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}

_SETTINGS: Final = {
    # One that waits for a lock this long is behind a node that hangs.
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    # A node that stops in the middle gives its locks back, and one that is cut off as well.
    "idle_in_transaction_session_timeout": "10s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
    # Every statement finds its rows by key. Statistics of a young table would say otherwise,
    # and the plan would stay.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}

_DURABLE: Final = ("on", "remote_apply")
"""Values of `synchronous_commit` with which a commit waits for disk and standby."""

_FIRST_WAIT: Final = 0.1
_LONGEST_WAIT: Final = 1.0
"""Between two attempts to connect, in seconds; each keeps the waiting operations waiting."""


def connect(
    conninfo: str, shard: Shard | None = None, patience: float | None = SILENT_SECONDS
) -> PatientConnection:
    """Connect, bring the tables up to date, and void the leaves of a restored database.

    Checks that it is `shard`, where that is given. A server that says nothing for `patience` seconds is gone.

    Raises `LocalError` for a server that cannot or must not be used, `psycopg.Error` when it fails.

    Spec: RL-20, RL-27
    """
    try:
        given = conninfo_to_dict(conninfo)
        missing = {name: value for name, value in _DEFAULTS.items() if name not in given}
        connection = PatientConnection.connect(make_conninfo(conninfo, **missing))
    except psycopg.ProgrammingError:
        raise LocalError("The address of the PostgreSQL server is wrong; see the documentation.") from None
    connection.patience = patience
    try:
        _prepare(connection, shard)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: PatientConnection, shard: Shard | None) -> None:
    connection.autocommit = True
    connection.prepare_threshold = 0
    adapt(connection)
    _refuse_unsafe(connection)
    settings = dict(_SETTINGS)
    if connection.info.server_version >= _ENDS_TRANSACTIONS and connection.patience is not None:
        # One of which only a part arrived is not idle for the server: nothing else would end it.
        settings["transaction_timeout"] = f"{round(1000 * connection.patience)}ms"
    for name, value in settings.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    with connection.transaction():
        take_turn(connection)
        migrate(connection)
        follow(connection)
        if shard is not None:
            claim(connection, shard)


def _refuse_unsafe(connection: Connection) -> None:
    if connection.info.server_version < _OLDEST_SERVER:
        raise LocalError("The PostgreSQL server is too old; version 16 is the oldest that can be used.")
    rows = connection.execute(
        "SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting <> 'on'"
    ).fetchall()
    if rows:
        raise LocalError(f"The PostgreSQL server runs with {rows[0][0]} switched off; switch it on.")
    row = connection.execute("SHOW synchronous_commit").fetchone()
    if row is None or row[0] not in _DURABLE:
        connection.execute("SET synchronous_commit = on")


class ServerAwayError(LocalError):
    """The server does not answer, or not as it must; it may later."""


class Link:
    """A connection that is made again when it was lost, with growing waits in between."""

    __slots__ = ("_connection", "_conninfo", "_not_before", "_patience", "_wait", "shard", "warned")

    def __init__(self, conninfo: str, shard: Shard | None = None, patience: float = SILENT_SECONDS) -> None:
        self._conninfo = conninfo
        self._patience = patience
        self.shard = shard
        self._not_before = 0.0
        self._wait = _FIRST_WAIT
        self.warned = False
        """Whether the server warned since this was last set to false."""
        self._connection: Connection | None = None

    def open(self) -> None:
        """Connect; raises `LocalError`, `ServerAwayError` where it may help to try again."""
        try:
            connection = self._adopt(self._connect())
            if self.shard is not None:
                refuse_outdated(connection, self.shard)
        except LocalError:
            self.drop()
            raise
        except psycopg.Error as error:
            raise ServerAwayError(
                f"The PostgreSQL server cannot be used ({type(error).__name__}); check that it runs, takes"
                " writes, and lets this user make tables."
            ) from None

    @property
    def is_up(self) -> bool:
        """Tell whether there is a connection, as far as is known."""
        return self._connection is not None

    def get(self) -> Connection:
        """The connection; raises `StoreFailedError` while there is none."""
        if self._connection is not None:
            return self._connection
        if time.monotonic() < self._not_before:
            raise StoreFailedError("the server is away")
        try:
            return self._adopt(self._connect())
        except (psycopg.Error, LocalError) as error:
            self._not_before = time.monotonic() + self._wait
            self._wait = min(2 * self._wait, _LONGEST_WAIT)
            raise StoreFailedError(f"the server cannot be used: {type(error).__name__}") from None

    def recover(self) -> bool:
        """End a transaction that failed; tell whether the connection survived."""
        connection = self._connection
        if connection is None:
            return False
        try:
            connection.rollback()
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
        except psycopg.Error:
            row = None
        # A primary that was demoted under us is as bad as one that is gone.
        if row == (False,):
            return True
        self.drop()
        return False

    def drop(self) -> None:
        """Give up the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> Connection:
        return connect(self._conninfo, self.shard, self._patience)

    def _adopt(self, connection: Connection) -> Connection:
        connection.add_notice_handler(self._warn)
        self._connection = connection
        self._wait = _FIRST_WAIT
        return connection

    def _warn(self, notice: psycopg.errors.Diagnostic) -> None:
        self.warned = self.warned or notice.severity_nonlocalized == "WARNING"
