"""Every command of the client in one table: keys, footer, help and later the palette come from here.

No Alt, no Shift+Enter, no Ctrl with digits: terminals and tmux swallow or change them.
"""

from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType


class Place(StrEnum):
    """Where a command works."""

    EVERYWHERE = "Everywhere"
    WRITING = "While writing"
    MESSAGES = "Among messages"
    SHEET = "In a sheet"


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `action` as Textual names it, `keys` as it binds them, `shown` as people read them."""

    action: str
    keys: str
    shown: str
    title: str
    help: str
    place: Place = Place.EVERYWHERE
    footer: int = 0

    def binding(self) -> Binding:
        """Return the key binding; commands that work everywhere come before the focused field."""
        return Binding(
            self.keys, self.action, self.title, show=False, priority=self.place is Place.EVERYWHERE
        )


COMMANDS = (
    Command("back", "escape", "Esc", "back", "Close the sheet, or go back to writing.", footer=1),
    Command("submit", "enter", "Enter", "send", "Send what you wrote.", Place.WRITING, 1),
    Command("newline", "ctrl+j", "^J", "newline", "Start a new line without sending.", Place.WRITING, 4),
    Command("next", "ctrl+n", "^N", "next", "Go to the next conversation.", footer=5),
    Command("previous", "ctrl+p", "^P", "previous", "Go to the previous conversation.", footer=6),
    Command("search", "ctrl+f", "^F", "search", "Search the messages of all conversations.", footer=7),
    Command("verify", "f2", "F2", "verify", "Compare safety numbers with this contact.", footer=8),
    Command("add", "f3", "F3", "add contact", "Add a contact from a link.", footer=9),
    Command(
        "proceed", "f4", "F4", "go on", "After a changed identity: go on without verifying. Asks once more."
    ),
    Command("people", "f5,ctrl+b", "F5", "list", "Show or hide the list of conversations.", footer=10),
    Command("dismiss_alarm", "f8", "F8", "read", "Dismiss the warning at the top, when you have read it."),
    Command("link", "f7", "F7", "your link", "Show your own link and its QR code, to give away.", footer=11),
    Command(
        "app.lock", "ctrl+l", "^L", "lock", "Close the vault and ask for the passphrase again.", footer=3
    ),
    Command("help", "f1", "F1", "help", "This list.", footer=2),
    Command(
        "app.leave", "ctrl+q", "^Q", "quit", "Leave. What waits in the outbox is sent next time.", footer=12
    ),
    Command(
        "select_up",
        "up",
        "Up",
        "up",
        "Select the message above; from an empty field, the last.",
        Place.MESSAGES,
    ),
    Command("select_down", "down", "Down", "down", "Select the message below.", Place.MESSAGES),
    Command("page_up", "pageup", "PgUp", "page up", "Scroll up; older messages are loaded.", Place.MESSAGES),
    Command("page_down", "pagedown", "PgDn", "page down", "Scroll down.", Place.MESSAGES),
    Command("oldest", "home", "Home", "top", "To the oldest message that is loaded.", Place.MESSAGES),
    Command("latest", "end", "End", "latest", "To the latest message.", Place.MESSAGES),
    Command("retry", "r", "r", "retry", "Send a failed message again.", Place.MESSAGES, 2),
    Command(
        "cancel", "x", "x", "cancel", "Take a failed or waiting message out of the outbox.", Place.MESSAGES
    ),
)


def bindings(*places: Place) -> list[BindingType]:
    """Return the key bindings of the commands of `places`."""
    return [command.binding() for command in COMMANDS if command.place in places]
