"""What the conversations with a relay are made of: kinds of requests, names, and a mailbox."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.reference.case import pick

if TYPE_CHECKING:
    from tests.reference.values import Value
    from tests.reference.writers.relay import Box, Script

CREATE, SUBMIT, SUBSCRIBE, ACKNOWLEDGE, TOKENS, MANIFEST, LEAVES, FETCH, PING = 2, 4, 5, 6, 7, 8, 9, 10, 11
BLOB, PUT, LOOK, GET, DELETE, RELEASE, REMOVE = 12, 13, 14, 15, 16, 17, 18
NOBODY = pick("09/nobody", 16)


def submit_id(name: str) -> bytes:
    """Give a submit id."""
    return pick(f"09/submit/{name}", 16)


def made(script: Script, box: Box) -> None:
    """Make a mailbox and prove it."""
    script.asks("owner", CREATE, box.id, box.key, box.hashes("ann"), [])
    script.proves("owner", box)


def keys(name: str) -> tuple[bytes, bytes, bytes, Value, Value]:
    """Give id, write key, read key, and the hashes of both keys."""
    blob, *keys = pick(f"09/blob/{name}", 16), pick(f"09/write/{name}", 32), pick(f"09/read/{name}", 32)
    hashes = [hashlib.sha256(key).digest() for key in keys]
    return blob, keys[0], keys[1], hashes[0], hashes[1]
