"""What can be wrong with a home, each with what to do about it (Spec: ST-9).

All are `LocalError`s: bytes of our own disk are not a peer's. The text of each is one
sentence for the person.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import apsw

from securemsg.errors import LocalError


class HomeMissing(LocalError):  # noqa: N818  # named after what is wrong
    """There is no vault in this folder."""


class HomeExists(LocalError):  # noqa: N818  # named after what is wrong
    """A new vault would take the place of something."""


class HomeInUse(LocalError):  # noqa: N818  # named after what is wrong
    """Another process has this home open (Spec: ST-4)."""


class WrongPassphrase(LocalError):  # noqa: N818  # named after what is wrong
    """No slot opens: passphrase, cost or slot differ, it does not say which (Spec: ST-3)."""


class VaultDamaged(LocalError):  # noqa: N818  # named after what is wrong
    """A file is missing, cut or changed; nothing was overwritten (Spec: ST-9)."""


class VaultTooNew(LocalError):  # noqa: N818  # named after what is wrong
    """A newer version wrote this vault; it was left alone (Spec: ST-5)."""


class StorageFailed(LocalError):  # noqa: N818  # named after what is wrong
    """The disk did not do what it was asked; nothing of the transaction is confirmed (Spec: ST-6)."""


DAMAGED: Final = "The vault is damaged: restore its folder from a backup; nothing was overwritten."
"""Text of a `VaultDamaged`."""

TOO_NEW: Final = "A newer securemsg wrote this vault: update this program; the vault was left as it is."
"""Text of a `VaultTooNew`."""

_FULL: Final = "The disk is full: nothing of this step was kept; make room and try again."
_FAILED: Final = "The disk refused to read or write the vault: check the disk and the folder's permissions."


@contextmanager
def file_errors() -> Iterator[None]:
    """Turn what the file system raises into `StorageFailed`."""
    try:
        yield
    except OSError as error:
        raise StorageFailed(_FULL if error.errno == errno.ENOSPC else _FAILED) from error


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn what SQLite raises into the errors of this module; everything else passes."""
    try:
        yield
    except (apsw.NotADBError, apsw.CorruptError, apsw.FormatError) as error:
        raise VaultDamaged(DAMAGED) from error
    except apsw.BusyError as error:
        raise HomeInUse("Another program has the vault file open: close it first.") from error
    except apsw.FullError as error:
        raise StorageFailed(_FULL) from error
    except (apsw.ConstraintError, apsw.MismatchError) as error:
        raise LocalError("the vault refused a row that breaks its rules") from error
    except apsw.Error as error:
        raise StorageFailed(_FAILED) from error
