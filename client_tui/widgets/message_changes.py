"""From what was chosen for a message to what is done in the vault. No widget here."""

from collections.abc import Callable

from securemsg.client import Profile
from securemsg.client.views import Direction, FileState, MessageView

REACT = "react:"
"""The beginning of a verb that carries the sign to be put beside a message; none takes it back."""

TRANSFERS = {
    FileState.PREPARING,
    FileState.UPLOADING,
    FileState.DOWNLOADING,
    FileState.PAUSED,
    FileState.FAILED,
}
"""Where a file is on its way or stuck: taking back gives up the transfer."""


def change_of(verb: str, message: MessageView) -> Callable[[Profile], object]:
    """Return what is done with the vault for `verb`, which fits this message."""
    row = message.row
    if verb.startswith(REACT):
        emoji = verb.removeprefix(REACT)
        return lambda held: held.react(row, emoji)
    if verb == "cancel" and message.file is not None and message.file.state in TRANSFERS:
        return lambda held: held.cancel_file(row)
    if verb == "fetch" and _goes_on(message):
        return lambda held: held.resume_file(row)
    changes: dict[str, Callable[[Profile], object]] = {
        "retry": lambda held: held.retry(row),
        "cancel": lambda held: held.cancel(row),
        "fetch": lambda held: held.fetch_file(row),
        "pause": lambda held: held.pause_file(row),
        "delete_here": lambda held: held.delete_for_me([row]),
        "delete_all": lambda held: held.delete_for_all([row]),
    }
    return changes[verb]


def _goes_on(message: MessageView) -> bool:
    """Tell whether a transfer was begun before: it goes on where it stopped."""
    begun = message.file is not None and message.file.state is FileState.PAUSED
    return begun or message.direction is Direction.OUT
