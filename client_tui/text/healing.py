"""How a session stands, in words for people who compare codes (Spec: CL-20)."""

from client_tui.text.when import full
from securemsg.client.views import SessionView

TITLE = "This session"
NOT_BEGUN = "There is none yet: it begins with the first message."

COMPARE = (
    "Compare a code with the same epoch number on the other side: equal codes mean that nobody sits"
    " between you now."
)
MEANING = "Keys that somebody copied before a renewal do not open what is written after it."


def healing(session: SessionView) -> str:
    """Return how long ago the keys were renewed."""
    if session.healed_at is None:
        return (
            f"Not answered since {full(session.opened_at)}: it heals with the first answer."
            f" {_messages(session.since_healing)} sent so far."
        )
    renewed = f"renewed {_messages(session.since_epoch)} ago" if session.epoch else "not renewed yet"
    later = f"post-quantum key {renewed} (epoch {session.epoch})"
    reduced = " Forward secrecy is reduced until the next answer." if session.reduced else ""
    return f"Healed {_messages(session.since_healing)} ago; {later}.{reduced}"


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"
