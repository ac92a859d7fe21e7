"""What other programs of the same user can read of this one."""

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes
from client_tui.terminal.crash import guard_against_leaks, refuse_tracers
import resource
guard_against_leaks()
refuse_tracers()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is of Linux")
def test_no_core_is_written_and_nobody_attaches() -> None:
    """T22: not dumpable, no core; what root or a swap does is documented and not prevented."""
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "0 (0, 0)"
