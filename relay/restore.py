"""Taking a backup into use."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from relay.folder import DataFolder, sync_folder, write_private
from relay.storage.sqlite.snapshot import verify, void_leaves
from securemsg.errors import LocalError

_BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database: of another one, it would take it for its own."""


def restore(source: Path, folder: DataFolder, copy_files: Callable[[], None]) -> None:
    """Fill a data folder without a relay from the backup in `source`; raises `LocalError`.

    `copy_files` puts people's files back, before there is a relay: it can be repeated. The database is there
    next, under a name that says that it is unfinished, and gets its own name last: so a restore that is cut
    short at any point can be repeated.
    """
    backup = DataFolder(source)
    if not backup.database.is_file() or not backup.identity_key.is_file():
        raise LocalError(f"{source} is not a backup; name the folder that `securemsg-relay backup` made.")
    folder.prepare()
    part = folder.database.with_name(folder.database.name + ".part")
    _refuse_a_relay(folder, part)
    copy_files()
    try:
        _fill(backup, folder, part)
    except OSError as error:
        raise LocalError(f"The backup could not be restored: {error.strerror}.") from None


def _refuse_a_relay(folder: DataFolder, part: Path) -> None:
    found = [path for path in (folder.database, *_beside(folder.database)) if path.exists()]
    if folder.identity_key.exists() and not part.exists():
        found.append(folder.identity_key)
    if found:
        raise LocalError(
            f"There is a relay in {folder.path}, or what is left of one ({found[0].name});"
            " move all of it away, or name another --data."
        )


def _fill(backup: DataFolder, folder: DataFolder, part: Path) -> None:
    for path in _beside(part):
        path.unlink(missing_ok=True)
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    sync_folder(folder.path)
    for name in (backup.identity_key, backup.tls_key, backup.tls_certificate):
        write_private(folder.path / name.name, name.read_bytes())
    shutil.copyfile(backup.database, part)
    void_leaves(part)
    verify(part)
    part.rename(folder.database)
    sync_folder(folder.path)
    verify(folder.database)


def _beside(database: Path) -> list[Path]:
    return [database.with_name(database.name + ending) for ending in _BESIDE]
