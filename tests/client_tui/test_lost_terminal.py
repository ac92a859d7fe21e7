"""A window that was closed: nothing of the client goes on behind it."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from contextlib import closing
from pathlib import Path

from tests.support.programs import PATIENCE, environment

HUNG_UP = 128 + signal.SIGHUP


def test_who_gets_no_hang_up_notices_that_the_terminal_is_gone(tmp_path: Path) -> None:
    """Only the leader of a session is told; others would run on, with the vault open."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    program = subprocess.Popen(
        [sys.executable, "-m", "client_tui", "--demo"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment() | {"TERM": "xterm", "LC_ALL": "C.UTF-8", "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    try:
        os.close(terminal)
        with closing(os.fdopen(controller, "rb", buffering=0)) as shown:
            seen = b""
            while b"Claire" not in seen:
                seen += shown.read(65_536)
        assert program.wait(PATIENCE) == HUNG_UP
    finally:
        program.kill()
        program.wait()
    assert list(tmp_path.iterdir()) == []
