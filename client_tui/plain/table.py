"""The commands of the line mode: those of the screen under the same names, and those that only lines need."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from client_tui.plain import attaching, choices, people, saying
from client_tui.registry import Slash, command_named
from client_tui.registry.lookup import folded
from client_tui.text.language import N_, _, language

if TYPE_CHECKING:
    from client_tui.plain.session import Session

SIGN: Final = "/"


@dataclass(frozen=True, slots=True)
class LineCommand:
    """One command: its two names, what follows them, what it does."""

    slash: Slash
    takes: str
    help: str
    run: Callable[["Session", str], Awaitable[None]]


def _screen(name: str, takes: str, run: Callable[["Session", str], Awaitable[None]]) -> LineCommand:
    """Return a command that the screen has, with its names and its help."""
    command = command_named(name)
    if command.slash is None:
        raise ValueError(name)
    return LineCommand(command.slash, takes, command.help, run)


async def _help(session: "Session", words: str) -> None:
    """Print every command on a line of its own, or one of them."""
    wanted = find(words.lstrip(SIGN)) if words else None
    for command in COMMANDS if wanted is None else (wanted,):
        session.answer(help_line(command))
    if wanted is None:
        session.answer(
            _("Everything else that you type is sent. A line that begins with // is sent with one /.")
        )


COMMANDS: Final = (
    LineCommand(
        Slash("to", "\u00e0"), N_("NAME"), N_("Write to this person; prints what is unread."), people.to
    ),
    _screen("goto", N_("NAME"), people.to),
    LineCommand(Slash("contacts", "contacts"), "", N_("List the people."), people.contacts),
    LineCommand(
        Slash("history", "historique"),
        N_("[COUNT]"),
        N_("Print the last messages with numbers."),
        saying.history,
    ),
    _screen("search", N_("WORDS"), saying.search),
    LineCommand(
        Slash("reply", "r\u00e9pondre"),
        N_("NUMBER TEXT"),
        N_("Answer a message of the history."),
        saying.reply,
    ),
    LineCommand(Slash("edit", "modifier"), N_("NUMBER TEXT"), N_("Change a message of yours."), saying.edit),
    LineCommand(
        Slash("react", "r\u00e9agir"),
        N_("NUMBER SIGN"),
        N_("Put a sign beside a message; none takes it back."),
        saying.react,
    ),
    LineCommand(
        Slash("unsend", "retirer"), N_("NUMBER"), N_("Delete a message: yours on both sides."), saying.delete
    ),
    LineCommand(Slash("retry", "renvoyer"), N_("NUMBER"), N_("Send a failed message again."), saying.retry),
    LineCommand(
        Slash("cancel", "annuler"), N_("NUMBER"), N_("Take a message out of the outbox."), saying.cancel
    ),
    _screen("outbox", "", saying.outbox),
    _screen("attach", N_("PATH"), attaching.attach),
    LineCommand(Slash("files", "fichiers"), "", N_("List the files of all conversations."), attaching.files),
    LineCommand(
        Slash("save", "enregistrer"), N_("NUMBER FOLDER"), N_("Fetch a file and save it."), attaching.save
    ),
    _screen("timer", N_("TIME"), choices.timer),
    LineCommand(Slash("accept", "accepter"), "", N_("Begin to talk with somebody new."), choices.accept),
    _screen("block", "", choices.block),
    _screen("mute", N_("[TIME]"), choices.mute),
    _screen("mark_unread", "", choices.mark_unread),
    _screen("rename", N_("NAME"), choices.rename),
    _screen("name", N_("NAME"), choices.name),
    _screen("delete_conversation", N_("NAME"), choices.delete),
    _screen("forget", N_("NAME"), choices.forget),
    _screen("archive", "", choices.archive),
    _screen("note", "", choices.note),
    _screen("language", N_("LANGUAGE"), choices.speak),
    _screen("verify", N_("[PICTURE]"), people.verify),
    LineCommand(
        Slash("same", "identiques"), "", N_("The numbers that /verify printed are the same."), people.same
    ),
    LineCommand(
        Slash("different", "diff\u00e9rents"),
        "",
        N_("They differ: nothing is sent to a new identity."),
        people.different,
    ),
    LineCommand(
        Slash("proceed", "continuer"),
        N_("yes"),
        N_("After a changed safety number: go on without verifying."),
        people.proceed,
    ),
    _screen("add", N_("LINK or PICTURE, then yes"), people.add),
    _screen("link", "", people.link),
    _screen("invite", N_("CODE"), people.invite),
    LineCommand(Slash("seen", "vu"), "", N_("You have read the warnings."), people.seen),
    _screen("lock", "", people.lock),
    _screen("leave", "", people.leave),
    _screen("help", N_("[COMMAND]"), _help),
)
"""In the order of the help."""


def find(name: str) -> LineCommand | None:
    """Return the command that is written `/name`, in either language and with or without accents."""
    wanted = folded(name)
    return next(
        (each for each in COMMANDS if wanted in {folded(each.slash.english), folded(each.slash.french)}), None
    )


def help_line(command: LineCommand) -> str:
    """Return `/to NAME, /à NAME: what it does`, the name in the language of the person first."""
    takes = f" {_(command.takes)}" if command.takes else ""
    both = (command.slash.english, command.slash.french)
    names = dict.fromkeys(both if language() == "en" else reversed(both))
    written = ", ".join(f"{SIGN}{name}{takes}" for name in names)
    return _("{name}: {text}").format(name=written, text=_(command.help))
