"""Commands among the messages of a conversation."""

from typing import Final

from client_tui.registry.command import Command, Place
from client_tui.text.language import N_

MESSAGES: Final = (
    Command(
        "select_up",
        "select_up",
        ("up",),
        N_("up"),
        N_("Select the message above; from an empty field, the last."),
        Place.MESSAGES,
    ),
    Command(
        "select_down",
        "select_down",
        ("down",),
        N_("down"),
        N_("Select the message below."),
        Place.MESSAGES,
    ),
    Command(
        "page_up",
        "page_up",
        ("pageup",),
        N_("page up"),
        N_("Scroll up; older messages are loaded."),
        Place.MESSAGES,
    ),
    Command("page_down", "page_down", ("pagedown",), N_("page down"), N_("Scroll down."), Place.MESSAGES),
    Command(
        "oldest",
        "oldest",
        ("home",),
        N_("top"),
        N_("To the oldest message that is loaded."),
        Place.MESSAGES,
    ),
    Command("latest", "latest", ("end",), N_("latest"), N_("To the latest message."), Place.MESSAGES),
    Command(
        "retry", "retry", ("r",), N_("retry"), N_("Send a failed message again."), Place.MESSAGES, footer=2
    ),
    Command(
        "cancel",
        "cancel",
        ("x",),
        N_("cancel"),
        N_("Take a failed or waiting message out of the outbox."),
        Place.MESSAGES,
    ),
)
