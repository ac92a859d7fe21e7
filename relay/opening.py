"""The store that a configuration means."""

from typing import TYPE_CHECKING, Final, Protocol

from relay.clock import Clock
from relay.cluster.epochs import Epochs
from relay.config import Config, StoreKind
from relay.connections import connections
from relay.folder import DataFolder
from relay.storage.operations import Store
from relay.storage.sqlite.store import SqliteStore
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError

if TYPE_CHECKING:
    from relay.cluster.mover import Mover
    from relay.cluster.shards import Shards
    from relay.storage.postgres.store import PostgresStore

ELSEWHERE: Final = (
    "This relay keeps its mailboxes in PostgreSQL: back them up there, and copy identity.key from the data"
    " folder; the guide says how."
)
"""What a command about files answers where there are none."""


class OpenStore(Store, Protocol):
    """A store that was opened for a relay."""

    @property
    def holds_mailboxes(self) -> bool:
        """Tell whether anybody registered."""
        ...

    def agree_on_blobs(self, mark: bytes) -> bytes:
        """The mark of the folder of blobs that all nodes see: the first that was ever told (Spec: RL-65)."""
        ...


def open_store(config: Config) -> OpenStore:
    """Open it; raises `LocalError`."""
    if config.store.kind is StoreKind.POSTGRES:
        return open_postgres(config)
    return SqliteStore.open(DataFolder(config.data).database, config.policy)


def open_postgres(config: Config) -> "PostgresStore | Shards":
    """Connect to the servers that the configuration names; raises `LocalError`."""
    places, epochs = shards_of(config)
    try:
        from relay.cluster.opening import open_shards  # noqa: PLC0415  # an extra: not everybody has psycopg
        from relay.storage.postgres.claim import Shard  # noqa: PLC0415  # the same
        from relay.storage.postgres.store import PostgresStore  # noqa: PLC0415  # the same
    except ImportError:
        raise LocalError("PostgreSQL needs the package psycopg: install requirements/relay.txt.") from None
    if len(places) > 1:
        return open_shards(places, epochs, config.policy, SystemEntropy())
    ((number, place),) = places.items()
    store = PostgresStore.of_shard(place, Shard(number, epochs.written), config.policy, SystemEntropy())
    store.open_link()
    return store


def shards_of(config: Config) -> tuple[dict[int, str], Epochs]:
    """The connection strings of the shards by their numbers, and the epochs; raises `LocalError`."""
    if config.store.kind is not StoreKind.POSTGRES:
        raise LocalError('The configuration must name PostgreSQL: kind = "postgres" in [store].')
    found = connections(config.store)
    epochs = Epochs.parse(config.store.epochs, len(found))
    return {shard: found[shard - 1].text for shard in epochs.shards}, epochs


def server_of(config: Config) -> str:
    """The connection string of the only shard; raises `LocalError`."""
    places, _ = shards_of(config)
    if len(places) > 1:
        raise LocalError("A relay is moved to or from one shard; name one, and add others later.")
    return next(iter(places.values()))


def check_servers(config: Config) -> None:
    """Verify the tables of every shard, in any thread; raises `LocalError` where they do not agree."""
    places, _ = shards_of(config)
    from relay.storage.postgres.check import faults_at  # noqa: PLC0415  # an extra: not everybody has psycopg

    for number, place in places.items():
        if found := faults_at(place):
            raise LocalError(
                f"The database of shard {number} is damaged ({found[0]}); restore a backup of its server,"
                " then run `securemsg-relay restored`."
            )


def movers_of(config: Config, clock: Clock) -> "list[Mover]":
    """Those who bring mailboxes home, one for each shard."""
    from relay.cluster.opening import movers  # noqa: PLC0415  # an extra: not everybody has psycopg

    return movers(*shards_of(config), clock, SystemEntropy())
