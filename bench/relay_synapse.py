"""Synapse from a virtual environment of its own (`BENCH_SYNAPSE`), asked over plain HTTP."""

import hashlib
import hmac
import http.client
import itertools
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

_SECRET: Final = "bench"  # noqa: S105  # of a server that lives for seconds
_CONFIG: Final = """
server_name: localhost
pid_file: {folder}/synapse.pid
listeners:
  - {{port: {port}, bind_addresses: ["127.0.0.1"], type: http, resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: {folder}/synapse.db}}}}
log_config: {folder}/log.yaml
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
registration_shared_secret: {secret}
macaroon_secret_key: {secret}
report_stats: false
trusted_key_servers: []
suppress_key_server_warning: true
rc_login:
  address: {{per_second: 10000, burst_count: 10000}}
  account: {{per_second: 10000, burst_count: 10000}}
"""
_LOG: Final = "version: 1\nroot: {level: ERROR}\ndisable_existing_loggers: true\n"

Connect = Callable[[int], AbstractContextManager[Callable[[float], float]]]


def _python() -> Path | None:
    venv = os.environ.get("BENCH_SYNAPSE")
    return Path(venv) / "bin" / "python" if venv else None


def synapse_is_missing() -> str | None:
    """Why it cannot be measured."""
    python = _python()
    if python is None:
        return "BENCH_SYNAPSE names no virtual environment with matrix-synapse"
    return None if python.exists() else f"{python} is not there"


@contextmanager
def synapse(folder: Path, port: int) -> Iterator[tuple[Sequence[str], Connect]]:
    """The command that starts it in `folder`, and how to reach it then."""
    config = folder / "homeserver.yaml"
    config.write_text(_CONFIG.format(folder=folder, port=port, secret=_SECRET), encoding="utf-8")
    (folder / "log.yaml").write_text(_LOG, encoding="utf-8")
    words = (str(_python()), "-m", "synapse.app.homeserver", "-c", str(config))
    subprocess.run((*words, "--generate-keys"), check=True, capture_output=True)
    yield words, lambda count: _connected(port, count)


@contextmanager
def _connected(port: int, count: int) -> Iterator[Callable[[float], float]]:
    token = _register(port, "sender")
    _register(port, "owner")
    numbers = itertools.count()

    def send(deadline: float, done: list[int]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.perf_counter() < deadline:
            path = f"/_matrix/client/v3/sendToDevice/m.room.encrypted/{next(numbers)}"
            content = {"messages": {"@owner:localhost": {"*": {"body": "e" * 1_180}}}}
            _call(connection, "PUT", path, content, token)
            done.append(1)
        connection.close()

    def rate(seconds: float) -> float:
        begun = time.perf_counter()
        done: list[int] = []
        threads = [threading.Thread(target=send, args=(begun + seconds, done)) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(done) / (time.perf_counter() - begun)

    yield rate


def _register(port: int, name: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    path = "/_synapse/admin/v1/register"
    nonce = _call(connection, "GET", path, None, None)["nonce"]
    said = f"{nonce}\0{name}\0{_SECRET}\0notadmin".encode()
    # The API of Synapse wants SHA-1 here.
    code = hmac.new(_SECRET.encode(), said, hashlib.sha1).hexdigest()
    content = {"nonce": nonce, "username": name, "password": _SECRET, "admin": False, "mac": code}
    answer = _call(connection, "POST", path, content, None)
    connection.close()
    return str(answer["access_token"])


def _call(
    connection: http.client.HTTPConnection, method: str, path: str, content: object, token: str | None
) -> Any:  # noqa: ANN401  # JSON of another program
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection.request(method, path, None if content is None else json.dumps(content), headers)
    response = connection.getresponse()
    said = json.loads(response.read())
    if response.status != http.client.OK:
        raise RuntimeError(f"Synapse answers {response.status}")
    return said
