"""The command `securemsg-relay`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

from relay import commands
from relay.config import Config
from securemsg.errors import SecuremsgError

_PRIVATE: Final = 0o077
"""Nothing that the relay writes is for others to read."""

Command: TypeAlias = Callable[[Config, argparse.Namespace], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0 done, 1 refused or failed (2, wrong usage, exits)."""
    options = _parser().parse_args(arguments)
    os.umask(_PRIVATE)
    try:
        config = Config.load(options.config) if options.config else Config.default()
        if options.data:
            config = replace(config, data=options.data.absolute())
        command: Command = options.run
        command(config, options)
    except SecuremsgError as error:
        sys.stderr.write(f"securemsg-relay: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"securemsg-relay: {_what_the_system_refused(error)}\n")
        return 1
    return 0


def _what_the_system_refused(error: OSError) -> str:
    """A sentence for what nobody foresaw, most often a command of another user."""
    advice = (
        "; do it as the relay's user, to whom it must belong" if isinstance(error, PermissionError) else ""
    )
    return f"{error.filename or 'A file'} cannot be used: {error.strerror}{advice}."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="securemsg-relay", description="Keeps sealed envelopes until they are fetched."
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version and leave")
    parser.add_argument("--config", type=Path, metavar="FILE", help="a TOML file; see relay/README.md")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder of keys and store")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        sub = subparsers.add_parser(name, help=text, description=text)
        sub.add_argument("--json", action="store_true", help="print one JSON object")
        sub.set_defaults(run=run)
        return sub

    settings = command("config", commands.config, "print the settings that hold; none is a secret")
    settings.add_argument("--check", action="store_true", help="only say whether they can be used")
    command("serve", commands.serve, "run until SIGTERM").add_argument("--listen", metavar="HOST:PORT")
    command("drain", commands.drain, "have the relay that runs end, and wait for it")
    command("address", commands.address, "print the address to give away")
    _add_registration(command)
    command("stats", commands.stats, "count what is stored")
    held = command("what-we-hold", commands.what_we_hold, "tell everything that is kept of one mailbox")
    held.add_argument("mailbox", metavar="MAILBOX", help="32 hexadecimal digits")
    command("check", commands.check, "verify the database")
    _add_backup(command)
    moved = command("migrate-store", commands.migrate_store, "copy everything to another kind of store")
    moved.add_argument("--to", choices=("postgres", "sqlite"), default="postgres")
    command("restored", commands.restored, "after a restore of PostgreSQL: void the one-time keys")
    return parser


class _ShowVersion(argparse.Action):
    """`--version`: what was installed."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        try:
            number = version("securemsg")
        except PackageNotFoundError:
            number = "(not installed)"
        sys.stdout.write(f"{parser.prog} {number}\n")
        parser.exit()


def _add_backup(command: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    copied = command("backup", commands.backup, "copy everything to a new folder")
    copied.add_argument("destination", type=Path)
    copied.add_argument("--without-files", action="store_true", help="leave out people's files")
    command("restore", commands.restore, "take a backup into use").add_argument("source", type=Path)


def _add_registration(command: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    invite = command("invite", commands.invite, "make a registration token, or revoke one")
    invite.add_argument("--uses", type=int, default=1, metavar="N", help="mailboxes that it admits")
    invite.add_argument("--expires", type=int, default=7, metavar="DAYS")
    invite.add_argument("--revoke", metavar="NAME", help="as `invites` names it")
    command("invites", commands.invites, "list the invitations that can be used")


if __name__ == "__main__":
    sys.exit(main())
