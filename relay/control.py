"""The administrator's way to a relay that runs: one JSON line asked, one answered.

The socket lies in the data folder, which only the relay's user can enter.
"""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

import trio

from relay.administration import Administration, Reply
from relay.folder import DataFolder
from relay.log import Event
from relay.service import Service
from securemsg.errors import LocalError

_MOST_BYTES: Final = 64 * 1024
_BACKLOG: Final = 8
_IDLE_SECONDS: Final = 10
_LONGEST_NAME: Final = 100
"""Bytes that fit the kernel's field for a socket's name, with a few to spare."""


@contextmanager
def _short_name(path: Path) -> Iterator[str]:
    """A name of `path` that a socket can have, however deep the folder is."""
    if len(os.fsencode(path)) <= _LONGEST_NAME:
        yield str(path)
        return
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


def ask(folder: DataFolder, words: Mapping[str, object]) -> Reply | None:
    """Ask the relay that runs on `folder`; `None` when none does. Raises `LocalError` as it does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            with _short_name(folder.control) as name:
                line.connect(name)
            line.sendall(json.dumps(words).encode() + b"\n")
            said = b"".join(iter(lambda: line.recv(_MOST_BYTES), b""))
        except OSError:
            return None
    if not said:
        raise LocalError("The relay ended while it was asked; ask again.")
    reply = json.loads(said)
    if "error" in reply:
        raise LocalError(str(reply["error"]))
    return cast("Reply", reply)


class Control:
    """Answers on the control socket."""

    def __init__(
        self, service: Service, administration: Administration, folder: DataFolder, address: str
    ) -> None:
        self._service = service
        self._administration = administration
        self._folder = folder
        self._address = address

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Answer for ever; the socket is there when the task has started."""
        self._folder.control.unlink(missing_ok=True)
        with trio.socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            with _short_name(self._folder.control) as name:
                await listener.bind(name)
            self._folder.control.chmod(0o600)
            listener.listen(_BACKLOG)
            task_status.started()
            try:
                await trio.serve_listeners(self._answer, [trio.SocketListener(listener)])
            finally:
                self._folder.control.unlink(missing_ok=True)

    async def _answer(self, stream: trio.SocketStream) -> None:
        try:
            with trio.move_on_after(_IDLE_SECONDS):
                asked = await stream.receive_some(_MOST_BYTES)
                reply = await self._reply(json.loads(asked))
                await stream.send_all(json.dumps(reply).encode())
        except (ValueError, trio.BrokenResourceError) as error:
            self._service.log.note_error(Event.CONTROL_FAILED, error)
        finally:
            await stream.aclose()

    async def _reply(self, words: Mapping[str, object]) -> Reply:
        try:
            match words.get("command"):
                case "address":
                    return {"address": self._address}
                case "backup":
                    return await self._backup(Path(str(words.get("destination"))))
                case "stats":
                    counted = await self._perform(words)
                    return {**counted, **self._service.counters.numbers()}
                case _:
                    return await self._perform(words)
        except LocalError as error:
            return {"error": str(error)}

    async def _perform(self, words: Mapping[str, object]) -> Reply:
        return await self._service.committer.alone(lambda: self._administration.perform(words))

    async def _backup(self, destination: Path) -> Reply:
        pieces = self._administration.backup(destination)
        while True:
            reply = await self._service.committer.alone(lambda: next(pieces))
            if reply is not None:
                return reply
