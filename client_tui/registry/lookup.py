"""Finding commands: by place for keys and help, by name for keymaps, by slash name for writing."""

import unicodedata
from typing import Final

from textual.binding import BindingType

from client_tui.registry.command import Command, Place
from client_tui.registry.conversation import CONVERSATION
from client_tui.registry.device import DEVICE
from client_tui.registry.everywhere import EVERYWHERE
from client_tui.registry.messages import MESSAGES
from client_tui.registry.writing import WRITING

COMMANDS: Final = (*EVERYWHERE, *CONVERSATION, *WRITING, *MESSAGES, *DEVICE)
"""All, in the order of the help."""

_NAMED: Final = {command.name: command for command in COMMANDS}


def in_place(*places: Place) -> list[Command]:
    """Return the commands of `places`, in the order of the table."""
    return [command for command in COMMANDS if command.place in places]


def bindings(*places: Place) -> list[BindingType]:
    """Return the key bindings of the commands of `places`, for `BINDINGS` of a widget."""
    return [binding for command in in_place(*places) if (binding := command.binding()) is not None]


def command_named(name: str) -> Command:
    """Return the command that the table calls `name`; raises `KeyError`."""
    return _NAMED[name]


def slash_commands(begun: str = "") -> list[Command]:
    """Return the commands of which a slash name begins like `begun` (without the slash), for completion."""
    wanted = folded(begun)
    return [command for command in COMMANDS if any(name.startswith(wanted) for name in _slash_names(command))]


def find_slash(name: str) -> Command | None:
    """Return the command that is written `/name`, in whichever language and with or without accents."""
    wanted = folded(name)
    return next((command for command in COMMANDS if wanted in _slash_names(command)), None)


def folded(text: str) -> str:
    """Return `text` in small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _slash_names(command: Command) -> tuple[str, ...]:
    return (folded(command.slash.english), folded(command.slash.french)) if command.slash else ()
