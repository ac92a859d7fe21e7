"""The administrator's way to a relay that runs: one JSON line asked, one answered.

The socket lies in the data folder, which only the relay's user can enter.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, cast

import trio

from relay.administration import SETTLED, Administration, Reply, Words
from relay.folder import DataFolder
from relay.log import Event
from relay.opening import ELSEWHERE, check_servers
from relay.service import Service
from relay.storage.operations import Store
from relay.storage.sqlite.store import SqliteStore
from relay.vitals import Vitals
from securemsg.errors import LocalError
from securemsg.ids import MailboxId
from securemsg.mailbox.address import RelayAddress

_MOST_BYTES: Final = 64 * 1024
_BACKLOG: Final = 8
_IDLE_SECONDS: Final = 10
"""How long one who asks may be silent, or not listen; the work itself takes what it takes."""

_NO_DESCRIPTORS_SECONDS: Final = 0.2
"""How long accepting rests when the process has no descriptors left."""

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


def ask(folder: DataFolder, words: Words) -> Reply | None:
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


class Running(Protocol):
    """The relay that is asked."""

    @property
    def address(self) -> RelayAddress:
        """The address to give away."""
        ...

    @property
    def vitals(self) -> Vitals:
        """How it is."""
        ...

    def drain(self) -> None:
        """Begin to end."""
        ...


class Control:
    """Answers on the control socket."""

    def __init__(
        self, service: Service, store: Store, administration: Administration, relay: Running
    ) -> None:
        self._service = service
        self._store = store
        self._administration = administration
        self._folder = administration.folder
        self._turn = trio.Lock()
        self._relay = relay

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
                await self._accept(listener)
            finally:
                self._folder.control.unlink(missing_ok=True)

    async def _accept(self, listener: trio.socket.SocketType) -> None:
        async with trio.open_nursery() as nursery:
            while True:
                try:
                    line, _ = await listener.accept()
                except OSError:
                    # No descriptors are left; the server says so.
                    await trio.sleep(_NO_DESCRIPTORS_SECONDS)
                else:
                    nursery.start_soon(self._answer, trio.SocketStream(line))

    async def _answer(self, stream: trio.SocketStream) -> None:
        # Whatever is asked, the relay goes on: when the disk has failed, it is the committer that ends it.
        try:
            async with stream:
                reply = await self._reply(stream)
                with trio.fail_after(_IDLE_SECONDS):
                    await stream.send_all(json.dumps(reply).encode())
        except Exception as error:  # noqa: BLE001  # counted and told, as for every other connection
            self._service.log.note_error(Event.CONTROL_FAILED, error)

    async def _reply(self, stream: trio.SocketStream) -> Reply:
        try:
            with trio.fail_after(_IDLE_SECONDS):
                words = _words(await _line(stream))
            return await self._carry_out(words)
        except LocalError as error:
            return {"error": str(error)}
        except Exception as error:  # noqa: BLE001  # counted and told
            self._service.log.note_error(Event.CONTROL_FAILED, error)
            return {"error": f"The relay could not do it ({type(error).__name__}); its log says when."}

    async def _carry_out(self, words: Words) -> Reply:
        match words.get("command"):
            case "address":
                return {"address": self._relay.address.text}
            case "drain":
                self._relay.drain()
                return {"ok": True}
            case command if command in SETTLED:
                return await self._perform_settled(words)
            case command:
                reply = await self._service.committer.alone(lambda: self._administration.perform(words))
        if command == "stats":
            # What was counted just now wins over what was counted within the last minute.
            return {**self._service.counters.numbers(), **self._relay.vitals.moment(), **reply}
        if command == "what-we-hold":
            listening = self._service.delivery.has_listener(MailboxId.fromhex(str(reply["mailbox"])))
            return {**reply, "listening": listening}
        return reply

    async def _perform_settled(self, words: Words) -> Reply:
        if not isinstance(self._store, SqliteStore):
            return await self._perform_at_servers(words)
        # One at a time: a second would bring the file up to date under the first one's eyes.
        async with self._turn:
            try:
                await self._service.committer.alone(self._store.settle)
                return await trio.to_thread.run_sync(
                    self._administration.perform_settled, words, trio.from_thread.check_cancelled
                )
            finally:
                self._store.resume()

    async def _perform_at_servers(self, words: Words) -> Reply:
        if words.get("command") != "check":
            raise LocalError(ELSEWHERE)
        async with self._turn:
            # On connections of its own; a relay that goes down does not wait for the last row.
            await trio.to_thread.run_sync(check_servers, self._service.config, abandon_on_cancel=True)
        return {"ok": True}


async def _line(stream: trio.SocketStream) -> bytes:
    """What comes before the first line feed, or the end."""
    asked = b""
    while b"\n" not in asked and len(asked) < _MOST_BYTES:
        more = await stream.receive_some(_MOST_BYTES)
        if not more:
            break
        asked += more
    return asked.partition(b"\n")[0]


def _words(asked: bytes) -> Words:
    try:
        words = json.loads(asked)
    except (ValueError, RecursionError):
        words = None
    if not isinstance(words, dict):
        raise LocalError("A command is one line with a JSON object.")
    return words
