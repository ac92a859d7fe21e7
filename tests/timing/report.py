"""Report which refusals take time that tells why: `python -m tests.timing.report [ROUNDS]`.

A report and no proof: `t` below 4.5 means that so many rounds saw nothing on this machine.
"""

import contextlib
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from relay.storage.operations import Acknowledge, FindOwner, Operation, Owner
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.store import SqliteStore
from securemsg.crypto.aead import ZERO_NONCE, Gcm, xchacha_open, xchacha_seal
from securemsg.crypto.ed25519 import PublicKey, SigningKey
from securemsg.crypto.entropy import SystemEntropy
from securemsg.crypto.kdf import same, sha256
from securemsg.crypto.kem import DecapsulationKey
from securemsg.errors import AuthenticationError
from securemsg.instant import Instant
from securemsg.mailbox.hello import ClientHello, RelayHello, verify_proof
from securemsg.mailbox.limits import Limits
from tests.relay.stored import NOW, Box, created
from tests.timing.welch import NOTABLE, Pair, compare

ROUNDS: Final = 5_000
_MESSAGES: Final = 2_000
_ENTROPY: Final = SystemEntropy()
_Input = TypeVar("_Input")

Pairs = dict[str, Pair[Any]]


def primitives() -> Pairs:
    """What strangers make us compare or open: wrong in the first byte that counts, or in the last."""
    key, text = _ENTROPY(32), _ENTROPY(1024)
    cipher, relay, kem = Gcm(key), SigningKey.generate(_ENTROPY), DecapsulationKey.generate(_ENTROPY)
    hello = RelayHello.answer(ClientHello(1, 1, key), relay, (key, key), (Limits(), Instant(0)))
    short, long = cipher.seal(ZERO_NONCE, text, b""), xchacha_seal(key, text, b"", _ENTROPY)
    _, encapsulated = kem.public().encapsulate()
    return {
        "32 bytes that `same` compares": _first_or_last(key, 32, lambda value: same(key, value)),
        "AES-GCM tag": _first_or_last(short, 16, lambda value: cipher.open(ZERO_NONCE, value, b"")),
        "XChaCha20-Poly1305 tag": _first_or_last(long, 16, lambda value: xchacha_open(key, value, b"")),
        "pin of a relay": _first_or_last(
            sha256(relay.public()), 32, lambda value: hello.verify(key, key, value)
        ),
        "ML-KEM ciphertext, right or wrong": Pair(
            kem.decapsulate, encapsulated, bytes((encapsulated[0] ^ 1, *encapsulated[1:]))
        ),
    }


def mailboxes(store: SqliteStore) -> Pairs:
    """What a sender or a stranger asks of a relay: of a mailbox that exists, or of none."""
    quiet, busy, nobody = created(store), created(store), Box()
    store.commit([busy.append() for _ in range(_MESSAGES)], NOW)
    store.commit([Acknowledge(busy.id, _MESSAGES)], NOW)
    owned, key = Box(), SigningKey.generate(_ENTROPY)
    store.commit([replace(owned.creation, owner_key=key.public())], NOW)
    decoy = SigningKey.generate(_ENTROPY).public()
    in_quiet, in_busy, in_none = (box.append()._replace(token=nobody.token) for box in (quiet, busy, nobody))

    def submit(operation: Operation) -> object:
        return store.commit([operation], NOW)

    return {
        "submit to a quiet mailbox or to none": Pair(submit, in_quiet, in_none),
        "submit to a busy mailbox or to none": Pair(submit, in_busy, in_none),
        "proof for a mailbox or for none": Pair(
            _refused(lambda box: _prove(store, box, decoy)), owned, nobody
        ),
    }


def _prove(store: SqliteStore, box: Box, decoy: bytes) -> None:
    """Judge a wrong proof as the relay's desk does."""
    (owner,) = store.commit([FindOwner(box.id)], NOW)
    key = PublicKey.parse(owner.key if isinstance(owner, Owner) else decoy)
    verify_proof(key, (decoy, decoy), box.id, bytes(63) + b"\x01")


def _first_or_last(value: bytes, width: int, work: Callable[[bytes], object]) -> Pair[bytes]:
    first, last = bytearray(value), bytearray(value)
    first[-width] ^= 1
    last[-1] ^= 1
    return Pair(_refused(work), bytes(first), bytes(last))


def _refused(work: Callable[[_Input], object]) -> Callable[[_Input], object]:
    def refused(value: _Input) -> None:
        with contextlib.suppress(AuthenticationError):
            work(value)

    return refused


def main(rounds: int = ROUNDS) -> None:
    """Print a line for each pair: medians in nanoseconds, t, and whether it is notable."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.open(Path(folder) / "relay.db", StorePolicy())
        for name, pair in (primitives() | mailboxes(store)).items():
            found = compare(pair, rounds, _ENTROPY)
            word = "NOTABLE" if abs(found.t) > NOTABLE else "nothing seen"
            sys.stdout.write(f"{name:38} {found.first:9.0f} {found.second:9.0f}  t={found.t:8.1f}  {word}\n")
        store.close()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
