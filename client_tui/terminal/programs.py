"""Programs of the desktop that do something small for us."""

import asyncio
import contextlib
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager


@asynccontextmanager
async def child_of(
    command: Sequence[str], stdin: int = DEVNULL, stdout: int = DEVNULL
) -> AsyncIterator[Process]:
    """Run a program without a shell for the length of the block; one that has not ended by then is killed.

    Raises `OSError` where it cannot be started.
    """
    child = await asyncio.create_subprocess_exec(*command, stdin=stdin, stdout=stdout, stderr=DEVNULL)
    try:
        yield child
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


__all__ = ["DEVNULL", "PIPE", "child_of"]
