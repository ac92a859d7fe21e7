"""Every command of the client in one table: keys, footer, help, which-key, switcher and slash names."""

from client_tui.registry.command import Command, Place, Slash
from client_tui.registry.lookup import COMMANDS, bindings, command_named, find_slash, in_place, slash_commands
from client_tui.registry.shown import shown_key, shown_keys

__all__ = [
    "COMMANDS",
    "Command",
    "Place",
    "Slash",
    "bindings",
    "command_named",
    "find_slash",
    "in_place",
    "shown_key",
    "shown_keys",
    "slash_commands",
]
