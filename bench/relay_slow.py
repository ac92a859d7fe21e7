"""The relay on a slow disk: `python -m bench.relay_slow MILLISECONDS WORDS...`.

Every fsync takes so much longer: one of a commit, three of a write-back (the WAL, the database, the header of
the WAL that begins anew). The store's thread sleeps where it would wait for the disk.
"""

import sys
import time
from collections.abc import Sequence

from relay.main import main
from relay.storage.operations import Operation, Result
from relay.storage.sqlite.store import SqliteStore
from securemsg.instant import Instant

_WRITE_BACK_SYNCS = 3


def slow_down(seconds: float) -> None:
    """Make every fsync of the store take `seconds` longer."""
    commit, write_back = SqliteStore.commit, SqliteStore._write_back  # noqa: SLF001  # where it syncs

    def slow_commit(store: SqliteStore, operations: Sequence[Operation], now: Instant) -> list[Result]:
        results = commit(store, operations, now)
        time.sleep(seconds)
        return results

    def slow_write_back(store: SqliteStore, mode: int) -> bool:
        time.sleep(_WRITE_BACK_SYNCS * seconds)
        return write_back(store, mode)

    # Assigned by name, because a class's methods are not to be replaced.
    for name, method in (("commit", slow_commit), ("_write_back", slow_write_back)):
        setattr(SqliteStore, name, method)


if __name__ == "__main__":
    slow_down(float(sys.argv.pop(1)) / 1_000)
    sys.exit(main())
