"""What can be done with one message. No widget here."""

from dataclasses import dataclass

from client_tui.keymap import keys_of
from client_tui.registry import Place, in_place, shown_keys
from client_tui.text.language import _
from client_tui.widgets.file_line import is_picture
from client_tui.widgets.message_rows import EVENTS
from securemsg.client.views import Direction, FileState, MessageKind, MessageState, MessageView

FETCHABLE = {FileState.OFFERED, FileState.PAUSED, FileState.FAILED}
MOVING = {FileState.PREPARING, FileState.UPLOADING, FileState.DOWNLOADING}

REACTIONS = (
    "\U0001f44d",
    "\u2764",
    "\U0001f602",
    "\U0001f62e",
    "\U0001f622",
    "\U0001f64f",
    "\u2705",
    "\U0001f440",
)
"""What is offered; the number beside each chooses it."""


def verbs(message: MessageView) -> tuple[str, ...]:
    """Return what can be done with a message, the most natural first."""
    if message.kind in EVENTS:
        return ("info",)
    if message.deleted or not message.readable:
        return ("info", "delete_here")
    ours = message.direction is Direction.OUT
    stuck = message.state in {MessageState.FAILED, MessageState.QUEUED}
    found = [
        *(["retry"] if ours and message.state is MessageState.FAILED else []),
        *(["cancel"] if ours and stuck else []),
        *_file_verbs(message),
        "reply",
        "react",
        *(["edit"] if ours and message.kind is MessageKind.TEXT and not stuck else []),
        *(["copy", "forward"] if message.text else []),
        *(["quoted"] if message.quoted is not None and message.quoted.row is not None else []),
        "info",
        "delete_here",
        *(["delete_all"] if ours and not stuck else []),
    ]
    return tuple(found)


def natural(message: MessageView) -> str | None:
    """Return what Enter does at once, if it does not open the choice: with files, what their line says."""
    offered = _file_verbs(message) if not message.deleted else []
    return offered[0] if offered else None


def _file_verbs(message: MessageView) -> list[str]:
    if message.file is None:
        return []
    state = message.file.state
    if state in MOVING:
        return ["pause", "cancel_file"] if state is not FileState.PREPARING else ["cancel_file"]
    if state in FETCHABLE:
        return ["fetch", "cancel_file"] if state is not FileState.OFFERED else ["fetch"]
    if state is not FileState.SAVED:
        return []
    return ["save", "view"] if is_picture(message.file) else ["save"]


KEEP = "keep"
"""The verb of who does not confirm."""

YES = "yes:"
"""The beginning of a verb that was asked for and confirmed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: its key, its word, and the verb that is asked for."""

    key: str
    word: str
    verb: str


def choices(message: MessageView) -> list[Choice]:
    """Return the choices for a message with the letters of the registry."""
    commands = {command.name: command for command in in_place(Place.MESSAGES)}
    known = [commands[verb] for verb in verbs(message) if verb in commands]
    return [Choice(shown_keys(keys_of(command)), _(command.title), command.name) for command in known]


def reactions(message: MessageView) -> list[Choice]:
    """Return the reactions to choose from, and taking back where there is one of ours."""
    offered = [Choice(str(n), emoji, f"react:{emoji}") for n, emoji in enumerate(REACTIONS, start=1)]
    if any(reaction.mine for reaction in message.reactions):
        offered.append(Choice("0", _("take back"), "react:"))
    return offered


def confirmation(verb: str) -> list[Choice]:
    """Return the question before what cannot be undone."""
    words = _("delete here, for you only") if verb == "delete_here" else _("delete here and there, for both")
    return [Choice(_("y"), words, f"{YES}{verb}"), Choice(_("n"), _("keep it"), KEEP)]
