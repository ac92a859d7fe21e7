"""`python -m client_tui.newcomer`: what `make chat` runs."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import anyio

from client_tui.app import run_client
from client_tui.commands.output import tell
from client_tui.commands.status import INTERRUPTED, REFUSED
from client_tui.commands.usage import CommandLine
from client_tui.newcomer.echo import EchoProgram
from client_tui.newcomer.headless import conversation
from client_tui.newcomer.relay import running_relay
from client_tui.screens.start import Acquaintance, Start
from client_tui.terminal.crash import guard_against_leaks, scrubbed
from client_tui.terminal.ending import SIGNALLED
from securemsg.client import home_exists
from securemsg.errors import LocalError, RemoteError

FOLDER = Path(".demo")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the first conversation, with or without a screen; returns the exit status."""
    guard_against_leaks()
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Unwinding ends the programs beside; the default would leave them running.
        signal.signal(number, _unwind)
    parser = CommandLine(prog="make chat", description="A relay, a person who answers, and you.")
    parser.add_argument(
        "--headless", action="store_true", help="print the conversation instead of opening a screen"
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where everything is kept (.demo)")
    arguments = parser.parse_args(argv)
    try:
        return anyio.run(conversation) if arguments.headless else with_screen(arguments.folder)
    except (LocalError, RemoteError) as error:
        tell(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last door: a traceback would print what variables held (CL-12)
        tell(scrubbed(error))
    return REFUSED


def _unwind(number: int, frame: FrameType | None) -> None:
    del frame
    sys.exit(SIGNALLED + number)


def with_screen(folder: Path) -> int:
    """Open the client beside a relay and an echo, which end with it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise LocalError("This needs a terminal; `make chat HEADLESS=1` does without one.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with running_relay(folder / "relay") as address, EchoProgram(folder / "echo", address).running() as link:
        home = folder / "you"
        known = () if home_exists(home) else (Acquaintance(link, "echo"),)
        return run_client(Start(home=home, relay=address, invitation=link, acquaintances=known))


if __name__ == "__main__":
    sys.exit(main())
