"""Both stores, opened for tests; the SQLite one is what the other must agree with."""

from collections.abc import Callable
from pathlib import Path

from relay.storage.operations import Store
from relay.storage.policy import StorePolicy
from relay.storage.postgres.store import PostgresStore
from relay.storage.sqlite.store import SqliteStore
from tests.relay.stored import ENTROPY
from tests.support.postgres import postgres

OpenStore = Callable[[Path, StorePolicy], Store]


def open_sqlite(folder: Path, policy: StorePolicy) -> Store:
    """A store in a file of `folder`."""
    return SqliteStore.open(folder / "relay.db", policy)


def open_postgres(folder: Path, policy: StorePolicy) -> PostgresStore:
    """A store in a schema that belongs to `folder`."""
    place = folder / "place"
    if not place.exists():
        place.write_text(postgres().fresh())
    return PostgresStore.open(place.read_text(), policy, ENTROPY)


STORES: dict[str, OpenStore] = {"sqlite": open_sqlite, "postgres": open_postgres}
