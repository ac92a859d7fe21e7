"""How a conversation is written down before it is played into a vault."""

from dataclasses import dataclass, field
from enum import Enum

from securemsg.client.scene_files import Attachment
from securemsg.client.views import Direction, MessageState, Trust

IN, OUT = Direction.IN, Direction.OUT
DAY_MINUTES = 1_440


class Act(Enum):
    """What happens in a turn: mostly somebody says something."""

    SAY = "say"
    TIMER = "timer"
    NEWER = "newer"
    CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: `day` 0 is the day of the play, -1 the day before; `hour` is local time, `08:31`.

    `mark` names a turn for those that answer it; `answers` is such a mark.
    """

    day: int
    hour: str
    who: Direction
    text: str
    state: MessageState = MessageState.DELIVERED
    reason: str = ""
    mark: str = ""
    answers: str = ""
    lifetime: int = 0
    earlier: str = ""
    deleted: bool = False
    signs: tuple[tuple[Direction, str], ...] = ()
    file: Attachment | None = None
    act: Act = Act.SAY

    @property
    def minutes(self) -> int:
        """Minutes since the beginning of the day of the play."""
        hours, _, rest = self.hour.partition(":")
        return self.day * DAY_MINUTES + int(hours) * 60 + int(rest)


@dataclass(frozen=True, slots=True)
class Part:
    """One person and what was said; the last `unread` of theirs are new."""

    alias: str
    trust: Trust
    turns: tuple[Turn, ...] = field(repr=False)
    unread: int = 0
    accepted: bool = True
    name: str = ""
