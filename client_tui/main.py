"""The command `securemsg`: reads the command line, runs one command, turns every outcome into a status.

Nothing is imported here that one command needs and another does not: the question for the passphrase is on
the screen before the library is loaded.
"""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from client_tui.commands.context import context_of
from client_tui.commands.output import tell
from client_tui.commands.status import BROKEN_PIPE, DONE, INTERRUPTED, REFUSED
from client_tui.commands.table import TABLE, USUAL
from client_tui.commands.usage import COMMAND, CommandLine, ShowVersion, help_shape
from client_tui.settings import load_settings, settings_file
from client_tui.terminal.crash import guard_against_leaks, scrubbed
from client_tui.text.language import N_, _, language_of, use_language
from client_tui.text.sentences import sentence_of
from securemsg.errors import LocalError, RemoteError

FULL = N_("What was to be printed could not be written: is the disk full?")


def main(argv: Sequence[str] | None = None) -> int:
    """Run `securemsg ARGV`; returns the exit status, never raises for what happens inside."""
    guard_against_leaks()
    use_language(language_of(os.environ, load_settings(settings_file(os.environ)).language))
    return _said(_run(with_command(sys.argv[1:] if argv is None else list(argv))))


def _run(words: list[str]) -> int:
    try:
        arguments = command_line(words).parse_args(words)
        status: int = module_of(arguments.command).run(context_of(arguments), arguments)
    except SystemExit as left:
        return int(left.code or DONE)
    except (LocalError, RemoteError) as error:
        tell(sentence_of(error))
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the last door: a traceback would print what variables held (CL-12)
        tell(_(FULL) if getattr(error, "errno", 0) == errno.ENOSPC else scrubbed(error))
        return REFUSED
    return status


def _said(status: int) -> int:
    """Return `status`, or what it is where not everything could be printed."""
    try:
        sys.stdout.flush()
    except OSError as error:
        # Python would try once more at exit, complain in its own words and end with a status of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return BROKEN_PIPE
        if status == DONE:
            tell(_(FULL))
        return status or REFUSED
    return status


def with_command(words: list[str]) -> list[str]:
    """Return `words`; an invitation without a command, as pasted from a message, is for the first run."""
    links = [place for place, word in enumerate(words) if word.lower().startswith("securemsg:")]
    before = words[: links[0]] if links else words
    if not links or any(name in before for name, _summary in TABLE):
        return words
    return [*before, USUAL, *words[links[0] :]]


def module_of(name: str) -> ModuleType:
    """Return the module of a command of the table."""
    return import_module(f"client_tui.commands.{name}")


def command_line(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser for `words`: of all commands their names, of those named there their arguments."""
    shape = help_shape(words)
    parser = CommandLine(
        prog="securemsg", description=_("End-to-end encrypted messages."), formatter_class=shape
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help=_("print the version and leave"))
    parser.add_argument("--home", metavar="DIR", help=_("where the account lives (SECUREMSG_HOME)"))
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help=_("first line is used (SECUREMSG_PASSPHRASE_FILE)")
    )
    parser.add_argument(
        "--plain", action="store_true", help=_("chat line by line, for screen readers and pipes")
    )
    parser.add_argument("--demo", action="store_true", help=_("look around among invented people, offline"))
    parser.set_defaults(command=USUAL)
    families = parser.add_subparsers(title=_("commands"), metavar=COMMAND)
    for name, summary in TABLE:
        said, named = _(summary), name in words
        family = families.add_parser(name, help=said, formatter_class=shape, add_help=named)
        if named:
            _declare(family, name, said)
    return parser


def _declare(family: argparse.ArgumentParser, name: str, said: str) -> None:
    """Declare what stands behind the name of a command."""
    family.description = f"{said[0].upper()}{said[1:]}."
    module_of(name).declare(family)
    if name != USUAL:
        family.add_argument("--json", action="store_true", help=_("one JSON object a line, and nothing else"))
    family.set_defaults(command=name)
