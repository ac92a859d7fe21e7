"""The decoder as its parent sees it: bytes in, a few bytes or a sentence out, and no process left behind."""

import asyncio
import contextlib
import os
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anyio import CancelScope

from client_tui.pictures.limits import MOST_BYTES, PATIENCE, Ending
from client_tui.text.language import N_
from securemsg.errors import LocalError

_ROOT: Final = str(Path(__file__).parents[2])
_BEGIN: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from client_tui.pictures.child import main; main(sys.argv[1:])"
)
_BLOCK: Final = 65_536

UNREADABLE: Final = N_("This is no whole picture of a kind that can be read: JPEG, PNG, WebP or GIF.")
TOO_LARGE: Final = N_("This picture is too large to be decoded here.")
NOT_INSTALLED: Final = N_(
    "Decoding pictures needs two more packages: install securemsg[images], or pillow and zxing-cpp."
)
NOT_CONFINED: Final = N_("Pictures are not decoded here: this system leaves the decoder too many rights.")
FAILED: Final = N_("The decoder failed on this picture.")
TOO_LONG: Final = N_("The decoder took too long for this picture and was ended.")

_SENTENCES: Final[dict[int, str]] = {
    Ending.UNREADABLE: UNREADABLE,
    Ending.TOO_LARGE: TOO_LARGE,
    Ending.NOT_INSTALLED: NOT_INSTALLED,
    Ending.NOT_CONFINED: NOT_CONFINED,
}


def usual_command() -> tuple[str, ...]:
    """Return how our decoder is started: without the person's environment, folders and start-up files."""
    return (sys.executable, "-I", "-B", "-c", _BEGIN, _ROOT)


@dataclass(frozen=True, slots=True)
class Decoder:
    """Starts a decoder for each picture; `patience` is in seconds."""

    command: tuple[str, ...]
    patience: float = PATIENCE

    async def answer(self, request: tuple[str, ...], picture: bytes, most: int) -> bytes:
        """Return what a decoder says of a picture, at most so many bytes; nobody has looked at them yet.

        Raises `LocalError` with a sentence. Whatever happens, also where the caller is cancelled, the decoder
        has been ended when this returns.
        """
        if len(picture) > MOST_BYTES:
            raise LocalError(TOO_LARGE)
        starting = asyncio.create_task(self._start(request))
        try:
            # Who is cancelled meanwhile would not learn which process to end.
            process = await asyncio.shield(starting)
            async with asyncio.timeout(self.patience):
                said = await _talk(process, picture, most)
                status = await process.wait()
        except TimeoutError:
            raise LocalError(TOO_LONG) from None
        finally:
            await _whatever_happens(_end(starting))
        if status != Ending.DONE:
            # A signal, or a status that we did not agree on: it died of this picture.
            raise LocalError(_SENTENCES.get(status, FAILED))
        return said

    async def _start(self, request: tuple[str, ...]) -> Process:
        try:
            return await asyncio.create_subprocess_exec(
                *self.command,
                str(os.getpid()),
                *request,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                cwd="/",
                env={},
                # No terminal that it could write to, and none of the signals that one types.
                start_new_session=True,
            )
        except OSError:
            raise LocalError(FAILED) from None


async def _talk(process: Process, picture: bytes, most: int) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise LocalError(FAILED)
    giving = asyncio.create_task(_give(process.stdin, picture))
    try:
        said = await _take(process.stdout, most)
        await giving
    finally:
        giving.cancel()
    return said


async def _give(pipe: StreamWriter, picture: bytes) -> None:
    # Who refuses a picture by its beginning does not read the rest.
    with contextlib.suppress(ConnectionError):
        pipe.write(picture)
        await pipe.drain()
    # Nobody waits until it is closed: asyncio fails where such a wait is cancelled.
    pipe.close()


async def _take(pipe: StreamReader, most: int) -> bytes:
    said = bytearray()
    while piece := await pipe.read(_BLOCK):
        said += piece
        if len(said) > most:
            raise LocalError(FAILED)
    return bytes(said)


async def _whatever_happens(work: Coroutine[None, None, None]) -> None:
    """Do all of `work`, however often we are cancelled meanwhile; then be cancelled."""
    working, cancelled = asyncio.create_task(work), None
    # Anyio cancels again and again; asyncio does it once, and knows no shield.
    with CancelScope(shield=True):
        while not working.done():
            try:
                await asyncio.wait((working,))
            except asyncio.CancelledError as error:
                cancelled = error
    working.result()
    if cancelled is not None:
        raise cancelled


async def _end(starting: asyncio.Task[Process]) -> None:
    """Kill what still runs, and take it out of the table of processes."""
    try:
        process = await starting
    except LocalError:
        return
    with contextlib.suppress(ProcessLookupError):
        if process.returncode is None:
            process.kill()
    if process.stdin is not None:
        process.stdin.close()
    # What it had said is let go, so that the pipe comes to its end.
    while process.stdout is not None and await process.stdout.read(_BLOCK):
        pass
    await process.wait()
