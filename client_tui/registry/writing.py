"""Commands of the field in which one writes."""

from typing import Final

from client_tui.registry.command import Command, Place
from client_tui.text.language import N_

WRITING: Final = (
    Command("submit", "submit", ("enter",), N_("send"), N_("Send what you wrote."), Place.WRITING, footer=1),
    Command(
        "newline",
        "newline",
        ("ctrl+j",),
        N_("newline"),
        N_("Start a new line without sending."),
        Place.WRITING,
        footer=4,
    ),
    Command(
        "editor",
        "screen.editor",
        ("ctrl+e",),
        N_("editor"),
        N_("Go on writing in your editor."),
        Place.WRITING,
        footer=10,
        after="o",
    ),
)
