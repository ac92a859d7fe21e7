"""What the administrator asks, of a store that somebody holds open."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, TypeAlias

from relay.clock import Clock
from relay.folder import DataFolder, sync_folder, write_private
from relay.holdings import MISSING, holdings_reply, hour_text
from relay.storage.inspection import (
    PREFIX_BYTES,
    Holdings,
    Invitations,
    ListInvitations,
    LookAtHoldings,
    PartOfShards,
    RevokeInvitation,
)
from relay.storage.operations import Count, Invite, Operation, Result, Store, Stored, StoreFailedError, Totals
from relay.storage.sqlite.snapshot import Pause, copy, faults, reading
from securemsg.crypto.entropy import Entropy
from securemsg.errors import LocalError
from securemsg.ids import MailboxId
from securemsg.instant import DAY, after
from securemsg.mailbox.tokens import Invitation

Reply: TypeAlias = dict[str, Any]
"""What is printed, in the words of the command line's contract."""

Words: TypeAlias = Mapping[str, object]
"""A command as it is asked: its name and what it needs."""

SETTLED: Final = frozenset({"check", "backup"})
"""Commands that read the whole file."""

_MOST_USES: Final = 1_000_000
_MOST_DAYS: Final = 3_650

_NAME: Final = re.compile(rf"[0-9a-f]{{{2 * PREFIX_BYTES}}}", re.ASCII)
_MAILBOX: Final = re.compile(rf"[0-9a-f]{{{2 * MailboxId.WIDTH}}}", re.ASCII)


class Administration:
    """Commands on one store; each method must be called where the store may be called."""

    def __init__(self, store: Store, folder: DataFolder, clock: Clock, entropy: Entropy) -> None:
        self._store = store
        self.folder = folder
        self._clock = clock
        self._entropy = entropy

    def invite(self, uses: int, days: int) -> Reply:
        """Make an invitation (Spec: MB-4)."""
        if not 1 <= uses <= _MOST_USES or not 1 <= days <= _MOST_DAYS:
            raise LocalError("An invitation has 1 to 1000000 uses and expires in 1 to 3650 days.")
        invitation = Invitation.make(self._entropy)
        now = self._clock()
        try:
            self._store.commit([Invite(invitation.hash, uses, after(now, days * DAY))], now)
        except StoreFailedError:
            raise LocalError("The invitation could not be stored; is the disk full?") from None
        name = invitation.hash[:PREFIX_BYTES].hex()
        return {"token": invitation.text, "name": name, "uses": uses, "days": days}

    def invites(self) -> Reply:
        """List the invitations that can be used, by the names under which they are revoked (Spec: RL-47)."""
        found, missing = self._ask(ListInvitations())
        listed = found.found if isinstance(found, Invitations) else ()
        return {
            "invitations": [
                {"name": one.prefix.hex(), "uses": one.uses_left, "expires": hour_text(one.expires_hour)}
                for one in listed
            ],
            **missing,
        }

    def revoke(self, name: str) -> Reply:
        """Delete an invitation; raises `LocalError` when there is none of that name (Spec: RL-47)."""
        if _NAME.fullmatch(name) is None:
            raise LocalError("An invitation's name is ten digits, 0 to 9 and a to f; see `invites`.")
        found, missing = self._ask(RevokeInvitation(bytes.fromhex(name)))
        if not isinstance(found, Stored) and not missing:
            raise LocalError("No invitation has that name; `invites` lists those that can be used.")
        return {"ok": not missing, **missing}

    def holdings(self, mailbox: str) -> Reply:
        """Tell what is kept of one mailbox (Spec: RL-46)."""
        if _MAILBOX.fullmatch(mailbox) is None:
            raise LocalError("A mailbox id is 32 digits, 0 to 9 and a to f; only its owner knows it.")
        found, missing = self._ask(LookAtHoldings(MailboxId.fromhex(mailbox)))
        if missing and not isinstance(found, Holdings):
            # It may lie where nobody answered.
            return {"mailbox": mailbox, "held": None, **missing}
        return {**holdings_reply(mailbox, found if isinstance(found, Holdings) else None), **missing}

    def _ask(self, operation: Operation) -> tuple[Result, Reply]:
        """What was found, and which shards were not asked because they are away (Spec: RL-59)."""
        try:
            (result,) = self._store.commit([operation], self._clock())
        except StoreFailedError:
            raise LocalError("The store could not do it; is the disk full?") from None
        if isinstance(result, PartOfShards):
            return result.result, {MISSING: list(result.missing)}
        return result, {}

    def stats(self) -> Reply:
        """Count what is stored."""
        totals, missing = self._ask(Count())
        return {**asdict(totals), **missing} if isinstance(totals, Totals) else missing

    def check(self, pause: Pause) -> Reply:
        """Verify the file of a settled store; raises `LocalError` when it is damaged."""
        with reading(self.folder.database, pause) as database:
            found = faults(database)
        if found:
            raise LocalError(
                f"The database is damaged ({found[0]}); restore a backup with `securemsg-relay restore`."
            )
        return {"ok": True}

    def backup(self, destination: Path, pause: Pause) -> Reply:
        """Copy the folder of a settled store to the new folder `destination`; raises `LocalError`."""
        part = destination.with_name(destination.name + ".part")
        try:
            if destination.exists():
                raise LocalError("The destination of a backup must not exist yet; name a new folder.")
            if destination.resolve().is_relative_to(self.folder.path.resolve()):
                raise LocalError("A backup does not belong into the data folder; name another place.")
            if part.exists():
                raise LocalError(f"An unfinished backup is in the way; remove {part}.")
            part.mkdir(mode=0o700)
            try:
                self._fill(part, pause)
                part.rename(destination)
            except BaseException:
                shutil.rmtree(part)
                raise
            sync_folder(destination.parent)
        except OSError as error:
            raise LocalError(f"The backup could not be written: {error.strerror}.") from None
        return {"ok": True}

    def _fill(self, part: Path, pause: Pause) -> None:
        folder = self.folder
        for path in (folder.identity_key, folder.tls_key, folder.tls_certificate):
            write_private(part / path.name, path.read_bytes())
        copy(folder.database, part / folder.database.name, pause)
        sync_folder(part)

    def perform(self, words: Words) -> Reply:
        """Carry out a short command; raises `LocalError` for an unknown one."""
        match words.get("command"):
            case "stats":
                return self.stats()
            case "invite":
                return self.invite(_number(words, "uses"), _number(words, "days"))
            case "invites":
                return self.invites()
            case "revoke":
                return self.revoke(_text(words, "name"))
            case "what-we-hold":
                return self.holdings(_text(words, "mailbox"))
            case _:
                raise LocalError(
                    "This relay does not know that command; use the same version of securemsg-relay."
                )

    def perform_settled(self, words: Words, pause: Pause) -> Reply:
        """Carry out one of `SETTLED`, which take long, in any thread while the store is settled."""
        if words.get("command") == "check":
            return self.check(pause)
        destination = words.get("destination")
        if not isinstance(destination, str) or not Path(destination).is_absolute() or "\0" in destination:
            raise LocalError("The destination of a backup must be the absolute name of a folder.")
        return self.backup(Path(destination), pause)


def _number(words: Words, name: str) -> int:
    value = words.get(name)
    if type(value) is not int:
        raise LocalError(f"The words of the command are wrong: {name} must be a number.")
    return value


def _text(words: Words, name: str) -> str:
    value = words.get(name)
    if not isinstance(value, str):
        raise LocalError(f"The words of the command are wrong: {name} must be a text.")
    return value
