"""The key of a command as people read it, wherever a sentence names one."""

from client_tui.keymap import keys_of
from client_tui.registry import command_named, shown_key, shown_keys


def key_for(name: str) -> str:
    """Return the key that runs the command `name` now; where none does, the name itself."""
    command = command_named(name)
    return shown_keys(keys_of(command)) or name


def escape() -> str:
    """Return the name of the key that goes back."""
    return shown_key("escape")
