"""Commands that work in every place of the main screen.

No Alt, no Shift+Enter, no Ctrl with digits: terminals and tmux swallow or change them. Each function key has
a twin after Ctrl+X: some terminals and editors keep function keys for themselves.
"""

from typing import Final

from client_tui.registry.command import Command, Slash
from client_tui.text.language import N_

EVERYWHERE: Final = (
    Command("back", "back", ("escape",), N_("back"), N_("Close the sheet, or go back to writing."), footer=1),
    Command(
        "next",
        "next",
        ("ctrl+n",),
        N_("next"),
        N_("Go to the next conversation."),
        footer=5,
    ),
    Command(
        "previous",
        "previous",
        ("ctrl+p",),
        N_("previous"),
        N_("Go to the previous conversation."),
        footer=6,
    ),
    Command(
        "search",
        "search",
        ("ctrl+f",),
        N_("search"),
        N_("Search the messages of all conversations."),
        footer=7,
        slash=Slash("search", "chercher"),
    ),
    Command(
        "verify",
        "verify",
        ("f2",),
        N_("verify"),
        N_("Compare safety numbers with this contact."),
        footer=8,
        after="v",
        slash=Slash("verify", "v\u00e9rifier"),
    ),
    Command(
        "add",
        "add",
        ("f3",),
        N_("add contact"),
        N_("Add a contact from a link."),
        footer=9,
        after="a",
        slash=Slash("add", "ajouter"),
    ),
    Command(
        "proceed",
        "proceed",
        ("f4",),
        N_("go on"),
        N_("After a changed identity: go on without verifying. Asks once more."),
        after="p",
    ),
    Command(
        "people",
        "people",
        ("f5", "ctrl+b"),
        N_("list"),
        N_("Show or hide the list of conversations."),
        footer=10,
        after="b",
    ),
    Command(
        "dismiss_alarm",
        "dismiss_alarm",
        ("f8",),
        N_("read"),
        N_("Dismiss the warning at the top, when you have read it."),
        after="w",
    ),
    Command(
        "link",
        "link",
        ("f7",),
        N_("your link"),
        N_("Show your own link and its QR code, to give away."),
        footer=11,
        after="l",
        slash=Slash("link", "lien"),
    ),
    Command(
        "lock",
        "app.lock",
        ("ctrl+l",),
        N_("lock"),
        N_("Close the vault and ask for the passphrase again."),
        footer=3,
        slash=Slash("lock", "verrou"),
    ),
    Command(
        "help",
        "help",
        ("f1",),
        N_("help"),
        N_("This list."),
        footer=2,
        after="h",
        slash=Slash("help", "aide"),
    ),
    Command(
        "leave",
        "app.leave",
        ("ctrl+q",),
        N_("quit"),
        N_("Leave. What waits in the outbox is sent next time."),
        footer=12,
        after="q",
        slash=Slash("quit", "quitter"),
    ),
)
