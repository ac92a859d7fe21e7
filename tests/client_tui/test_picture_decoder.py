"""The decoder as a program: what it may not do, how it may end, and that nothing of it is left (T16)."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from client_tui.pictures import decoder as sentences
from client_tui.pictures.decoder import Decoder, usual_command
from client_tui.pictures.limits import MOST_BYTES
from client_tui.pictures.raster import raster_of
from securemsg.errors import LocalError
from tests.client.live import reached
from tests.client_tui.hostile_pictures import BOMBS, OTHERS, SIZE, WHOLE
from tests.client_tui.offspring import begin, children

SHELL = "/bin/sh"

PATIENCE = 20.0

ASKING = """
import os, subprocess, sys
child = subprocess.Popen([*sys.argv[1:], str(os.getpid()), "view", "8", "4"])
print(child.pid, flush=True)
child.wait()
"""

WITHOUT_FILTERS = """
import ctypes, os, struct, sys
calls = ctypes.CDLL(None)
# prctl with PR_SET_SECCOMP is refused, all else passes.
steps = ((32, 0, 0, 0), (21, 0, 3, 157 if os.uname().machine == "x86_64" else 167),
         (32, 0, 0, 16), (21, 0, 1, 22), (6, 0, 0, 0x50001), (6, 0, 0, 0x7FFF0000))
program = b"".join(struct.pack("=HBBI", *step) for step in steps)
head = struct.pack("@HP", len(steps), ctypes.addressof(buffer := ctypes.create_string_buffer(program)))
calls.prctl(38, 1, 0, 0, 0)
calls.prctl(22, 2, head, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""

CONFINED = """
import os, resource, socket, sys
sys.path.insert(0, sys.argv[1])
victim = sys.argv[2]
from client_tui.pictures.confinement import confine
confine()
attempts = [
    (os.open, "/etc/passwd", os.O_RDONLY), (os.open, victim, os.O_RDWR), (os.listdir, "/"),
    (os.chdir, "/tmp"), (os.unlink, victim), (os.rename, victim, victim + "2"),
    (os.link, victim, victim + "3"),
    (os.chmod, victim, 0o777), (socket.socket,), (os.pipe,), (os.dup, 0), (os.fork,),
    (os.kill, os.getppid(), 0), (os.execv, "/bin/true", ["true"]), (bytearray, 2 ** 31),
    (resource.setrlimit, resource.RLIMIT_NOFILE, (64, 64)),
]
said = []
for act, *what in attempts:
    try:
        act(*what)
        said.append(f"{act.__name__} DONE")
    except (OSError, MemoryError, ValueError) as error:
        said.append(f"{act.__name__} {type(error).__name__}")
os.write(1, "\\n".join(said).encode())
os._exit(0)
"""


def shell(script: str, patience: float = 20.0) -> Decoder:
    """Return a decoder that is this script."""
    return Decoder((SHELL, "-c", script), patience)


def run(decoder: Decoder, picture: bytes = b"picture", most: int = 1_000) -> bytes:
    """Return what a decoder answers; afterwards no child of ours is left."""
    try:
        return asyncio.run(decoder.answer(("view", "8", "4"), picture, most))
    finally:
        assert not children()


@pytest.fixture(autouse=True)
def only_our_children() -> None:
    """Leave out what other tests keep, a relay for example."""
    begin()


@pytest.mark.skipif(sys.platform != "linux", reason="the filter of system calls is Linux's")
def test_a_decoder_that_was_taken_over_can_do_nothing(tmp_path: Path) -> None:
    """T16: no file, no connection, no process, no signal, no program, no more memory; and no way back."""
    victim = tmp_path / "vault"
    victim.write_text("untouched")
    root = usual_command()[-1]
    said = run(Decoder((sys.executable, "-I", "-c", CONFINED, root, str(victim)))).decode()
    assert len(said.splitlines()) == 16
    assert "DONE" not in said
    assert (list(tmp_path.iterdir()), victim.read_text()) == ([victim], "untouched")


@pytest.mark.skipif(sys.platform != "linux", reason="the filter of system calls is Linux's")
def test_nothing_is_decoded_without_the_filter() -> None:
    """T16: the limits alone would leave files to remove and programs to take over."""
    with pytest.raises(LocalError, match="too many rights"):
        run(Decoder((sys.executable, "-I", "-c", WITHOUT_FILTERS, *usual_command())), WHOLE["png"])


def test_a_decoder_inherits_nothing(tmp_path: Path) -> None:
    """T16: no descriptor of ours, not even one that could be inherited; no environment, no folder."""
    vault = os.open(tmp_path / "vault", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(vault, True)  # noqa: FBT003 - the system's own function takes it so
    try:
        said = run(shell("pwd; for each in /proc/$$/fd/*; do readlink $each; done; export -p")).decode()
    finally:
        os.close(vault)
    lines = said.splitlines()
    assert (lines[0], str(tmp_path) in said) == ("/", False)
    assert [line.partition(":")[0] for line in lines[1:4]] == ["pipe", "pipe", "/dev/null"]
    assert {line.split("=")[0].removeprefix("export ") for line in lines[4:]} <= {"PWD", "OLDPWD"}


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("kill -SEGV $$", sentences.FAILED),
        ("kill -XCPU $$", sentences.FAILED),
        ("exit 1", sentences.FAILED),
        ("exit 65", sentences.UNREADABLE),
        ("exit 66", sentences.TOO_LARGE),
        ("exit 67", sentences.NOT_INSTALLED),
        ("exec cat /dev/zero", sentences.FAILED),
        ("exec head -c 1001 /dev/zero", sentences.FAILED),
        ("cat; exit 65", sentences.UNREADABLE),
    ],
)
def test_a_decoder_that_dies_is_a_sentence(script: str, sentence: str) -> None:
    """T16."""
    with pytest.raises(LocalError, match=f"^{sentence[:30]}"):
        run(shell(script))


