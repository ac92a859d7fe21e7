"""A gibibyte from one client to another, in flat memory: `python -m tests.soak.large_file [MEBIBYTES]`.

Prints the greatest size of each program in MiB and the seconds it all took; the status is 1 beyond 100 MiB.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.client.transfer.large import carry
from tests.support.programs import running_relay

MOST_MEBIBYTES = 100
HOUR = 3_600.0


def main(mebibytes: str = "1024") -> int:
    """Carry it; return the exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place, running_relay(Path(place)) as relay:
        peaks = carry(Path(place), relay, int(mebibytes) * 2**20, HOUR)
    sizes = [peak // 1_024 for peak in (peaks.sending, peaks.fetching)]
    sys.stdout.write(f"sending={sizes[0]} fetching={sizes[1]} MiB seconds={time.monotonic() - began:.0f}\n")
    return int(max(sizes) > MOST_MEBIBYTES)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
