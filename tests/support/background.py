"""An asyncio server in a thread of its own, for tests whose other parts are programs."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator

Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[[threading.Event], Awaitable[None]]

START_SECONDS = 10


@contextlib.contextmanager
def in_background(serve: Serve) -> Iterator[None]:
    """Run `serve(ready)` until the block ends; it sets `ready` once it accepts."""
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    main = loop.create_task(_run(serve, ready))
    thread = threading.Thread(target=_turn, args=(loop, main))
    thread.start()
    try:
        assert ready.wait(START_SECONDS)
        yield
    finally:
        loop.call_soon_threadsafe(main.cancel)
        thread.join()
        loop.run_until_complete(_cancel_rest())
        loop.close()


async def _run(serve: Serve, ready: threading.Event) -> None:
    await serve(ready)


def _turn(loop: asyncio.AbstractEventLoop, main: "asyncio.Task[None]") -> None:
    with contextlib.suppress(asyncio.CancelledError):
        loop.run_until_complete(main)


async def _cancel_rest() -> None:
    rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    # Transports close their sockets one turn of the loop after they are told to.
    await asyncio.sleep(0.05)


async def copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chunk: Callable[[bytes], bytes]
) -> None:
    """Write what `chunk` makes of everything that is read, until either side ends."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(chunk(data))
            await writer.drain()


async def both(first: Awaitable[None], second: Awaitable[None]) -> None:
    """Run two copies until one ends, then end the other."""
    tasks = [asyncio.ensure_future(first), asyncio.ensure_future(second)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
