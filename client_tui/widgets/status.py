"""The first row: who we are, and the state of the link to our relay in words."""

from dataclasses import replace

from textual.content import Content

from client_tui.clock import now
from client_tui.text.language import _, ngettext
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.sentences import translated
from client_tui.text.signs import Sign
from client_tui.text.when import brief
from client_tui.widgets.line import Line, sides
from securemsg.client.views import ConnectionView, LinkState
from securemsg.instant import SECOND, Instant

REASON = 80

STEPWISE, STEP = 10, 5
"""Seconds: above the first, the next attempt is told in steps of the second."""


class Status(Line):
    """Shows name and connection; counts down to the next attempt once a second."""

    DEFAULT_CSS = "Status { background: $panel; }"

    def __init__(self, name: str, connection: ConnectionView) -> None:
        """Show `name`, our own."""
        super().__init__(id="status")
        self._own_name = name
        self._connection = connection
        self._unread = 0

    def on_mount(self) -> None:
        """Start counting."""
        self.set_interval(1.0, self._tick)
        self.on_resize()

    def on_resize(self) -> None:
        """Show again for this width."""
        words = ngettext("{n} unread", "{n} unread", self._unread)
        unread = f"  {words.format(n=self._unread)}" if self._unread else ""
        name = Content.assemble(
            (f"  {self.app.TITLE}", "bold $strong"),
            f"  {safe_name(self._own_name)}",
            (f"{unread}  ", "$accent"),
        )
        link = connection_line(self._connection, now())
        if name.cell_length + link.cell_length > self.size.width:
            # The name stays; the cause of the trouble is in `securemsg doctor` too.
            link = connection_line(replace(self._connection, reason=""), now())
        self.show(sides(name, link, self.size.width))

    def update_connection(self, connection: ConnectionView) -> None:
        """Show another state of the link."""
        self._connection = connection
        self.on_resize()

    def rename(self, name: str) -> None:
        """Show another name of ours."""
        self._own_name = name
        self.on_resize()

    def count_unread(self, conversations: int) -> None:
        """Say in how many conversations something is unread."""
        if conversations != self._unread:
            self._unread = conversations
            self.on_resize()

    def _tick(self) -> None:
        if self._connection.state is not LinkState.ONLINE:
            self.on_resize()


def coarse(seconds: int) -> int:
    """Return seconds to be shown: far ahead in steps, so that not every second repaints the row."""
    return seconds if seconds <= STEPWISE else -(-seconds // STEP) * STEP


def connection_line(connection: ConnectionView, present: Instant) -> Content:
    """Return the state of the link: sign, word, and what follows from it."""
    parts: list[str] = []
    match connection.state:
        case LinkState.ONLINE:
            head = (f"{Sign.ONLINE} {_('Online')}", "$success")
        case LinkState.CONNECTING:
            head = (f"{Sign.CONNECTING} {_('Connecting…')}", "$warning")
        case LinkState.OFFLINE:
            head = (f"{Sign.OFFLINE} {_('Offline')}", "bold $warning")
            if connection.retry_at is not None:
                seconds = coarse(max(connection.retry_at - present, 0) // SECOND)
                parts.append(_("next try in {n} s").format(n=seconds))
    if connection.last_received is not None:
        parts.append(_("received {time}").format(time=brief(connection.last_received, present)))
    if connection.waiting:
        parts.append(ngettext("{n} waiting", "{n} waiting", connection.waiting).format(n=connection.waiting))
    if connection.state is LinkState.OFFLINE and connection.reason:
        parts.append(safe_line(translated(connection.reason), REASON).removesuffix("."))
    said = "".join(f" {Sign.EVENT} {part}" for part in parts)
    return Content.assemble(head, (f"{said} ", "$muted"))
