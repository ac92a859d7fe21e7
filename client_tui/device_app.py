"""The part of the application that belongs to the device: settings, language, colours, keys, wiping."""

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from rich.console import RenderableType
from textual import on
from textual._context import active_message_pump
from textual.app import App
from textual.screen import Screen

from client_tui.keymap import load_keymap, rebind, use_keymap
from client_tui.outward import Outward
from client_tui.screens.device import DEVICE, Item, with_value
from client_tui.screens.key_tester import KeyTester
from client_tui.screens.settings import SettingsScreen
from client_tui.screens.start import Start
from client_tui.screens.wipe import WipeScreen
from client_tui.settings import Settings, change_setting, is_fit
from client_tui.terminal.driver import WipingDriver
from client_tui.text import signs
from client_tui.text.language import _, language_of, use_language
from client_tui.text.sentences import translated
from client_tui.theme import NIGHT, THEMES
from securemsg.client import Profile

if TYPE_CHECKING:
    from client_tui.bridge import Bridge

S = TypeVar("S")

LATER = 0.1
"""Seconds until it is looked again whether a terminal reads."""

REDRAWN = frozenset({"language", "ascii"})
"""Settings after which every word on the screen is another."""


class DeviceApp(App[int]):
    """Shows and changes what is set on this device."""

    def __init__(self, start: Start, driver: type) -> None:
        """Begin with `start`, drawing by `driver`."""
        super().__init__(driver_class=driver)
        self._start = start
        self._bridge: Bridge | None = None
        self._lock_minutes = 0
        self._outdated = False
        self._has_gap = False
        self.outward = Outward(self, start.settings)
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = start.settings.theme
        signs.use_ascii(wanted=start.settings.ascii)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Name our own colours for every theme."""
        return NIGHT.variables

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Draw, unless the terminal does not read: then everything is drawn again once it does."""
        if self._is_behind():
            if not self._has_gap:
                self._has_gap = True
                self.set_timer(LATER, self._catch_up)
            return
        super()._display(screen, renderable)

    def _is_behind(self) -> bool:
        return isinstance(self._driver, WipingDriver) and self._driver.is_behind

    def _catch_up(self) -> None:
        if self._is_behind():
            self.set_timer(LATER, self._catch_up)
        else:
            self._has_gap = False
            self.screen.refresh()

    def say(self, sentence: str) -> None:
        """Show a sentence where the person looks."""
        raise NotImplementedError

    async def show_anew(self) -> None:
        """Show the conversations again, in other words."""
        raise NotImplementedError

    async def close_vault(self) -> None:
        """Save what was begun and close the vault."""
        raise NotImplementedError

    async def read_lock_minutes(self) -> None:
        """Look up after how long the vault locks itself."""
        if self._bridge is not None:
            self._lock_minutes = (await self._bridge.perform(Profile.settings)).lock_minutes

    async def in_own_time(self, step: Callable[..., Awaitable[object]], *arguments: object) -> None:
        """Await `step`, or have it called later where it would end whoever waits here for it.

        A command may be written in a field of the very screen that it takes away.
        """
        if active_message_pump.get(None) is self:
            await step(*arguments)
        else:
            self.call_later(step, *arguments)

    async def action_settings(self) -> None:
        """Show what can be set."""
        if self._bridge is not None:
            await self.in_own_time(self.push_screen, SettingsScreen(self._bridge, self.outward.settings))

    async def action_keys(self, argument: str = "") -> None:
        """Show what keys the terminal sends."""
        del argument
        await self.in_own_time(self.push_screen, KeyTester())

    async def action_wipe(self) -> None:
        """Close the vault and ask whether everything is to go."""
        if self._bridge is not None:
            await self.in_own_time(self._ask_to_wipe)

    async def _ask_to_wipe(self) -> None:
        await self.close_vault()
        await self.switch_screen(WipeScreen(self._start))

    async def action_language(self, argument: str) -> None:
        """Speak another language."""
        await self.in_own_time(self._choose, "language", argument)

    async def action_theme_named(self, argument: str) -> None:
        """Use other colours."""
        await self.in_own_time(self._choose, "theme", argument)

    async def _choose(self, name: str, value: str) -> None:
        item = next(each for each in DEVICE if each.name == name)
        if not is_fit(name, value):
            self.say(_("Say one of: {values}").format(values=", ".join(each for each in item.values if each)))
            return
        await self._apply(item, with_value(self.outward.settings, item, value))
        await self._redraw()

    async def _redraw(self) -> None:
        """Draw again what was drawn in other words."""
        outdated, self._outdated = self._outdated, False
        if outdated:
            await self.show_anew()

    @on(SettingsScreen.Chosen)
    async def setting_chosen(self, event: SettingsScreen.Chosen) -> None:
        """Let the change be seen at once, behind the sheet too."""
        await self._apply(event.item, event.settings)
        if isinstance(self.screen, SettingsScreen):
            self.screen.redraw(event.settings)

    async def _apply(self, item: Item, settings: Settings) -> None:
        """Let `settings` hold, and keep the one that changed."""
        self.outward.settings = settings
        self._outdated |= item.name in REDRAWN
        match item.name:
            case "theme":
                self.theme = settings.theme
            case "language":
                use_language(language_of(os.environ, settings.language))
            case "ascii":
                signs.use_ascii(wanted=settings.ascii)
            case "keymap" | "enter":
                self._use_keys(settings)
            case _:
                pass
        try:
            change_setting(self._start.settings_kept, item.name, getattr(settings, item.name))
        except OSError:
            self.say(_("The settings cannot be written to the disk; they hold until the end only."))

    def _use_keys(self, settings: Settings) -> None:
        keymap = load_keymap(settings)
        use_keymap(keymap)
        for screen in self.screen_stack:
            self.rebind_screen(screen)
        for warning in keymap.warnings:
            self.say(translated(warning))

    def rebind_screen(self, screen: Screen[S]) -> None:
        """Bring the keymap to what is there."""
        for node in (self, screen, *screen.walk_children()):
            rebind(node)

    @on(SettingsScreen.Closed)
    @on(KeyTester.Closed)
    async def sheet_closed(self, event: SettingsScreen.Closed | KeyTester.Closed) -> None:
        """Go back to the conversations."""
        await self.pop_screen()
        if isinstance(event, SettingsScreen.Closed):
            await self.read_lock_minutes()
            await self._redraw()
