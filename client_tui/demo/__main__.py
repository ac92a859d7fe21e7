"""`python -m client_tui.demo HOME`: an invented home that stays, for measuring and for looking at."""

import argparse
import sys
from pathlib import Path

from client_tui.demo.crowd import crowded
from client_tui.demo.stage import HOUR, PASSPHRASE, staged, stop_the_clock
from client_tui.terminal.crash import guard_against_leaks
from securemsg.instant import DAY, Instant


def main() -> None:
    """Make the home; print the passphrase that opens it."""
    guard_against_leaks()
    parser = argparse.ArgumentParser(prog="python -m client_tui.demo", description=__doc__)
    parser.add_argument("home", type=Path, help="a folder that does not exist yet")
    parser.add_argument("--messages", type=int, default=0, help="so many more, in two long conversations")
    arguments = parser.parse_args()
    stop_the_clock()
    profile = staged(arguments.home)
    try:
        if arguments.messages:
            crowded(profile, arguments.messages, Instant(HOUR + DAY))
    finally:
        profile.close()
    sys.stdout.write(f"{PASSPHRASE}\n")


if __name__ == "__main__":
    main()
