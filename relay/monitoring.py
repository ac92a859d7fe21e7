"""A small HTTP/1.1 responder for those who watch the relay: /metrics, /health and /ready (Spec: RL-42).

It reads one request, answers, and closes. It has a listener of its own, which is private unless the
administrator says otherwise; who reaches it is not trusted any more for that.
"""

from typing import Final

import trio

from relay.log import Event
from relay.server import listen
from relay.service import Service
from relay.vitals import Vitals
from securemsg.errors import LocalError

_MOST_BYTES: Final = 8 * 1024
"""A longer request is none of a monitor's."""

_SECONDS: Final = 5
"""How long a request may take to come, and its answer to be taken."""

_AT_ONCE: Final = 16
"""Connections answered at once; more wait to be accepted."""

_REST_SECONDS: Final = 0.2
"""How long accepting rests when the process has no descriptors left."""

_TEXT: Final = "text/plain; charset=utf-8"
_METRICS: Final = "text/plain; version=0.0.4; charset=utf-8"
_OK: Final = "200 OK"


class Monitoring:
    """Answers on the listener of the metrics."""

    def __init__(self, service: Service, vitals: Vitals, listener: trio.SocketListener) -> None:
        self._service = service
        self._vitals = vitals
        self._listener = listener

    @property
    def place(self) -> tuple[str, int]:
        """Address and port."""
        host, port, *_ = self._listener.socket.getsockname()
        return host, port

    async def run(self) -> None:
        """Answer for ever."""
        limit = trio.Semaphore(_AT_ONCE)
        async with self._listener, trio.open_nursery() as nursery:
            while True:
                await limit.acquire()
                try:
                    stream = await self._listener.accept()
                except OSError:
                    limit.release()
                    await trio.sleep(_REST_SECONDS)
                else:
                    nursery.start_soon(self._serve, stream, limit)

    async def _serve(self, stream: trio.SocketStream, limit: trio.Semaphore) -> None:
        # Whatever is asked, the relay goes on.
        try:
            async with stream:
                with trio.move_on_after(_SECONDS):
                    await stream.send_all(self._answer(await _request(stream)))
                    await stream.send_eof()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        except Exception as error:  # noqa: BLE001  # counted and told, as for every other connection
            self._service.log.note_error(Event.METRICS_FAILED, error)
        finally:
            limit.release()

    def _answer(self, request: bytes) -> bytes:
        head, end, _ = request.partition(b"\r\n\r\n")
        line = head.partition(b"\r\n")[0].split(b" ")
        if not end or len(line) != 3 or not line[2].startswith(b"HTTP/1."):  # noqa: PLR2004  # method, target, version
            return _response("400 Bad Request", _TEXT, b"This is for GET over HTTP/1.1.\n")
        if line[0] != b"GET":
            return _response("405 Method Not Allowed", _TEXT, b"This is for GET.\n")
        return self._page(line[1].partition(b"?")[0])

    def _page(self, target: bytes) -> bytes:
        match target:
            case b"/metrics":
                return _response(_OK, _METRICS, self._vitals.page())
            case b"/health":
                # Being answered is the answer.
                return _response(_OK, _TEXT, b"alive\n")
            case b"/ready":
                obstacles = self._vitals.obstacles()
                said = "; ".join(obstacles) or "ready"
                return _response("503 Service Unavailable" if obstacles else _OK, _TEXT, f"{said}\n".encode())
            case _:
                return _response("404 Not Found", _TEXT, b"Here are /metrics, /health and /ready.\n")


def listen_for_monitors(where: str) -> trio.SocketListener:
    """Listen at `HOST:PORT`; raises `LocalError`."""
    try:
        return trio.SocketListener(trio.socket.from_stdlib_socket(listen(where)))
    except LocalError:
        raise LocalError(
            f"Cannot listen at {where} for metrics; choose another place in [metrics]."
        ) from None


async def _request(stream: trio.SocketStream) -> bytes:
    """What comes before the empty line, or as much as is read of it."""
    asked = b""
    while b"\r\n\r\n" not in asked and len(asked) < _MOST_BYTES:
        more = await stream.receive_some(_MOST_BYTES)
        if not more:
            break
        asked += more
    return asked


def _response(status: str, kind: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
