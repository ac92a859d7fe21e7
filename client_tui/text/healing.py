"""How a session stands, in words for people who compare codes (Spec: CL-20)."""

from client_tui.text.language import N_, _, ngettext
from client_tui.text.when import full
from securemsg.client.views import SessionView

TITLE = N_("This session")
NOT_BEGUN = N_("There is none yet: it begins with the first message.")

COMPARE = N_(
    "Compare a code with the same epoch number on the other side: equal codes mean that nobody sits"
    " between you now."
)
MEANING = N_("Keys that somebody copied before a renewal do not open what is written after it.")


def healing(session: SessionView) -> str:
    """Return how long ago the keys were renewed."""
    if session.healed_at is None:
        words = _("Not answered since {time}: it heals with the first answer. {sent} sent so far.")
        return words.format(time=full(session.opened_at), sent=_messages(session.since_healing))
    if session.epoch:
        later = _("post-quantum key renewed {messages} ago (epoch {number})")
    else:
        later = _("post-quantum key not renewed yet (epoch {number})")
    renewed = later.format(messages=_messages(session.since_epoch), number=session.epoch)
    healed = _("Healed {messages} ago; {later}.").format(
        messages=_messages(session.since_healing), later=renewed
    )
    reduced = _("Forward secrecy is reduced until the next answer.")
    return f"{healed} {reduced}" if session.reduced else healed


def _messages(count: int) -> str:
    return ngettext("{n} message", "{n} messages", count).format(n=count)
