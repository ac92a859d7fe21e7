"""The sheet of settings: up and down choose, left and right change at once."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from client_tui.bridge import Bridge
from client_tui.screens.device import (
    DEVICE,
    VAULT,
    Item,
    device_value,
    neighbour,
    shown_value,
    vault_value,
    with_value,
)
from client_tui.settings import Settings
from client_tui.text.language import _
from securemsg.client import Profile
from securemsg.client.views import SettingsView

TITLE_COLUMN = 42


class SettingsScreen(Screen[None]):
    """Two lists: of this device, and of the vault."""

    CSS = """
    SettingsScreen { align: center middle; background: $background; color: $foreground; }
    SettingsScreen #box { width: 100%; max-width: 90; height: auto; max-height: 100%; padding: 1 2; }
    SettingsScreen #box { background: $surface; }
    """

    BINDINGS = [  # noqa: RUF012 - Textual's way
        Binding("escape,enter", "done", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("left", "change(-1)", show=False),
        Binding("right,space", "change(1)", show=False),
    ]

    class Chosen(Message):
        """Something was set on this device."""

        def __init__(self, item: Item, settings: Settings) -> None:
            """Carry what, and all settings as they are now."""
            super().__init__()
            self.item = item
            self.settings = settings

    class Closed(Message):
        """The person is done."""

    def __init__(self, bridge: Bridge, settings: Settings) -> None:
        """Show what holds."""
        super().__init__()
        self._bridge = bridge
        self._settings = settings
        self._kept = SettingsView()
        self._place = 0
        self._rows = Static(Content(""))

    def compose(self) -> ComposeResult:
        """Lay out the rows."""
        with VerticalScroll(id="box", can_focus=False):
            yield self._rows

    async def on_mount(self) -> None:
        """Read what the vault holds."""
        self._kept = await self._bridge.perform(Profile.settings)
        self._draw()

    def action_move(self, step: int) -> None:
        """Go to another row."""
        self._place = (self._place + step) % (len(DEVICE) + len(VAULT))
        self._draw()

    async def action_change(self, step: int) -> None:
        """Set the next or previous value."""
        if self._place < len(DEVICE):
            item = DEVICE[self._place]
            value = neighbour(item, device_value(item, self._settings), step)
            self._settings = with_value(self._settings, item, value)
            self.post_message(self.Chosen(item, self._settings))
        else:
            item = VAULT[self._place - len(DEVICE)]
            value = neighbour(item, vault_value(item, self._kept), step)
            self._kept = await self._bridge.perform(lambda held: held.change_setting(item.name, value))
        self._draw()

    def redraw(self, settings: Settings) -> None:
        """Show the same in another language."""
        self._settings = settings
        self._draw()

    def action_done(self) -> None:
        """Go back."""
        self.post_message(self.Closed())

    def _draw(self) -> None:
        parts: list[str | tuple[str, str]] = [(_("Settings of this device") + "\n", "bold $strong")]
        for place, item in enumerate((*DEVICE, *VAULT)):
            if place == len(DEVICE):
                parts.append(("\n" + _("Settings of this account") + "\n", "bold $strong"))
            holder = place < len(DEVICE)
            value = device_value(item, self._settings) if holder else vault_value(item, self._kept)
            parts += self._row(place, item, shown_value(item, value))
        parts.append(("\n" + _("Arrows choose and change; Esc closes."), "$muted"))
        self._rows.update(Content.assemble(*parts))

    def _row(self, place: int, item: Item, value: str) -> list[str | tuple[str, str]]:
        here = place == self._place
        later = "  " + _("(from the next start on)") if item.later else ""
        mark = "> " if here else "  "
        title = f"{mark}{_(item.title):<{TITLE_COLUMN}} "
        style = "bold $accent" if here else "$foreground"
        return [(title, style), (value, style), (later, "$muted"), "\n"]
