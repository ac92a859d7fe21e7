"""The store that a configuration means."""

from typing import TYPE_CHECKING, Final, Protocol

from relay.config import Config, StoreKind
from relay.connections import connections
from relay.folder import DataFolder
from relay.storage.operations import Store
from relay.storage.sqlite.store import SqliteStore
from securemsg.errors import LocalError

if TYPE_CHECKING:
    from relay.storage.postgres.store import PostgresStore

ELSEWHERE: Final = (
    "This relay keeps its mailboxes in PostgreSQL: back up and check them there, and copy identity.key"
    " from the data folder; the guide says how."
)
"""What a command about files answers where there are none."""


class OpenStore(Store, Protocol):
    """A store that was opened for a relay."""

    @property
    def holds_mailboxes(self) -> bool:
        """Tell whether anybody registered."""
        ...


def open_store(config: Config) -> OpenStore:
    """Open it; raises `LocalError`."""
    if config.store.kind is StoreKind.POSTGRES:
        return open_postgres(config)
    return SqliteStore.open(DataFolder(config.data).database, config.policy)


def open_postgres(config: Config) -> "PostgresStore":
    """Connect to the server that the configuration names; raises `LocalError`."""
    place = server_of(config)
    try:
        from relay.storage.postgres.store import PostgresStore  # noqa: PLC0415  # an extra: not everybody has it
    except ImportError:
        raise LocalError("PostgreSQL needs the package psycopg: install requirements/relay.txt.") from None
    return PostgresStore.open(place, config.policy)


def server_of(config: Config) -> str:
    """The connection string of the only shard; raises `LocalError`."""
    if config.store.kind is not StoreKind.POSTGRES:
        raise LocalError('The configuration must name PostgreSQL: kind = "postgres" in [store].')
    found = connections(config.store)
    if len(found) > 1:
        raise LocalError("This relay serves one shard; leave one connection string.")
    return found[0].text
