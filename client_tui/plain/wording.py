"""Events as lines: one event, one line, states as words, nothing but text (Spec: CL-9)."""

from client_tui.text.language import N_, _, ngettext
from client_tui.text.lines import line_body, line_name
from client_tui.text.safe import NEUTRAL, SafeText, safe_line, safe_name
from client_tui.text.sentences import translated
from client_tui.text.sizes import size_words
from client_tui.text.when import brief, lasting, left, time_of_day
from securemsg.client.views import (
    ConnectionView,
    ConversationView,
    Direction,
    FileState,
    LinkState,
    MessageKind,
    MessageState,
    MessageView,
    Trust,
)
from securemsg.instant import Instant

NEW_LINE = " / "
"""Between the lines of a text: a further line could pass for one of ours."""

SENTENCE = 400
QUOTE = 60
NAME = 255

STATES = {
    MessageState.QUEUED: N_("waiting"),
    MessageState.ACCEPTED: N_("sent"),
    MessageState.DELIVERED: N_("delivered"),
    MessageState.READ: N_("read"),
    MessageState.FAILED: N_("failed"),
}

TRUST = {
    Trust.FIRST_SEEN: N_("not verified"),
    Trust.VERIFIED: N_("verified"),
    Trust.CHANGED: N_("safety number changed"),
}

FIXED = {
    MessageKind.IDENTITY: N_("(another account claimed to be this contact)"),
    MessageKind.UNKNOWN: N_("(needs a newer version of securemsg)"),
}

FILES = {
    FileState.OFFERED: N_("at the relay: /save fetches it"),
    FileState.SAVED: N_("here: /save puts it into a folder"),
    FileState.SENT: N_("sent"),
    FileState.PAUSED: N_("paused"),
    FileState.FAILED: N_("failed"),
    FileState.EXPIRED: N_("gone from the relay"),
}
"""How far a file has come, where that is worth a line."""

LINKS = {
    LinkState.ONLINE: N_("Online."),
    LinkState.CONNECTING: N_("Connecting\u2026"),
    LinkState.OFFLINE: N_("Offline. What you write is kept and leaves when the relay is back."),
}


def message_line(message: MessageView, present: Instant) -> SafeText:
    """Return `[08:41] From Sofia Rossi: words (disappears in 6 d 23 h)`."""
    head = f"[{_when(message.sent_at, present)}] {_author(message)}"
    details = _details(message, present)
    tail = f" ({'; '.join(details)})" if details else ""
    return SafeText(_("{name}: {text}").format(name=head, text=f"{_words(message)}{tail}"))


def numbered(message: MessageView, present: Instant) -> SafeText:
    """Return the same with the number by which commands name the message."""
    return SafeText(f"{message.row}. {message_line(message, present)}")


def state_line(message: MessageView) -> SafeText:
    """Return how far a message of ours has come."""
    name, words = line_name(message.alias), _beginning(message)
    if message.state is MessageState.FAILED:
        reason = safe_line(translated(message.reason), SENTENCE)
        line = _("Failed, to {name}: {words} ({reason}) /retry sends it again, /cancel takes it back.")
        return SafeText(line.format(name=name, words=words, reason=reason))
    said = _("{state}, to {name}: {words}").format(state=_(STATES[message.state]), name=name, words=words)
    why = f" ({safe_line(translated(message.reason), SENTENCE)})" if message.reason else ""
    return SafeText(f"{said}{why}")


def person_line(view: ConversationView, present: Instant) -> SafeText:
    """Return a contact as one line: name, trust, what is unread, when something was said last."""
    # What follows the name is ours: no name may bring its own.
    parts = [line_name(view.alias).replace(",", NEUTRAL), _(TRUST[view.trust])]
    if view.request:
        parts.append(_("wants to write to you"))
    parts += [words for held, words in ((view.blocked, _("blocked")), (view.archived, _("archived"))) if held]
    if view.unread:
        parts.append(ngettext("{n} unread", "{n} unread", view.unread).format(n=view.unread))
    if view.last_at is not None:
        parts.append(brief(view.last_at, present))
    return SafeText(", ".join(parts))


def link_line(connection: ConnectionView) -> SafeText:
    """Return the state of the connection."""
    reason = safe_line(translated(connection.reason), SENTENCE)
    return SafeText(f"{_(LINKS[connection.state])}{' ' if reason else ''}{reason}")


def sentence(text: str) -> SafeText:
    """Return a sentence of the library in the language of the person."""
    return safe_line(translated(text), SENTENCE)


def _when(at: Instant, present: Instant) -> str:
    """Return the time, with the day where that is not today."""
    time, day = time_of_day(at), brief(at, present)
    return time if day == time else f"{day} {time}"


def _author(message: MessageView) -> str:
    """Return whose words follow; a word of ours comes first, so that no name decides which way they went."""
    way = _("From {name}") if message.direction is Direction.IN else _("You to {name}")
    return way.format(name=line_name(message.alias))


def _words(message: MessageView) -> str:
    if message.deleted:
        return _("(deleted)")
    if message.kind in FIXED:
        return _(FIXED[message.kind])
    match message.kind:
        case MessageKind.TIMER:
            return _set_timer(message)
        case MessageKind.NAME:
            return _("calls themselves {name} now").format(name=safe_name(message.text))
        case MessageKind.FILE:
            return _file(message)
        case _:
            return _text(message)


def _file(message: MessageView) -> str:
    if message.file is None:
        return _text(message)
    name, size = safe_line(message.file.name, NAME), size_words(message.file.size)
    named = _("file {name}, {size}").format(name=name, size=size)
    return f"{named} - {_text(message)}" if message.text else named


def _set_timer(message: MessageView) -> str:
    if message.lifetime:
        return _("new messages stay for {time}").format(time=lasting(message.lifetime))
    return _("messages stay from now on")


def _text(message: MessageView) -> str:
    return line_body(message.text).replace("\n", NEW_LINE)


def _beginning(message: MessageView) -> str:
    return safe_line(_words(message), QUOTE)


def _details(message: MessageView, present: Instant) -> list[str]:
    details = []
    if message.file is not None and message.file.state in FILES:
        details.append(_(FILES[message.file.state]))
    if message.quoted is not None:
        quoted = safe_line(message.quoted.text or message.quoted.file_name, QUOTE)
        details.append(_("answers: {words}").format(words=quoted or _("a message that is gone")))
    if message.edited_at is not None:
        details.append(_("edited"))
    details += [safe_line(reaction.emoji, 8) for reaction in message.reactions]
    if message.expires_at is not None:
        details.append(_("disappears in {time}").format(time=left(message.expires_at, present)))
    elif message.lifetime and message.kind is not MessageKind.TIMER:
        details.append(_("disappears {time} after it was read").format(time=lasting(message.lifetime)))
    if message.direction is Direction.OUT and message.state in STATES:
        details.append(_(STATES[message.state]))
    return details
