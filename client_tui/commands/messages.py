"""How commands show a message."""

from client_tui.commands.output import Record
from client_tui.text.safe import SafeText, safe_body, safe_line
from client_tui.text.when import full
from securemsg.client.views import Direction, MessageState, MessageView

CONTINUATION = "\n    | "
"""Before each further line of a text, so that no text can pass for a line of ours."""


def message_record(message: MessageView) -> Record:
    """Return the keys that scripts rely on; instants in ms."""
    return {
        "type": "message" if message.readable else "newer",
        "id": message.id,
        "contact": message.alias,
        "text": message.text,
        "sent_at": message.sent_at,
        "received_at": message.stored_at,
        "direction": message.direction.value,
        "state": message.state.value,
        "reason": message.reason,
    }


def message_line(message: MessageView) -> SafeText:
    """Return the same for a person: one line, and marked continuation lines."""
    who = safe_line(message.alias)
    heading = f"{who}:" if message.direction is Direction.IN else f"You to {who}:"
    text = safe_body(message.text) if message.readable else "(needs a newer version of securemsg)"
    return SafeText(
        f"[{full(message.sent_at)}] {heading} {text.replace(chr(10), CONTINUATION)}{_state(message)}"
    )


def _state(message: MessageView) -> str:
    if message.direction is Direction.IN:
        return ""
    reason = f": {safe_line(message.reason, 200)}" if message.state is MessageState.FAILED else ""
    return f"  ({message.state.value}{reason})"
