"""Commands about the open conversation and the person in it."""

from typing import Final

from client_tui.registry.command import Command, Slash
from client_tui.text.language import N_

CONVERSATION: Final = (
    Command(
        "timer",
        "timer",
        (),
        N_("timer"),
        N_("Set how long new messages of this conversation stay."),
        after="t",
        slash=Slash("timer", "\u00e9ph\u00e9m\u00e8re", N_("a time, such as 1w")),
    ),
    Command(
        "mute",
        "mute",
        (),
        N_("mute"),
        N_("Tell nothing of this conversation, for a time or until you say so again."),
        after="m",
        slash=Slash("mute", "muet", N_("a time, such as 8h")),
    ),
    Command(
        "archive",
        "archive",
        (),
        N_("archive"),
        N_("Fold this conversation away, or bring it back."),
        after="e",
        slash=Slash("archive", "archiver"),
    ),
    Command(
        "mark_unread",
        "mark_unread",
        (),
        N_("mark unread"),
        N_("Mark this conversation for coming back to it."),
        after="u",
        slash=Slash("unread", "nonlu"),
    ),
    Command(
        "block",
        "block",
        (),
        N_("block"),
        N_("Take nothing from this person any more, and send nothing."),
        slash=Slash("block", "bloquer"),
    ),
    Command(
        "rename",
        "rename",
        (),
        N_("rename"),
        N_("Call this person otherwise; they do not learn it."),
        slash=Slash("rename", "renommer", N_("a name")),
    ),
    Command(
        "delete_conversation",
        "delete_conversation",
        (),
        N_("delete conversation"),
        N_("Delete all that was said here, on this device only. Asks for the name."),
        slash=Slash("delete", "supprimer", N_("the name, to confirm")),
    ),
    Command(
        "forget",
        "forget",
        (),
        N_("forget person"),
        N_("Delete this person with all that was said, on this device only. Asks for the name."),
        slash=Slash("forget", "oublier", N_("the name, to confirm")),
    ),
    Command(
        "name",
        "name",
        (),
        N_("your name"),
        N_("Call yourself otherwise; everybody whom you accepted learns it."),
        slash=Slash("name", "nom", N_("a name")),
    ),
)
