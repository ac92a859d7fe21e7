"""The shards that a configuration means; needs psycopg."""

from collections.abc import Mapping

from relay.clock import Clock
from relay.cluster.epochs import Epochs
from relay.cluster.mover import Mover
from relay.cluster.shards import Shards, ShardStore
from relay.storage.policy import StorePolicy
from relay.storage.postgres.claim import Shard
from relay.storage.postgres.connection import ServerAwayError
from relay.storage.postgres.moving import MovingShard
from relay.storage.postgres.store import PostgresStore
from securemsg.crypto.entropy import Entropy


def open_shards(places: Mapping[int, str], epochs: Epochs, policy: StorePolicy, entropy: Entropy) -> Shards:
    """Connect to every shard, by connection strings; one that is away is tried again, if another is there.

    Raises `LocalError`.

    Spec: RL-58
    """
    stores = {
        number: ShardStore(PostgresStore.of_shard(place, Shard(number, epochs.written), policy, entropy))
        for number, place in places.items()
    }
    shards = Shards(stores, epochs)
    away: list[ServerAwayError] = []
    try:
        for store in stores.values():
            try:
                store.open()
            except ServerAwayError as error:
                away.append(error)
        if len(away) == len(stores):
            raise away[0]  # noqa: TRY301  # closes them below
    except BaseException:
        shards.close()
        raise
    return shards


def movers(places: Mapping[int, str], epochs: Epochs, clock: Clock, entropy: Entropy) -> list[Mover]:
    """One for each shard on which mailboxes may lie that belong elsewhere."""
    return [
        Mover(
            source,
            {
                number: MovingShard(place, Shard(number, epochs.written), entropy)
                for number, place in places.items()
            },
            epochs,
            clock,
        )
        for source in places
    ]
