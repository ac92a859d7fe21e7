"""How commands show a message, and what became of one."""

from client_tui.commands.attachments import file_record, file_words
from client_tui.commands.output import Record
from client_tui.text.language import N_, _
from client_tui.text.lines import line_body, line_name
from client_tui.text.safe import SafeText, safe_line, safe_name
from client_tui.text.sentences import translated
from client_tui.text.when import full, lasting
from securemsg.client.views import ChangeKind, ChangeView, Direction, MessageKind, MessageState, MessageView

CONTINUATION = "\n    | "
"""Before each further line of a text, so that no text can pass for a line of ours."""

REASON = 200
EMOJI = 32
NUMBER = 8

TYPES = {
    MessageKind.TEXT: "message",
    MessageKind.FILE: "message",
    MessageKind.TIMER: "timer",
    MessageKind.NAME: "name",
    MessageKind.IDENTITY: "identity",
    MessageKind.UNKNOWN: "newer",
}

FIXED = {
    MessageKind.IDENTITY: N_("(another account claimed to be this contact)"),
    MessageKind.UNKNOWN: N_("(needs a newer version of securemsg)"),
}

KEYS = N_(
    "With --json one object for each line. `type` is message, timer, name, identity or newer (needs a newer"
    " version); in `receive` also edit, delete and reaction, about a message that was printed before, whose"
    " `id` they carry. Keys: id, contact, text, sent_at, received_at, direction, state, reason, file, answers"
    " (the id of the message that is answered, or null), reactions (mine, theirs: a sign, or empty), lifetime"
    " (seconds, 0 for ever), expires_at, edited_at (null if never), deleted. Instants are milliseconds since"
    " 1970."
)
"""What `--help` says about the keys."""


def message_record(message: MessageView) -> Record:
    """Return the keys that scripts rely on; instants in ms."""
    quoted = message.quoted
    return {
        "type": TYPES[message.kind],
        "id": message.id,
        "contact": message.alias,
        "text": message.text,
        "sent_at": message.sent_at,
        "received_at": message.stored_at,
        "direction": message.direction.value,
        "state": message.state.value,
        "reason": message.reason,
        "file": None if message.file is None else file_record(message.file),
        "answers": None if quoted is None else quoted.id,
        "reactions": _signs(message),
        "lifetime": message.lifetime,
        "expires_at": message.expires_at,
        "edited_at": message.edited_at,
        "deleted": message.deleted,
    }


def change_record(change: ChangeView) -> Record:
    """Return what became of a message, with the message as it is now."""
    return {**message_record(change.message), "type": change.kind.value}


def message_line(message: MessageView) -> SafeText:
    """Return the same for a person: direction and state, then words of others, continuation lines marked."""
    who = line_name(message.alias)
    way = f"< [{full(message.sent_at)}]" if message.direction is Direction.IN else _sent(message)
    said = _words(message).replace("\n", CONTINUATION)
    if message.file is not None:
        said = f"{safe_line(message.id[:8], NUMBER)} {file_words(message.file)} {said}".rstrip()
    edited = f" ({_('edited')})" if message.edited_at is not None else ""
    return SafeText(f"{way} {who}: {said}{edited}")


def change_line(change: ChangeView) -> SafeText:
    """Return what became of a message, for a person."""
    who, number = line_name(change.message.alias), safe_line(change.message.id[:8], NUMBER)
    match change.kind:
        case ChangeKind.EDIT:
            words = _("changed message {id}: {words}")
        case ChangeKind.DELETE:
            words = _("deleted message {id}")
        case ChangeKind.REACTION:
            words = _("reacts to message {id}: {sign}")
    sign = safe_line(_signs(change.message)["theirs"], EMOJI) or "-"
    said = _words(change.message).replace("\n", CONTINUATION)
    return SafeText(f"< {who} {words.format(id=number, words=said, sign=sign)}")


def _words(message: MessageView) -> str:
    if message.deleted:
        return _("(deleted)")
    if message.kind in FIXED:
        return _(FIXED[message.kind])
    match message.kind:
        case MessageKind.TIMER if message.lifetime:
            return _("new messages stay for {time}").format(time=lasting(message.lifetime))
        case MessageKind.TIMER:
            return _("messages stay from now on")
        case MessageKind.NAME:
            return _("calls themselves {name} now").format(name=safe_name(message.text))
        case _:
            return line_body(message.text)


def _signs(message: MessageView) -> dict[str, str]:
    mine = [each.emoji for each in message.reactions if each.mine]
    theirs = [each.emoji for each in message.reactions if each.theirs]
    return {"mine": "".join(mine), "theirs": "".join(theirs)}


def _sent(message: MessageView) -> str:
    failed = message.state is MessageState.FAILED
    reason = f": {safe_line(translated(message.reason), REASON)}" if failed else ""
    return f"> [{full(message.sent_at)}] ({message.state.value}{reason}) to"
