"""The command `securemsg-relay`."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from relay.administration import SETTLED, Administration, Reply
from relay.clock import system_clock
from relay.config import Config
from relay.connections import refuse_missing_files
from relay.control import ask
from relay.folder import DataFolder
from relay.identity import Identity
from relay.program import address_of
from relay.restore import restore
from relay.serve import serve
from relay.settings import toml_of
from relay.storage.operations import StoreBrokenError
from relay.storage.sqlite.store import SqliteStore
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError, SecuremsgError
from securemsg.mailbox.address import split_host_port

_PRIVATE: Final = 0o077
"""Nothing that the relay writes is for others to read."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0 done, 1 refused or failed (2, wrong usage, exits)."""
    options = _parser().parse_args(arguments)
    os.umask(_PRIVATE)
    try:
        config = Config.load(options.config) if options.config else Config.default()
        if options.data:
            config = replace(config, data=options.data.absolute())
        command: Callable[[Config, argparse.Namespace], None] = options.run
        command(config, options)
    except SecuremsgError as error:
        sys.stderr.write(f"securemsg-relay: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="securemsg-relay", description="Keeps sealed envelopes until they are fetched."
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="a TOML file; see the documentation")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder of keys and store")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[Config, argparse.Namespace], None], text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--json", action="store_true", help="print one JSON object")
        sub.set_defaults(run=run)
        return sub

    settings = command("config", _config, "print the settings that hold; none is a secret")
    settings.add_argument("--check", action="store_true", help="only say whether they can be used")
    command("serve", _serve, "run until SIGTERM").add_argument("--listen", metavar="HOST:PORT")
    command("address", _address, "print the address to give away")
    invite = command("invite", _invite, "make a registration token")
    invite.add_argument("--uses", type=int, default=1, metavar="N")
    invite.add_argument("--expires", type=int, default=7, metavar="DAYS")
    command("stats", _stats, "count what is stored")
    command("check", _check, "verify the database")
    command("backup", _backup, "copy everything to a new folder").add_argument("destination", type=Path)
    command("restore", _restore, "take a backup into use").add_argument("source", type=Path)
    return parser


def _config(config: Config, options: argparse.Namespace) -> None:
    if options.check:
        refuse_missing_files(config)
        _print(options, {"ok": True}, "The configuration is good.")
    else:
        _print(options, config.shown(), toml_of(config.shown()))


def _serve(config: Config, options: argparse.Namespace) -> None:
    if options.listen:
        config = replace(config, listen=options.listen)
    serve(config.checked(), lambda address: _print(options, {"address": address}, address))


def _address(config: Config, options: argparse.Namespace) -> None:
    folder = DataFolder(config.data)
    reply = ask(folder, {"command": "address"})
    if reply is None:
        bound = split_host_port(config.listen)
        reply = {"address": address_of(config, bound, Identity.load(folder)).text}
    _print(options, reply, str(reply["address"]))


def _invite(config: Config, options: argparse.Namespace) -> None:
    reply = _perform(config, {"command": "invite", "uses": options.uses, "days": options.expires})
    _print(options, reply, str(reply["token"]))


def _stats(config: Config, options: argparse.Namespace) -> None:
    reply = _perform(config, {"command": "stats"})
    _print(options, reply, "\n".join(f"{name} {value}" for name, value in reply.items()))


def _check(config: Config, options: argparse.Namespace) -> None:
    _print(options, _perform(config, {"command": "check"}), "The database is whole.")


def _backup(config: Config, options: argparse.Namespace) -> None:
    words = {"command": "backup", "destination": str(options.destination.absolute())}
    _print(options, _perform(config, words), f"Everything is in {options.destination}.")


def _restore(config: Config, options: argparse.Namespace) -> None:
    restore(options.source, DataFolder(config.data))
    _print(options, {"ok": True}, "Restored. Owners will publish new prekeys when they connect.")


def _perform(config: Config, words: Mapping[str, object]) -> Reply:
    """Ask the relay that runs, or open the store when none does."""
    folder = DataFolder(config.data)
    reply = ask(folder, words)
    if reply is not None:
        return reply
    if not folder.database.exists():
        raise LocalError(
            f"There is no relay in {folder.path}; name its folder with --data, or start one with serve."
        )
    with closing(SqliteStore.open(folder.database, config.policy)) as store:
        administration = Administration(store, folder, system_clock, SystemEntropy())
        try:
            if words["command"] not in SETTLED:
                return administration.perform(words)
            store.settle()
            return administration.perform_settled(words, lambda: None)
        except StoreBrokenError:
            raise LocalError("The disk failed; check it, then try again.") from None


def _print(options: argparse.Namespace, reply: Mapping[str, object], text: str) -> None:
    sys.stdout.write((json.dumps(reply) if options.json else text) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
