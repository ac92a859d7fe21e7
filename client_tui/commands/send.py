"""`securemsg send`: on disk before it returns, then waits for the relay's acceptance."""

import argparse
import sys
from dataclasses import dataclass

import anyio

from client_tui.commands.alarms import tell_of_alarms
from client_tui.commands.attachments import Waiting, file_record
from client_tui.commands.context import Context
from client_tui.commands.opening import online
from client_tui.commands.output import Record, tell
from client_tui.commands.seconds import seconds
from client_tui.commands.status import DONE, REFUSED, TIMED_OUT, USAGE
from client_tui.text.language import N_, _
from client_tui.text.picture_words import removed_words
from client_tui.text.safe import SafeText, safe_name
from client_tui.text.sentences import translated
from securemsg.client import Engine, Profile
from securemsg.client.transfer.calls import Metadata
from securemsg.client.views import FileState, MessageState, MessageView
from securemsg.errors import LocalError

PATIENCE = 10.0
"""Seconds to wait for acceptance unless told otherwise; with a file, for it to come nearer."""

LONGEST = 65_536
"""Bytes read from standard input: more than a text may have, so the library refuses it."""

STANDARD_INPUT = "-"

FOR_EVER = 366 * 86_400.0
"""Seconds that a file is waited for while it is encrypted: whoever ends that has sent nothing."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("contact", metavar="CONTACT", help=_("alias, or the beginning of an account id"))
    parser.add_argument(
        "text", metavar="TEXT", nargs="?", help=_("the message, or - to read it from standard input")
    )
    parser.add_argument("--file", metavar="PATH", help=_("send this file; TEXT goes with it"))
    parser.add_argument(
        "--keep-metadata",
        action="store_true",
        help=_("leave in a picture what it tells besides itself: place, time, camera"),
    )
    parser.add_argument(
        "--wait",
        type=seconds,
        metavar="SECONDS",
        help=_("for the relay's acceptance (10; of a file, as long as it comes nearer)"),
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Queue the text or file, try to send it, print its state."""
    if arguments.text is None and arguments.file is None:
        tell(_("There is nothing to send: give a text, or a file with --file."))
        return USAGE
    text = _standard_input() if arguments.text == STANDARD_INPUT else arguments.text or ""

    async def beginning_to_end(profile: Profile, engine: Engine) -> int:
        contact = profile.find_contact(arguments.contact).contact
        sending = _Sending(context, engine, arguments)
        message = await (sending.file(contact, text) if arguments.file else sending.text(contact, text))
        status = _report(context, message)
        tell_of_alarms(await engine.perform(Profile.alarms))
        return status

    return online(context, beginning_to_end)


@dataclass(frozen=True, slots=True)
class _Sending:
    """One run of the command."""

    context: Context
    engine: Engine
    arguments: argparse.Namespace

    async def text(self, contact: int, text: str) -> MessageView:
        """Queue a text; return it accepted, or as it is when the time is over."""
        queued = await self.engine.perform(lambda held: held.queue_text(contact, text))
        wait = self.arguments.wait
        with anyio.move_on_after(PATIENCE if wait is None else wait):
            return await self.engine.accepted(queued.row)
        return await self.engine.perform(lambda held: held.message(queued.row))

    async def file(self, contact: int, caption: str) -> MessageView:
        """Queue a file; return it accepted, or as it is when the time is over, but encrypted in any case."""
        path = self.arguments.file
        metadata = Metadata.KEPT if self.arguments.keep_metadata else Metadata.AS_SET

        def queue(held: Profile) -> tuple[MessageView, str]:
            return held.queue_file(contact, path, caption=caption, metadata=metadata), held.file_note(path)

        queued, note = await self.engine.perform(queue)
        if note:
            tell(translated(note))
        prepared = await Waiting(self.context, self.engine, queued).until(_is_prepared, FOR_EVER)
        if prepared.file is not None and prepared.file.removed:
            tell(_("Removed from the picture: {what}.").format(what=removed_words(prepared.file.removed)))
        return await Waiting(self.context, self.engine, queued).until(_is_settled, self.arguments.wait)


def _is_prepared(message: MessageView) -> bool:
    return message.file is None or message.file.state is not FileState.PREPARING


def _is_settled(message: MessageView) -> bool:
    return message.state is not MessageState.QUEUED


def _report(context: Context, message: MessageView) -> int:
    record = {
        "id": message.id,
        "contact": message.alias,
        "state": message.state.value,
        "reason": message.reason,
    }
    about: Record = {} if message.file is None else {"file": file_record(message.file)}
    context.output.put({**record, **about}, SafeText(f"{safe_name(message.alias)}: {message.state.value}"))
    why = f" {translated(message.reason)}" if message.reason else ""
    match message.state:
        case MessageState.QUEUED:
            tell(_("The relay has not accepted it yet; nothing is lost: it stays in the outbox.") + why)
            return TIMED_OUT
        case MessageState.FAILED:
            tell(_("Not sent.") + why)
            return REFUSED
        case _:
            return DONE


def _standard_input() -> str:
    try:
        text = sys.stdin.buffer.read(LONGEST).decode()
    except UnicodeDecodeError:
        raise LocalError(N_("Standard input is not UTF-8 text.")) from None
    return text.removesuffix("\n")
