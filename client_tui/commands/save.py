"""`securemsg save`: fetch a file that somebody sent, check all of it, and put a plain copy into a folder."""

import argparse
from dataclasses import dataclass

from client_tui.commands.attachments import Waiting, file_record
from client_tui.commands.context import Context
from client_tui.commands.opening import online
from client_tui.commands.output import tell
from client_tui.commands.seconds import count, seconds
from client_tui.commands.status import DONE, REFUSED, TIMED_OUT
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_line
from client_tui.text.sentences import translated
from securemsg.client import Engine, Profile
from securemsg.client.views import FileState, MessageView

LARGEST_MEGABYTES = 1_000
"""Of a file that is fetched unless told otherwise (Spec: FI-10)."""

MEGABYTE = 1_000_000
PATH = 4_096

_ON_ITS_WAY = (FileState.OFFERED, FileState.DOWNLOADING)


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", help=_("the beginning of the id that `securemsg files` shows"))
    parser.add_argument("--to", metavar="FOLDER", default=".", help=_("where to put it (here)"))
    parser.add_argument(
        "--wait", type=seconds, metavar="SECONDS", help=_("for the file; else as long as it comes nearer")
    )
    parser.add_argument(
        "--largest",
        type=count,
        default=LARGEST_MEGABYTES,
        metavar="MB",
        help=_("refuse what is larger (1000)"),
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Fetch what is not here yet, save it, print where."""

    async def beginning_to_end(profile: Profile, engine: Engine) -> int:
        del profile
        return await _Saving(context, engine, arguments).run()

    return online(context, beginning_to_end)


@dataclass(frozen=True, slots=True)
class _Saving:
    """One run of the command."""

    context: Context
    engine: Engine
    arguments: argparse.Namespace

    async def run(self) -> int:
        beginning, largest = self.arguments.id, self.arguments.largest * MEGABYTE
        message = await self.engine.perform(lambda profile: profile.find_file(beginning))
        row = message.row
        if message.file is not None and message.file.state is not FileState.SAVED:
            await self.engine.perform(lambda profile: profile.fetch_file(row, limit=largest))
            waiting = Waiting(self.context, self.engine, message)
            message = await waiting.until(_rests, self.arguments.wait)
        if message.file is None or message.file.state is not FileState.SAVED:
            return _not_here(message)
        path = await self.engine.save_file(row, self.arguments.to)
        record = {"type": "file", "id": message.id, "contact": message.alias, **file_record(message.file)}
        self.context.output.put(record | {"path": path}, SafeText(safe_line(path, PATH)))
        return DONE


def _rests(message: MessageView) -> bool:
    return message.file is None or message.file.state not in _ON_ITS_WAY


def _not_here(message: MessageView) -> int:
    """Say why there is no file, and whether that is for good."""
    file = message.file
    if file is None or file.state not in _ON_ITS_WAY:
        tell(translated(file.reason) if file is not None else _("The message is gone."))
        return REFUSED
    why = f" {translated(file.reason)}" if file.reason else ""
    tell(_("The file is not here yet; what came is kept: do this again to go on.") + why)
    return TIMED_OUT
