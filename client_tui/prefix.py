"""Ctrl+X and a second key: the twins of function keys, which some terminals keep for themselves."""

from typing import TYPE_CHECKING, Final

from textual import events
from textual.app import App

from client_tui.registry import Place
from client_tui.widgets.which_key import WhichKey, followers

if TYPE_CHECKING:
    from textual.timer import Timer

KEY: Final = "ctrl+x"

HESITATION: Final = 0.4
"""Seconds after which the menu is shown: whoever knows the key never sees it."""


class Prefix:
    """Waits for the second key."""

    def __init__(self, app: App[int]) -> None:
        """Watch the keys of `app`."""
        self._app = app
        self._timer: Timer | None = None
        self._menu: WhichKey | None = None

    async def take(self, event: events.Key) -> bool:
        """Tell whether `event` was for the prefix; if so, nobody else gets it."""
        if self._timer is None:
            if event.key != KEY:
                return False
            self._timer = self._app.set_timer(HESITATION, self._show)
            return True
        await self.drop()
        command = followers().get(event.key.removeprefix("ctrl+"))
        if command is not None:
            everywhere = command.place is Place.EVERYWHERE
            place = self._app.screen if everywhere else self._app.screen.focused or self._app.screen
            await self._app.run_action(command.action, default_namespace=place)
        return True

    async def drop(self) -> None:
        """Wait no longer."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
        menu, self._menu = self._menu, None
        if menu is not None:
            await menu.remove()

    async def _show(self) -> None:
        if self._timer is None:
            # The second key came, or the lock, just before this.
            return
        self._menu = WhichKey(self._app.size.width)
        await self._app.screen.mount(self._menu)
