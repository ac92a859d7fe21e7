"""What has not left yet or could not: of all conversations, with sending again and taking back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from client_tui.text.language import _, ngettext
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.sentences import translated
from client_tui.text.signs import Sign
from client_tui.text.when import brief
from client_tui.widgets.line import Line, fitted, sides
from client_tui.widgets.row_list import RowList
from client_tui.widgets.sheet import Sheet, Title
from securemsg.client.views import MessageState, MessageView
from securemsg.instant import Instant

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message that waits or failed, as a row."""

    message: MessageView
    present: Instant

    @property
    def key(self) -> int:
        """The row in the vault."""
        return self.message.row

    def line(self, width: int) -> Content:
        """Return to whom, what, since when, and why it is still here."""
        message = self.message
        failed = message.state is MessageState.FAILED
        sign = (f"{Sign.FAILED} ", "bold $error") if failed else (f"{Sign.QUEUED} ", "$muted")
        words = message.text or (message.file.name if message.file is not None else "")
        left = Content.assemble(
            sign, (f"{safe_name(message.alias)}  ", "bold $secondary"), safe_line(words, SHOWN)
        )
        reason = safe_line(translated(message.reason), SHOWN)
        at = Content.styled(f"  {brief(message.stored_at, self.present)} ", "$muted")
        why = Content.styled(f"  {reason}", "$error" if failed else "$muted")
        room = max(width // 2 - at.cell_length, 1)
        return fitted(sides(left, Content.assemble(fitted(why, room), at), width), width)


class OutboxSheet(Sheet):
    """The messages, and two letters."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "ask('retry')", show=False),
        Binding("x", "ask('cancel')", show=False),
    ]

    DEFAULT_CSS = "OutboxSheet RowList { height: 1fr; margin-top: 1; }"

    class Asked(Message):
        """`verb` was asked for a message."""

        def __init__(self, verb: str, message: MessageView) -> None:
            """Name both."""
            super().__init__()
            self.verb = verb
            self.message = message

    class Opened(Message):
        """A message was chosen, to be seen where it stands."""

        def __init__(self, message: MessageView) -> None:
            """Carry it."""
            super().__init__()
            self.message = message

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="outbox-sheet")
        self._list = RowList("waiting")
        self._keys = Line()
        self._messages: Sequence[MessageView] = ()

    def compose(self) -> ComposeResult:
        """Lay out list and keys."""
        yield Title(Content.styled(_("Outbox"), "bold $strong"))
        yield self._list
        yield self._keys

    def open(self, messages: Sequence[MessageView], present: Instant) -> None:
        """Show what waits."""
        self._list.selected = messages[0].row if messages else None
        self.show(messages, present)
        self._list.focus()

    def show(self, messages: Sequence[MessageView], present: Instant) -> None:
        """Show what waits now; the mark goes with its message: the next key would take back another one."""
        self._messages = messages
        marked = self._marked()
        rows = [Waiting(message, present) for message in messages]
        self._list.show(rows, None if marked is None else marked.row)
        self._keys.show(_hint(len(messages)))

    def action_ask(self, verb: str) -> None:
        """Ask for something to be done with the marked message."""
        message = self._marked()
        if message is not None:
            self.post_message(self.Asked(verb, message))

    @on(RowList.Chosen)
    def chosen(self, event: RowList.Chosen) -> None:
        """Show it in its conversation."""
        event.stop()
        message = self._marked()
        if message is not None:
            self.post_message(self.Opened(message))

    def _marked(self) -> MessageView | None:
        return next((message for message in self._messages if message.row == self._list.selected), None)


def _hint(count: int) -> Content:
    if not count:
        return Content.styled(_("Nothing waits: everything was taken by its relay."), "$success")
    words = ngettext("{n} message", "{n} messages", count).format(n=count)
    keys = _("Enter shows it   R sends again   x takes it back   Esc closes")
    return Content.assemble((f"{words}  ", "bold $foreground"), (keys, "$muted"))
