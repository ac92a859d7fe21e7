"""What each subcommand of `securemsg-relay` does, with a relay that runs or without."""

import argparse
import json
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from relay.administration import SETTLED, Administration, Reply
from relay.blobs.looking import FOLDER, blobs_held, check_blobs, copy_blobs
from relay.blobs.opening import blob_folder
from relay.clock import system_clock
from relay.config import Config, StoreKind
from relay.connections import refuse_missing_files
from relay.control import ask
from relay.folder import DataFolder
from relay.holdings import MISSING, holdings_text
from relay.identity import Identity
from relay.opening import ELSEWHERE, check_servers, open_postgres, open_store, server_of
from relay.program import address_of
from relay.restore import restore as restore_backup
from relay.serve import serve as serve_clients
from relay.settings import toml_of
from relay.storage.operations import StoreBrokenError, StoreFailedError
from relay.storage.sqlite.store import SqliteStore
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError
from securemsg.mailbox.address import split_host_port

_LOOK_AGAIN_SECONDS: Final = 0.2


def config(settings: Config, options: argparse.Namespace) -> None:
    """Print the settings that hold, or only say whether they can be used."""
    if options.check:
        refuse_missing_files(settings)
        _print(options, {"ok": True}, "The configuration is good.")
    else:
        _print(options, settings.shown(), toml_of(settings.shown()))


def serve(settings: Config, options: argparse.Namespace) -> None:
    """Run until SIGTERM."""
    if options.listen:
        settings = replace(settings, listen=options.listen)
    serve_clients(settings.checked(), lambda address: _print(options, {"address": address}, address))


def drain(settings: Config, options: argparse.Namespace) -> None:
    """Have the relay that runs end, and wait until it has (Spec: RL-45)."""
    folder = DataFolder(settings.data)
    if ask(folder, {"command": "drain"}) is None:
        raise LocalError(f"No relay runs on {folder.path}; there is nothing to drain.")
    while _is_running(folder):
        time.sleep(_LOOK_AGAIN_SECONDS)
    _print(options, {"ok": True}, "The relay has ended; what it accepted is stored.")


def _is_running(folder: DataFolder) -> bool:
    try:
        return ask(folder, {"command": "address"}) is not None
    except LocalError:
        # It ended while it was asked.
        return False


def address(settings: Config, options: argparse.Namespace) -> None:
    """Print the address to give away."""
    folder = DataFolder(settings.data)
    reply = ask(folder, {"command": "address"})
    if reply is None:
        bound = split_host_port(settings.listen)
        reply = {"address": address_of(settings, bound, Identity.load(folder)).text}
    _print(options, reply, str(reply["address"]))


def invite(settings: Config, options: argparse.Namespace) -> None:
    """Make an invitation, or revoke one."""
    if options.revoke:
        reply = _perform(settings, {"command": "revoke", "name": options.revoke})
        said = "Nobody can use that invitation any more." if reply["ok"] else "It was not found."
        _print_found(options, reply, said)
    else:
        reply = _perform(settings, {"command": "invite", "uses": options.uses, "days": options.expires})
        _print(options, reply, str(reply["token"]))


def invites(settings: Config, options: argparse.Namespace) -> None:
    """List the invitations that can be used."""
    reply = _perform(settings, {"command": "invites"})
    found: list[dict[str, Any]] = reply["invitations"]
    lines = [f"{one['name']}  uses left {one['uses']}, until {one['expires']}" for one in found]
    _print_found(options, reply, "\n".join(lines or ["There is no invitation that can be used."]))


def what_we_hold(settings: Config, options: argparse.Namespace) -> None:
    """Tell everything that the relay knows about one mailbox (Spec: RL-46)."""
    reply = _perform(settings, {"command": "what-we-hold", "mailbox": options.mailbox})
    if reply["held"]:
        reply["blobs"] = blobs_held(settings, options.mailbox)
    _print_found(options, reply, holdings_text(reply))


def stats(settings: Config, options: argparse.Namespace) -> None:
    """Count what is stored, and what was done since the start."""
    reply = _perform(settings, {"command": "stats"})
    lines = [f"{name} {value}" for name, value in reply.items() if name != MISSING]
    _print_found(options, reply, "\n".join(lines))


def check(settings: Config, options: argparse.Namespace) -> None:
    """Verify the database."""
    reply = _perform(settings, {"command": "check"})
    check_blobs(settings)
    _print(options, reply, "The database is whole, and so are people's files.")


