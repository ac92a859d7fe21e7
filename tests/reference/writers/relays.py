"""The one relay of the vectors of 08, and its people."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.reference.case import pick
from tests.reference.curve25519 import ed25519_public
from tests.reference.der import certificate, spki
from tests.reference.hello import Session

if TYPE_CHECKING:
    from tests.reference.values import Value

SEED = pick("08/relay", 32)
IDENTITY = ed25519_public(SEED)
PIN = hashlib.sha256(IDENTITY).digest()
CERTIFICATE_SEED = pick("08/certificate", 32)
VALIDITY = (b"260101000000Z", b"360101000000Z")
CERTIFICATE = certificate(CERTIFICATE_SEED, 1, VALIDITY)
SESSION = Session(
    pick("08/nonce", 32), hashlib.sha256(spki(CERTIFICATE_SEED)).digest(), pick("08/challenge", 32)
)
LIMITS: list[Value] = [33928, 64, 30, 720, 2, 30]

MAILBOX = pick("08/mailbox", 16)
OWNER_SEED = pick("08/owner", 32)
OWNER = ed25519_public(OWNER_SEED)
TOKEN = pick("08/token", 32)
TOKEN_HASH = hashlib.sha256(TOKEN).digest()
INVITATION = pick("08/invitation", 16)
