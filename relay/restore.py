"""Taking a backup into use."""

import shutil
from pathlib import Path

from relay.folder import DataFolder, sync_folder, write_private
from relay.storage.snapshot import void_leaves
from securemsg.errors import LocalError


def restore(source: Path, folder: DataFolder) -> None:
    """Fill an empty data folder from the backup in `source`; raises `LocalError`.

    The database gets its name last: a restore that is cut short can be repeated.
    """
    backup = DataFolder(source)
    if not backup.database.is_file() or not backup.identity_key.is_file():
        raise LocalError(f"{source} is not a backup; name the folder that `securemsg-relay backup` made.")
    folder.prepare()
    if folder.database.exists():
        raise LocalError(f"There is a relay in {folder.path} already; move it away, or name another --data.")
    try:
        for name in (backup.identity_key, backup.tls_key, backup.tls_certificate):
            write_private(folder.path / name.name, name.read_bytes())
        part = folder.path / "relay.db.part"
        part.unlink(missing_ok=True)
        shutil.copyfile(backup.database, part)
        part.chmod(0o600)
        void_leaves(part)
        part.rename(folder.database)
        sync_folder(folder.path)
    except OSError as error:
        raise LocalError(f"The backup could not be restored: {error.strerror}.") from None
