"""How commands show a message."""

from client_tui.commands.attachments import file_record, file_words
from client_tui.commands.output import Record
from client_tui.text.safe import SafeText, safe_body, safe_line, safe_name
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
        "file": None if message.file is None else file_record(message.file),
    }


def message_line(message: MessageView) -> SafeText:
    """Return the same for a person: direction and state, then words of others, continuation lines marked."""
    who = safe_name(message.alias)
    way = f"< [{full(message.sent_at)}]" if message.direction is Direction.IN else _sent(message)
    text = safe_body(message.text) if message.readable else "(needs a newer version of securemsg)"
    said = text.replace(chr(10), CONTINUATION)
    if message.file is not None:
        said = f"{message.id[:8]} {file_words(message.file)} {said}".rstrip()
    return SafeText(f"{way} {who}: {said}")


def _sent(message: MessageView) -> str:
    reason = f": {safe_line(message.reason, 200)}" if message.state is MessageState.FAILED else ""
    return f"> [{full(message.sent_at)}] ({message.state.value}{reason}) to"
