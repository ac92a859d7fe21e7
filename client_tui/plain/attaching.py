"""Commands about files."""

from typing import TYPE_CHECKING

from client_tui.clock import now
from client_tui.plain.saying import row_and_words
from client_tui.plain.wording import numbered
from client_tui.text.language import N_, _
from client_tui.text.safe import safe_line
from securemsg.client import Profile
from securemsg.client.views import FileState
from securemsg.errors import LocalError

if TYPE_CHECKING:
    from client_tui.plain.session import Session

PATH = 4_096


async def attach(session: "Session", words: str) -> None:
    """Send a file."""
    contact = session.writing_to()
    if not words:
        raise LocalError(N_("Say which file: /attach PATH."))
    await session.sent(lambda held: held.queue_file(contact, words))


async def files(session: "Session", words: str) -> None:
    """List the newest files of all conversations."""
    del words
    found = await session.perform(Profile.files)
    for message in found:
        session.answer(numbered(message, now()))
    if not found:
        session.answer(_("There are no files."))


async def save(session: "Session", words: str) -> None:
    """Save a file that is here, or fetch it first."""
    row, folder = row_and_words(words)
    message = await session.perform(lambda held: held.message(row))
    if message.file is None:
        raise LocalError(N_("This message has no file."))
    if message.file.state is not FileState.SAVED:
        await session.perform(lambda held: held.fetch_file(row))
        session.answer(_("It is being fetched: /save again once it is here."))
        return
    path = await session.perform(lambda held: held.save_file(row, folder or "."))
    session.answer(_("Saved: {path}").format(path=safe_line(path, PATH)))
