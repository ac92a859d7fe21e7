"""What reaches a person's terminal, and what an administrator hands to a relay (specs/09, 11)."""

import atexit
import json
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from client_tui.text.safe import NAME_LIMIT, safe_body, safe_line, safe_name, safe_paste
from relay import control
from relay.administration import Administration
from relay.config import Config
from relay.folder import DataFolder
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.store import SqliteStore
from securemsg.errors import LocalError
from securemsg.instant import Instant
from tests.client_tui.hostile_text import ATTACKS, OBEYED
from tests.fuzz.target import Target, as_text
from tests.support.entropy import SeededEntropy

CONTROLS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def _display(data: bytes) -> None:
    # Half characters as well: a name may come from a file of this machine.
    text = as_text(data)
    line, body = safe_line(text), safe_body(text)
    for shown in (line, body, safe_name(text)):
        assert not OBEYED.search(shown)
        shown.encode()
    assert "\n" not in line
    assert len(line) <= NAME_LIMIT
    assert (safe_line(line), safe_body(body)) == (line, body), "the gate is stable"
    assert not CONTROLS.search(safe_paste(text))


@cache
def _folder() -> Path:
    """Return a folder for what must be a file; it goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="securemsg-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _administration() -> Administration:
    store = SqliteStore.open(_folder() / "relay.db", StorePolicy())
    return Administration(store, DataFolder(_folder()), lambda: Instant(1_800_000_000_000), SeededEntropy())


def _control(data: bytes) -> None:
    try:
        reply = _administration().perform(control._words(data))
    except LocalError as error:
        reply = {"error": str(error)}
    assert json.loads(json.dumps(reply).encode()) == reply


def _config(data: bytes) -> None:
    file = _folder() / "relay.toml"
    file.write_bytes(data)
    try:
        config = Config.load(file)
    except LocalError:
        return
    assert config.checked() == config
    assert config.policy.messages > 0


def _lines() -> list[bytes]:
    commands: list[dict[str, object]] = [
        {"command": "stats"},
        {"command": "invite", "uses": 1, "days": 7},
        {"command": "invite", "uses": 0, "days": True},
        {"command": "dance"},
    ]
    return [json.dumps(command).encode() for command in commands] + [b"[]", b"[" * 3_000, b"1e999"]


_CONFIGS: Final = (
    b'listen = "[::]:1"\npublic_host = "relay.example"\ndata = "/srv/relay"\nregistration = "closed"\n',
    b"[limits]\nmax_envelope = 2048\nwindow = 1\nheartbeat_seconds = 5\nretention_hours = 1\n",
    b'registration = "invitation"\nlimits = { stalled_seconds = 1 }\n',
)

TARGETS: Final = (
    Target(
        "display",
        _display,
        lambda: [text.encode("utf-8", "surrogatepass") for text in ATTACKS],
        longest=600,
    ),
    Target("control", _control, _lines, tries=500),
    Target("config", _config, lambda: _CONFIGS, longest=6_000, tries=500),
)
