"""Which of several databases this is, and how new a list of them its nodes have."""

from dataclasses import dataclass

from psycopg import Connection

from relay.storage.clustering import OVER
from securemsg.errors import LocalError


@dataclass(frozen=True, slots=True)
class Shard:
    """The number of a database among those of a relay, and the epochs that the node knows of."""

    number: int
    epochs: tuple[str, ...]

    @property
    def map(self) -> int:
        """How new the list of epochs is."""
        return len(self.epochs)


def claim(connection: Connection, shard: Shard) -> None:
    """Note which shard this is and the newest list of epochs; call with the turn taken.

    From then on no node with an older list makes a mailbox here or says that there is none (Spec: RL-54).
    Raises `LocalError` for another shard, or another list. One whose list is older learns it by each answer.
    """
    row = connection.execute("SELECT shard, map, epochs FROM store").fetchone()
    number, newest, written = row or (0, 0, "")
    if number not in (0, shard.number):
        raise LocalError(
            f"Line {shard.number} of the connection strings leads to shard {number}: their order must stay."
        )
    known = written.split("\n") if written else []
    if any(OVER not in pair and pair[0] != pair[1] for pair in zip(known, shard.epochs, strict=False)):
        raise LocalError("Epochs that mailboxes were made in must stay as they are; add another at the end.")
    if number == 0 or newest <= shard.map:
        connection.execute(
            "UPDATE store SET shard = %s, map = %s, epochs = %s WHERE (shard, map, epochs) <> (%s, %s, %s)",
            (shard.number, shard.map, "\n".join(shard.epochs)) * 2,
        )


def refuse_outdated(connection: Connection, shard: Shard) -> None:
    """Refuse to begin with an older list of epochs than another node's; raises `LocalError`."""
    if connection.execute("SELECT 1 FROM store WHERE map > %s", (shard.map,)).fetchone():
        raise LocalError("Another node has a longer list of epochs; give this one the same.")
