"""The first row: who we are, and the state of the link to our relay in words."""

from dataclasses import replace

from textual.content import Content

from client_tui.clock import now
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.when import brief
from client_tui.widgets.line import Line, sides
from securemsg.client.views import ConnectionView, LinkState
from securemsg.instant import SECOND, Instant

REASON = 80


class Status(Line):
    """Shows name and connection; counts down to the next attempt once a second."""

    DEFAULT_CSS = "Status { background: $panel; }"

    def __init__(self, name: str, connection: ConnectionView) -> None:
        """Show `name`, our own."""
        super().__init__(id="status")
        self._own_name = name
        self._connection = connection

    def on_mount(self) -> None:
        """Start counting."""
        self.set_interval(1.0, self._tick)
        self.on_resize()

    def on_resize(self) -> None:
        """Show again for this width."""
        name = Content.assemble(("  securemsg", "bold $strong"), f"  {safe_name(self._own_name)}  ")
        link = connection_line(self._connection, now())
        if name.cell_length + link.cell_length > self.size.width:
            # The name stays; the cause of the trouble is in `securemsg doctor` too.
            link = connection_line(replace(self._connection, reason=""), now())
        self.show(sides(name, link, self.size.width))

    def update_connection(self, connection: ConnectionView) -> None:
        """Show another state of the link."""
        self._connection = connection
        self.on_resize()

    def _tick(self) -> None:
        if self._connection.state is not LinkState.ONLINE:
            self.on_resize()


def connection_line(connection: ConnectionView, present: Instant) -> Content:
    """Return the state of the link: glyph, word, and what follows from it."""
    waiting = f" \u00b7 {connection.waiting} waiting" if connection.waiting else ""
    match connection.state:
        case LinkState.ONLINE:
            at = connection.last_received
            received = f" \u00b7 received {brief(at, present)}" if at is not None else ""
            return Content.assemble(("\u25cf Online", "$success"), (f"{received}{waiting} ", "$muted"))
        case LinkState.CONNECTING:
            return Content.assemble(("\u25cc Connecting\u2026", "$warning"), (f"{waiting} ", "$muted"))
        case LinkState.OFFLINE:
            again = _again(connection, present)
            reason = (
                f" \u00b7 {safe_line(connection.reason, REASON).removesuffix('.')}"
                if connection.reason
                else ""
            )
            return Content.assemble(
                ("\u25cb Offline", "bold $warning"), (f"{again}{waiting}{reason} ", "$muted")
            )


def _again(connection: ConnectionView, present: Instant) -> str:
    if connection.retry_at is None:
        return ""
    seconds = max(connection.retry_at - present, 0) // SECOND
    return f" \u00b7 next try in {seconds} s"
