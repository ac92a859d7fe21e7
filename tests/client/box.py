"""A mailbox at the post office."""

from dataclasses import dataclass, field

from securemsg.ids import SubmitId
from securemsg.mailbox.answers import Deliver, Failed
from securemsg.mailbox.tokens import TokenHash


@dataclass
class Box:
    """A mailbox at the post office, with its shelf."""

    tokens: set[TokenHash]
    queue: list[Deliver] = field(default_factory=list)
    seen: set[SubmitId] = field(default_factory=set)
    sequence: int = 0
    generation: int = 0
    manifest: bytes = b""
    leaves: dict[int, bytes] = field(default_factory=dict)
    failure: Failed | None = None
    """What every submit is answered while it is set."""