def backup(settings: Config, options: argparse.Namespace) -> None:
    """Copy everything to a new folder."""
    words = {"command": "backup", "destination": str(options.destination.absolute())}
    reply = _perform(settings, words)
    if options.without_files:
        _print(options, reply, f"Everything but people's files is in {options.destination}.")
        return
    copied = _copy_blobs(blob_folder(settings), options.destination / FOLDER, "the rest is there")
    _print(options, {**reply, "files": copied}, f"Everything is in {options.destination}.")


def restore(settings: Config, options: argparse.Namespace) -> None:
    """Take a backup into use."""

    def copy_files() -> None:
        _copy_blobs(options.source / FOLDER, blob_folder(settings), "run it again when that is mended")

    restore_backup(options.source, DataFolder(settings.data), copy_files)
    _print(options, {"ok": True}, "Restored. Owners will publish new prekeys when they connect.")


def restored(settings: Config, options: argparse.Namespace) -> None:
    """After PostgreSQL's files or a dump were put back: void the leaves on every shelf (Spec: RL-25)."""
    _refuse_while_running(settings)
    with closing(open_postgres(settings)) as store:
        try:
            store.void_leaves()
            store.forget_blobs()
        except StoreFailedError:
            raise LocalError("The server failed; nothing was changed. Try again.") from None
    _print(options, {"ok": True}, "Done. Owners will publish new prekeys when they connect.")


def migrate_store(settings: Config, options: argparse.Namespace) -> None:
    """Copy everything from SQLite to PostgreSQL, or back (Spec: RL-29)."""
    place, database = server_of(settings), DataFolder(settings.data).database
    _refuse_while_running(settings)
    # Its package is an extra: `open_postgres` says so where it is missing.
    open_postgres(settings).close()
    from relay.storage.migrate import postgres_to_sqlite, sqlite_to_postgres  # noqa: PLC0415  # an extra

    if options.to == "sqlite":
        moved = postgres_to_sqlite(place, database, SystemEntropy())
    else:
        if not database.exists():
            raise LocalError(f"There is no {database} to move; name its folder with --data.")
        moved = sqlite_to_postgres(database, place, SystemEntropy())
        # Whoever served it again would hand out leaves twice.
        database.rename(database.with_name(database.name + ".moved"))
    counted = {name: getattr(moved, name) for name in ("mailboxes", "envelopes", "invitations")}
    said = ", ".join(f"{count} {name}" for name, count in counted.items())
    _print(options, {"ok": True, **counted}, f"Moved and compared: {said}.")


def _copy_blobs(source: Path, target: Path, advice: str) -> int:
    try:
        return copy_blobs(source, target)
    except OSError as error:
        raise LocalError(
            f"People's files could not all be copied to {target}: {error.strerror}; {advice}."
        ) from None


def _refuse_while_running(settings: Config) -> None:
    if _is_running(DataFolder(settings.data)):
        raise LocalError("A relay runs on this folder; stop it first with `securemsg-relay drain`.")


def _perform(settings: Config, words: Mapping[str, object]) -> Reply:
    """Ask the relay that runs, or open the store when none does."""
    folder = DataFolder(settings.data)
    reply = ask(folder, words)
    if reply is not None:
        return reply
    if settings.store.kind is StoreKind.SQLITE and not folder.database.exists():
        raise LocalError(
            f"There is no relay in {folder.path}; name its folder with --data, or start one with serve."
        )
    if settings.store.kind is StoreKind.POSTGRES and words["command"] == "check":
        check_servers(settings)
        return {"ok": True}
    with closing(open_store(settings)) as store:
        administration = Administration(store, folder, system_clock, SystemEntropy())
        try:
            if words["command"] not in SETTLED:
                return administration.perform(words)
            if not isinstance(store, SqliteStore):
                raise LocalError(ELSEWHERE)
            store.settle()
            return administration.perform_settled(words, lambda: None)
        except StoreBrokenError:
            raise LocalError("The disk failed; check it, then try again.") from None


def _print_found(options: argparse.Namespace, reply: Mapping[str, Any], text: str) -> None:
    """Print what was found; raises `LocalError` where shards are missing from it (Spec: RL-59)."""
    _print(options, reply, text)
    if missing := reply.get(MISSING):
        numbers = ", ".join(map(str, missing))
        raise LocalError(f"Without what lies on shard {numbers}, which does not answer; ask again later.")


def _print(options: argparse.Namespace, reply: Mapping[str, Any], text: str) -> None:
    sys.stdout.write((json.dumps(reply) if options.json else text) + "\n")
    sys.stdout.flush()
