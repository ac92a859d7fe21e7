"""Writing in the person's own editor: the text lies in memory, for nobody else, and is overwritten after.

What a killed client left there, the next one to start overwrites and removes: `sweep`.

The editor may keep copies elsewhere: swap files, undo files, a history. For those that we know, that is
turned off.
"""

import contextlib
import fcntl
import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a file system in memory; the file in it is 0600 in a folder of 0700

USUAL: Final = ("nano", "vim", "vi")
"""Tried where the person said nothing."""

CAREFUL: Final[Mapping[str, tuple[str, ...]]] = {
    "vim": ("-n", "-i", "NONE", "-c", "set noundofile nobackup nowritebackup"),
    "nvim": ("-n", "-i", "NONE", "-c", "set noundofile nobackup nowritebackup"),
    "vi": ("-n",),
    "emacs": ("-nw", "--eval", "(setq make-backup-files nil auto-save-default nil)"),
}
"""Options that keep an editor from leaving copies on the disk."""

LONGEST: Final = 262_144
"""Bytes read back: far more than a message may have, so that nothing is lost by a mistake."""

BLANK: Final = b"\0"

PREFIX: Final = "securemsg-editor-"


def editor_command(environment: Mapping[str, str], setting: str = "") -> list[str]:
    """Return the editor as a command, empty where there is none."""
    wanted = setting or environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        words = shlex.split(wanted)
    except ValueError:
        return []
    if not words:
        words = next(([name] for name in USUAL if shutil.which(name)), [])
    return [*words, *CAREFUL.get(Path(words[0]).name, ())] if words and shutil.which(words[0]) else []


def may_keep_copies(command: list[str]) -> bool:
    """Tell whether nothing is known of what this editor leaves on the disk."""
    return Path(command[0]).name not in CAREFUL


def folder_in_memory(environment: Mapping[str, str]) -> Path | None:
    """Return a folder that no disk holds, None where there is none: then no text leaves the program."""
    usable = (folder for folder in _in_memory(environment) if folder.is_dir() and os.access(folder, os.W_OK))
    return next(usable, None)


def _in_memory(environment: Mapping[str, str]) -> list[Path]:
    runtime = environment.get("XDG_RUNTIME_DIR")
    return [*([Path(runtime)] if runtime else []), IN_MEMORY]


@contextmanager
def lent(text: str, folder: Path) -> Iterator[Path]:
    """Lend `text` as a file; at the end overwrite and remove it with what lies beside it."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder) as name, _locked(Path(name)):
        file = Path(name) / "message.txt"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode(errors="replace"))
        try:
            yield file
        finally:
            _overwrite_all(Path(name))


def sweep(environment: Mapping[str, str]) -> None:
    """Overwrite and remove what clients of this user lent, and were killed before they took it back.

    What a running client lends is locked and stays; so does an empty folder, which may be about to be locked.
    """
    for folder in _in_memory(environment):
        for left in folder.glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError), _locked(left, fcntl.LOCK_NB) as descriptor:
                if os.fstat(descriptor).st_uid == os.getuid() and any(left.iterdir()):
                    _overwrite_all(left)
                    shutil.rmtree(left)


@contextmanager
def _locked(folder: Path, more: int = 0) -> Iterator[int]:
    """Lock a folder until the block or the process ends; raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | more)
        yield descriptor
    finally:
        os.close(descriptor)


def taken_back(file: Path) -> str | None:
    """Return what the editor left, None where that is no text."""
    try:
        with file.open("rb") as stream:
            return stream.read(LONGEST).decode().rstrip("\n")
    except (OSError, UnicodeDecodeError):
        return None


def _overwrite_all(folder: Path) -> None:
    for left in folder.iterdir():
        _overwrite(left)


def _overwrite(file: Path) -> None:
    if stat.S_ISREG(file.lstat().st_mode):
        with file.open("r+b") as stream:
            stream.write(BLANK * file.stat().st_size)
            stream.flush()
            os.fsync(stream.fileno())