@pytest.mark.parametrize(
    "script", ["exec sleep 60", "trap '' TERM; cat >/dev/null; exec sleep 60 >/dev/null"]
)
def test_a_decoder_that_hangs_is_ended(script: str) -> None:
    """T16: also where it has not read what it was given."""
    with pytest.raises(LocalError, match="took too long"):
        run(shell(script, 0.05), bytes(1_000_000))


def test_a_decoder_that_cannot_be_started_is_a_sentence() -> None:
    with pytest.raises(LocalError, match="failed"):
        run(Decoder(("/nowhere/at/all",)))
    with pytest.raises(LocalError, match="two more packages"):
        # Without site-packages, as where the extra was not installed.
        run(Decoder((*usual_command()[:1], "-S", *usual_command()[1:])))


def test_whoever_is_cancelled_has_ended_the_decoder() -> None:
    async def begin() -> None:
        asking = asyncio.create_task(shell("exec sleep 60").answer((), bytes(1_000_000), 10))
        await reached(lambda: bool(children()))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(begin())
    assert not children()


@pytest.mark.parametrize("steps", range(12))
def test_whoever_is_cancelled_at_any_time_and_twice_has_ended_the_decoder(steps: int) -> None:
    """T16: also while it was being started; and nothing fails behind."""
    failed: list[str] = []

    async def begin() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: failed.append(str(what)))
        asking = asyncio.create_task(shell("exec sleep 60").answer((), bytes(1_000_000), 10))
        for _ in range(steps):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert not children()

    asyncio.run(begin())
    assert not failed


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it ends with the end of its input")
def test_a_decoder_ends_with_the_client_that_is_killed() -> None:
    """T16: also where it still waits for more of its picture."""
    reading, writing = os.pipe()
    command = [sys.executable, "-I", "-c", ASKING, *usual_command()]
    with subprocess.Popen(command, stdin=reading, stdout=subprocess.PIPE) as client:
        assert client.stdout is not None
        status = Path(f"/proc/{int(client.stdout.readline())}/status")
        wait(lambda: "NoNewPrivs:\t1" in status.read_text())
        os.write(writing, b"\x89PNG")
        client.kill()
    wait(lambda: not status.exists() or "State:\tZ" in status.read_text())
    os.close(reading)
    os.close(writing)


def wait(condition: Callable[[], bool]) -> None:
    """Return once `condition()` holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_what_is_too_large_is_not_given_to_a_decoder() -> None:
    with pytest.raises(LocalError, match="too large"):
        run(Decoder(("/nowhere/at/all",)), bytes(MOST_BYTES + 1))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "\\0\\1\\0",
        "\\0\\1\\0\\1abcd",
        "\\0\\1\\0\\1ab",
        "\\0\\0\\0\\1",
        "\\0\\1\\0\\0",
        "\\0\\3\\0\\1aaabbbccc",
        "\\0\\1\\0\\3aaabbbccc",
        "\\377\\377\\377\\377",
    ],
)
def test_an_answer_that_is_no_raster_is_a_sentence(answer: str) -> None:
    """T16: two by two were asked for."""
    with pytest.raises(LocalError, match="failed"):
        asyncio.run(raster_of(shell(f"printf '{answer}'"), b"picture", 2, 2))


def test_pictures_go_through_the_real_decoder() -> None:
    """T16: one after the other, whatever became of the one before."""
    decoder = Decoder(usual_command())
    for picture, sentence in (
        (BOMBS["png"], sentences.TOO_LARGE),
        (OTHERS["tiff"], sentences.UNREADABLE),
        (WHOLE["webp"][:90], sentences.UNREADABLE),
    ):
        with pytest.raises(LocalError, match=sentence[:30]):
            run(decoder, picture)
    for kind in ("gif-moving", "png", "webp-lossless"):
        found = asyncio.run(raster_of(decoder, WHOLE[kind], 60, 40))
        assert (found.width, found.height) == SIZE
        assert (found.at(0, 0), found.at(7, 3)) == ((200, 40, 20), (20, 60, 220))
    assert not children()
