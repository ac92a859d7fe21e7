"""Keys as people read them: `ctrl+j` is `^J`."""

from collections.abc import Sequence
from typing import Final

from client_tui.text.language import N_, _

_NAMES: Final = {
    "escape": N_("Esc"),
    "enter": N_("Enter"),
    "up": N_("Up"),
    "down": N_("Down"),
    "left": N_("Left"),
    "right": N_("Right"),
    "pageup": N_("PgUp"),
    "pagedown": N_("PgDn"),
    "home": N_("Home"),
    "end": N_("End"),
    "tab": N_("Tab"),
    "space": N_("Space"),
    "backspace": N_("Backspace"),
    "delete": N_("Del"),
    "question_mark": "?",
    "slash": "/",
    "plus": "+",
    "minus": "-",
}

_CONTROL: Final = "ctrl+"


def shown_key(key: str) -> str:
    """Return what a person reads for Textual's name of a key."""
    if key.startswith(_CONTROL):
        return "^" + shown_key(key.removeprefix(_CONTROL)).capitalize()
    modifiers, _plus, plain = key.rpartition("+")
    if modifiers:
        return f"{modifiers.capitalize()}+{shown_key(plain)}"
    if plain in _NAMES:
        return _(_NAMES[plain])
    return plain.upper() if plain[:1] == "f" and plain[1:].isdigit() else plain


def shown_keys(keys: Sequence[str]) -> str:
    """Return the first of several keys, empty where there is none."""
    return shown_key(keys[0]) if keys else ""
