"""The two files of a TLS certificate."""

import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeAlias

from relay.folder import DataFolder

_FIRST: Final = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

Stamp: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate, which those of its issuers may follow, and its key, both PEM."""

    certificate: Path
    key: Path

    @classmethod
    def of(cls, folder: DataFolder) -> Self:
        """The pair in a data folder."""
        return cls(folder.tls_certificate, folder.tls_key)

    def leaf(self) -> bytes:
        """The relay's own certificate, DER; raises `OSError`, or `ValueError` where there is none."""
        found = _FIRST.search(self.certificate.read_text(encoding="utf-8"))
        if found is None:
            raise ValueError("no certificate")
        return ssl.PEM_cert_to_DER_cert(found.group())

    def stamp(self) -> Stamp:
        """What changes when one of the files does."""
        return (*_stamp(self.certificate), *_stamp(self.key))


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
