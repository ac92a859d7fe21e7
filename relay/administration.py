"""What the administrator asks, of a store that somebody holds open."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final, TypeAlias

from relay.clock import Clock
from relay.folder import DataFolder, sync_folder, write_private
from relay.storage.operations import Count, Invite, Totals
from relay.storage.snapshot import Copy, faults
from relay.storage.sqlite import SqliteStore
from securemsg.crypto.entropy import Entropy
from securemsg.errors import LocalError
from securemsg.instant import DAY, after
from securemsg.mailbox.tokens import Invitation

Reply: TypeAlias = dict[str, str | int | bool]
"""What is printed, in the words of the command line's contract."""

_MOST_USES: Final = 1_000_000
_MOST_DAYS: Final = 3_650


class Administration:
    """Commands on one store; each method must be called where the store may be called."""

    def __init__(self, store: SqliteStore, folder: DataFolder, clock: Clock, entropy: Entropy) -> None:
        self._store = store
        self._folder = folder
        self._clock = clock
        self._entropy = entropy

    def invite(self, uses: int, days: int) -> Reply:
        """Make an invitation (Spec: MB-4)."""
        if not 1 <= uses <= _MOST_USES or not 1 <= days <= _MOST_DAYS:
            raise LocalError("An invitation has 1 to 1000000 uses and expires in 1 to 3650 days.")
        invitation = Invitation.make(self._entropy)
        now = self._clock()
        self._store.commit([Invite(invitation.hash, uses, after(now, days * DAY))], now)
        return {"token": invitation.text, "uses": uses, "days": days}

    def stats(self) -> Reply:
        """Count what is stored."""
        (totals,) = self._store.commit([Count()], self._clock())
        return dict(asdict(totals)) if isinstance(totals, Totals) else {}

    def check(self) -> Reply:
        """Verify the database; raises `LocalError` when it is damaged."""
        found = faults(self._store.database)
        if found:
            raise LocalError(
                f"The database is damaged ({found[0]}); restore a backup with `securemsg-relay restore`."
            )
        return {"ok": True}

    def backup(self, destination: Path) -> Iterator[Reply | None]:
        """Copy the data folder to the new folder `destination`, in pieces; the last item is the reply."""
        if destination.exists():
            raise LocalError("The destination of a backup must not exist yet; name a new folder.")
        part = destination.with_name(destination.name + ".part")
        if part.exists():
            raise LocalError(f"An unfinished backup is in the way; remove {part}.")
        try:
            part.mkdir(mode=0o700)
            for name in ("identity_key", "tls_key", "tls_certificate"):
                path: Path = getattr(self._folder, name)
                write_private(part / path.name, path.read_bytes())
            copy = Copy(self._store.database, part / self._folder.database.name)
            while not copy.step():
                yield None
            sync_folder(part)
            part.rename(destination)
            sync_folder(destination.parent)
        except OSError as error:
            raise LocalError(f"The backup could not be written: {error.strerror}.") from None
        yield {"ok": True}

    def perform(self, words: Mapping[str, object]) -> Reply:
        """Carry out a command that needs no pieces; raises `LocalError` for an unknown one."""
        commands: dict[str, Callable[[], Reply]] = {
            "stats": self.stats,
            "check": self.check,
            "invite": lambda: self.invite(_number(words, "uses"), _number(words, "days")),
        }
        name = words.get("command")
        if not isinstance(name, str) or name not in commands:
            raise LocalError(
                "This relay does not know that command; use the same version of securemsg-relay."
            )
        return commands[name]()


def _number(words: Mapping[str, object], name: str) -> int:
    value = words.get(name)
    if not isinstance(value, int):
        raise LocalError(f"{name} must be a number")
    return value
