"""Who the relay is: a key that stays, and a certificate that may change."""

from dataclasses import dataclass
from typing import Final, Self

from relay.folder import DataFolder, write_private
from relay.transport.pair import Pair
from securemsg.crypto.certificate import expires, make_certificate, spki_digest
from securemsg.crypto.ed25519 import SEED_WIDTH, SigningKey
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import sha256
from securemsg.errors import FrameError, LocalError
from securemsg.instant import DAY, Instant

CERTIFICATE_DAYS: Final = 3_650
"""Long, because nothing rests on it: clients believe the identity key."""

RENEW_DAYS: Final = 30
"""One of ours that ends sooner is replaced at start, so that a running relay never shows an old one."""

_CERTIFICATE_HOST: Final = "relay.invalid"
"""Nobody judges the name; an honest one would tell it to whoever looks at the wire."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity key, and the digest of the certificate's key that hellos are signed with."""

    key: SigningKey
    spki_digest: bytes

    @property
    def pin(self) -> bytes:
        """What addresses name, 32 bytes (Spec: MB-2)."""
        return sha256(self.key.public())

    @classmethod
    def prepare(cls, folder: DataFolder, entropy: Entropy, now: Instant) -> Self:
        """Load the identity of a folder, making what is missing; raises `LocalError`."""
        if not folder.identity_key.exists():
            write_private(folder.identity_key, SigningKey.generate(entropy).expose())
        if not _is_kept(folder, Instant(now + RENEW_DAYS * DAY)):
            key, certificate = make_certificate(_CERTIFICATE_HOST, now, CERTIFICATE_DAYS)
            # The certificate last: a crash in between leaves none that fits, and the next start makes both.
            folder.tls_certificate.unlink(missing_ok=True)
            write_private(folder.tls_key, key)
            write_private(folder.tls_certificate, certificate)
        return cls.load(folder)

    @classmethod
    def load(cls, folder: DataFolder) -> Self:
        """Load the identity of a folder that has one; raises `LocalError`."""
        try:
            seed = folder.identity_key.read_bytes()
            leaf = Pair.of(folder).leaf()
        except OSError as error:
            raise LocalError(
                f"The relay's keys cannot be read: {error.strerror}; `securemsg-relay serve` makes them."
            ) from None
        except ValueError:
            raise LocalError(
                "tls.crt is damaged; delete it, and `securemsg-relay serve` makes a new one."
            ) from None
        if len(seed) != SEED_WIDTH:
            raise LocalError(
                "identity.key is damaged; restore it from a backup, or addresses must be given anew."
            )
        return cls(SigningKey(seed), spki_digest(leaf))


def _is_kept(folder: DataFolder, until: Instant) -> bool:
    """Tell whether the pair is another's, or ours and good until then."""
    try:
        leaf = Pair.of(folder).leaf()
        is_ours = _CERTIFICATE_HOST.encode() in leaf
        return folder.tls_key.exists() and (not is_ours or expires(leaf) > until)
    except (OSError, ValueError, FrameError):
        return False
