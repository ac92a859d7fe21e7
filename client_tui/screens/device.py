"""What can be set, in the words of the person: of this device, and of the vault."""

from dataclasses import dataclass
from typing import Final

from client_tui.settings import CHOICES, Settings
from client_tui.text.language import LANGUAGES, N_, _
from securemsg.client.views import SettingsView

LOCK_MINUTES: Final = ("1", "5", "10", "30", "60", "0")

SWITCH: Final = ("off", "on")

WORDS: Final = {
    "": N_("as the system says"),
    "on": N_("on"),
    "off": N_("off"),
    "night": N_("night"),
    "day": N_("day"),
    "contrast": N_("contrast"),
    "ansi": N_("the terminal's colours"),
    "default": N_("usual"),
    "send": N_("sends"),
    "newline": N_("starts a new line"),
    "click": N_("clicks only"),
    "bell": N_("a bell"),
    "osc": N_("the terminal"),
    "desktop": N_("the desktop"),
    "generic": N_("that something came"),
    "sender": N_("who wrote"),
    "full": N_("who wrote, and the words"),
    **LANGUAGES,
}


@dataclass(frozen=True, slots=True)
class Item:
    """One row: its name in the file or the vault, a title, and the values it goes through."""

    name: str
    title: str
    values: tuple[str, ...]
    later: bool = False


DEVICE: Final = (
    Item("language", N_("Language"), CHOICES["language"]),
    Item("theme", N_("Colours"), CHOICES["theme"]),
    Item("keymap", N_("Keys"), CHOICES["keymap"]),
    Item("enter", N_("The Enter key"), CHOICES["enter"]),
    Item("notifications", N_("Notifications"), CHOICES["notifications"]),
    Item("notification_content", N_("They say"), CHOICES["notification_content"]),
    Item("ascii", N_("Plain signs instead of symbols"), SWITCH),
    Item("mouse", N_("Mouse"), CHOICES["mouse"], later=True),
    Item("screen_reader", N_("For a screen reader"), SWITCH, later=True),
    Item("plain", N_("Line by line"), SWITCH, later=True),
)
"""In `tui.toml`."""

VAULT: Final = (
    Item("read_receipts", N_("Tell others that I have read"), SWITCH),
    Item("typing", N_("Show others that I am writing"), SWITCH),
    Item("strip_metadata", N_("Remove what pictures tell about me"), SWITCH),
    Item("lock_minutes", N_("Lock when nobody is there"), LOCK_MINUTES),
)
"""In the vault: the same on whatever terminal it is opened."""


def shown_value(item: Item, value: str) -> str:
    """Return a value in words."""
    if item.name == "lock_minutes":
        return _("never") if value == "0" else _("after {minutes} min").format(minutes=value)
    return _(WORDS.get(value, value))


def device_value(item: Item, settings: Settings) -> str:
    """Return what is set on this device, as one of the values of the item."""
    value = getattr(settings, item.name)
    return SWITCH[value] if isinstance(value, bool) else str(value)


def vault_value(item: Item, settings: SettingsView) -> str:
    """Return what is set in the vault."""
    value = getattr(settings, item.name)
    return SWITCH[value] if isinstance(value, bool) else str(value)


def with_value(settings: Settings, item: Item, value: str) -> Settings:
    """Return the settings of the device with another value."""
    typed = value == "on" if item.values is SWITCH else value
    return settings._replace(**{item.name: typed})  # type: ignore[arg-type]  # the field that the item names


def neighbour(item: Item, value: str, step: int) -> str:
    """Return the value before or after `value`."""
    place = item.values.index(value) if value in item.values else 0
    return item.values[(place + step) % len(item.values)]
