"""Commands about messages."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from client_tui.clock import now
from client_tui.plain.wording import message_line, numbered
from client_tui.text.language import N_, _
from securemsg.client import Profile
from securemsg.client.views import Direction
from securemsg.errors import LocalError

if TYPE_CHECKING:
    from client_tui.plain.session import Session

USUAL = 20
"""Messages that /history prints unless told otherwise."""

MOST = 1_000
FOUND = 20
DIGITS = 18


async def history(session: "Session", words: str) -> None:
    """Print the last messages of the conversation with the numbers that other commands take."""
    contact = session.writing_to()
    wanted = min(_number(words, USUAL), MOST)
    for message in await session.perform(lambda held: held.messages(contact, limit=wanted)):
        session.answer(numbered(message, now()))


async def search(session: "Session", words: str) -> None:
    """Print what was found in all conversations, the newest first."""
    found = await session.perform(lambda held: held.search(words, limit=FOUND))
    for message in found:
        session.answer(message_line(message, now()))
    if not found:
        session.answer(_("Nothing was found."))


async def reply(session: "Session", words: str) -> None:
    """Answer a message."""
    contact = session.writing_to()
    row, text = row_and_words(words)
    await session.sent(lambda held: held.queue_text(contact, text, reply_to=row))


async def edit(session: "Session", words: str) -> None:
    """Give a message of ours other words."""
    row, text = row_and_words(words)
    await session.perform(lambda held: held.edit(row, text))
    session.answer(_("Changed."))


async def react(session: "Session", words: str) -> None:
    """Put a sign beside a message."""
    row, sign = row_and_words(words)
    await session.perform(lambda held: held.react(row, sign))
    session.answer(_("Done."))


async def delete(session: "Session", words: str) -> None:
    """Delete a message: ours for both, theirs here."""
    row = _row(words)

    def erase(held: Profile) -> None:
        mine = held.message(row).direction is Direction.OUT
        (held.delete_for_all if mine else held.delete_for_me)([row])

    await session.perform(erase)
    session.answer(_("Deleted."))


async def retry(session: "Session", words: str) -> None:
    """Queue a failed message again."""
    await _change(session, words, Profile.retry)


async def cancel(session: "Session", words: str) -> None:
    """Take a message out of the outbox."""
    await _change(session, words, Profile.cancel)


async def outbox(session: "Session", words: str) -> None:
    """Print what waits to be sent, of all conversations."""
    del words
    waiting = await session.perform(Profile.outbox)
    for message in waiting:
        session.answer(numbered(message, now()))
    if not waiting:
        session.answer(_("Nothing waits to be sent."))


async def _change(session: "Session", words: str, change: Callable[[Profile, int], None]) -> None:
    row = _row(words)
    await session.perform(lambda held: change(held, row))
    session.answer(_("Done."))


def row_and_words(words: str) -> tuple[int, str]:
    """Return the number of a message and what follows it; raises `LocalError` without one."""
    number, _space, rest = words.partition(" ")
    return _row(number), rest.strip()


def _row(words: str) -> int:
    return _number(words.strip().rstrip("."), 0)


def _number(words: str, usual: int) -> int:
    if not words and usual:
        return usual
    if not (words.isascii() and words.isdigit() and len(words) <= DIGITS):
        raise LocalError(N_("Give the number of a message first: /history prints them."))
    return int(words)
