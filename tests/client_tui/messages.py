"""Messages made for tests of rows: one place that knows how many fields they have."""

from dataclasses import replace

from securemsg.client.views import Direction, MessageState, MessageView
from securemsg.instant import Instant

NOW = Instant(1_791_980_000_000)


def theirs(row: int = 1, text: str = "hello", ago: int = 0, **changes: object) -> MessageView:
    """Return a message of Ben, stored `ago` ms before `NOW`."""
    at = Instant(NOW - ago)
    made = MessageView(
        row, f"{row:032x}", 1, "Ben", Direction.IN, MessageState.RECEIVED, text, "", at, at, readable=True
    )
    return replace(made, **changes)  # type: ignore[arg-type] # fields by name


def ours(
    row: int = 1,
    text: str = "hello",
    state: MessageState = MessageState.DELIVERED,
    ago: int = 0,
    **changes: object,
) -> MessageView:
    """Return a message of ours."""
    return theirs(row, text, ago, direction=Direction.OUT, state=state, **changes)
