"""`securemsg send`: on disk before it returns, then waits for the relay's acceptance."""

import argparse
import sys

import anyio

from client_tui.commands.alarms import tell_of_alarms
from client_tui.commands.context import Context
from client_tui.commands.opening import online
from client_tui.commands.output import tell
from client_tui.commands.seconds import seconds
from client_tui.commands.status import DONE, REFUSED, TIMED_OUT
from client_tui.text.safe import SafeText, safe_name
from securemsg.client import Engine, Profile
from securemsg.client.views import MessageState, MessageView
from securemsg.errors import LocalError

PATIENCE = 10.0
"""Seconds to wait for acceptance unless told otherwise."""

LONGEST = 65_536
"""Bytes read from standard input: more than a text may have, so the library refuses it."""

STANDARD_INPUT = "-"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("contact", metavar="CONTACT", help="alias, or the beginning of an account id")
    parser.add_argument("text", metavar="TEXT", help="the message, or - to read it from standard input")
    parser.add_argument(
        "--wait", type=seconds, default=PATIENCE, metavar="SECONDS", help="for the relay's acceptance (10)"
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Queue the text, try to send it, print its state."""
    text = _standard_input() if arguments.text == STANDARD_INPUT else arguments.text

    async def deliver(profile: Profile, engine: Engine) -> MessageView:
        contact = profile.find_contact(arguments.contact).contact
        queued = await engine.perform(lambda held: held.queue_text(contact, text))
        with anyio.move_on_after(arguments.wait):
            return await engine.accepted(queued.row)
        return await engine.perform(lambda held: held.message(queued.row))

    async def beginning_to_end(profile: Profile, engine: Engine) -> int:
        status = _report(context, await deliver(profile, engine))
        tell_of_alarms(await engine.perform(Profile.alarms))
        return status

    return online(context, beginning_to_end)


def _report(context: Context, message: MessageView) -> int:
    record = {
        "id": message.id,
        "contact": message.alias,
        "state": message.state.value,
        "reason": message.reason,
    }
    context.output.put(record, SafeText(f"{safe_name(message.alias)}: {message.state.value}"))
    match message.state:
        case MessageState.QUEUED:
            why = f" {message.reason}" if message.reason else ""
            tell(f"The relay has not accepted it yet; nothing is lost: it stays in the outbox.{why}")
            return TIMED_OUT
        case MessageState.FAILED:
            tell(f"Not sent. {message.reason}")
            return REFUSED
        case _:
            return DONE


def _standard_input() -> str:
    try:
        text = sys.stdin.buffer.read(LONGEST).decode()
    except UnicodeDecodeError:
        raise LocalError("Standard input is not UTF-8 text.") from None
    return text.removesuffix("\n")
