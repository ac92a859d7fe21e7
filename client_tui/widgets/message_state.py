"""How far a message has come and how long it stays: what stands at the right of it. No widget here."""

from textual.content import Content

from client_tui.text.language import N_, _
from client_tui.text.safe import safe_line
from client_tui.text.sentences import translated
from client_tui.text.signs import Sign
from client_tui.text.when import lasting, left
from securemsg.client.views import Direction, MessageState, MessageView
from securemsg.instant import Instant

REASON = 200
"""Characters of a reason: a sentence."""

STATES = {
    MessageState.QUEUED: (Sign.QUEUED, N_("waiting"), "$muted"),
    MessageState.ACCEPTED: (Sign.SENT, N_("sent"), "$muted"),
    MessageState.DELIVERED: (Sign.DELIVERED, N_("delivered"), "$success"),
    MessageState.READ: (Sign.DELIVERED, N_("read"), "$accent"),
}
"""Sign, word and colour; a word stands beside the sign where it says more than the line below does."""


def tail(message: MessageView, now: Instant, *, in_words: bool) -> Content:
    """Return what stands at the right of a message: edited, what is left of it, how far it has come.

    `in_words` is for the last of several messages that have come equally far; the others show the sign.
    """
    parts: list[tuple[str, str]] = []
    if message.edited_at is not None:
        parts.append((_("edited"), "$muted"))
    if message.lifetime:
        parts.append((f"{Sign.TIMER} {countdown(message, now)}", "$muted"))
    # A reason stands below, and the line of a file says how far that is.
    held = message.state is MessageState.QUEUED and (message.reason or message.file is not None)
    if message.direction is Direction.OUT and message.state in STATES and not held:
        sign, word, style = STATES[message.state]
        parts.append((f"{sign} {_(word)}" if in_words else str(sign), style))
    return Content(f" {Sign.EVENT} ").stylize("$muted").join([Content.styled(*part) for part in parts])


def countdown(message: MessageView, now: Instant) -> str:
    """Return what is left of a message; its whole lifetime where counting has not begun."""
    if message.expires_at is not None:
        return left(message.expires_at, now)
    return lasting(message.lifetime) if message.lifetime else ""


def trouble(message: MessageView) -> Content:
    """Return why a message of ours failed or waits, and what can be done; empty where nothing is wrong."""
    if message.direction is Direction.IN:
        return Content("")
    reason = safe_line(translated(message.reason), REASON)
    if message.state is MessageState.FAILED:
        failed = _("failed: {reason}").format(reason=reason)
        keys = _("R sends again  x takes it back")
        return Content.assemble((f"{Sign.FAILED} {failed}", "bold $error"), (f"  {keys}", "$warning"))
    if message.state is MessageState.QUEUED and reason:
        waiting = _("waiting: {reason}").format(reason=reason)
        return Content.styled(f"{Sign.QUEUED} {waiting}", "$muted")
    return Content("")
