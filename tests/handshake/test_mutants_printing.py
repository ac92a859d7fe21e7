"""Nothing of a handshake that prints shows the bytes of what travels sealed, or tells sessions apart."""

import pytest

from securemsg.handshake.agreement import Exchange, Party, Transcript
from securemsg.handshake.responder import LastResortUsed
from securemsg.handshake.shelf import FetchedPrekeys, ShelvedLeaf
from securemsg.wire.messages.opening import KemKind
from tests.handshake.parties import ALICE, BOB, fetched, opened_session, prekeys, publication
from tests.identity.people import NOW

MATERIAL = opened_session().material
MANIFEST = prekeys().manifest
LEAF = publication().leaves[0].public()
PARTY = Party.initiator(ALICE.certificate)
EXCHANGE = Exchange(
    MANIFEST.signed_prekey, KemKind.ONE_TIME, LEAF.kem, LEAF.one_time, MATERIAL.ephemeral, MATERIAL.ciphertext
)
TRANSCRIPT = Transcript(
    PARTY, Party.responder(BOB.certificate, MANIFEST.body_hash), EXCHANGE, NOW, b"an encoded card"
)


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        (opened_session().agreement, ["transcript"]),
        (PARTY, ["document"]),
        (EXCHANGE, ["ciphertext"]),
        (TRANSCRIPT, ["card"]),
        (publication(), ["sealed_manifest", "sealed_leaves", "manifest_body_hash", "leaves"]),
        (MANIFEST, ["body_hash", "encoded"]),
        (MATERIAL, ["ciphertext", "certificate", "card"]),
        (LastResortUsed(1, b"f" * 32), ["fingerprint"]),
        (ShelvedLeaf(0, b"sealed"), ["sealed"]),
        (FetchedPrekeys(1, b"sealed", fetched().leaf), ["sealed_manifest"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_prints_leaves_these_fields_out(value: object, hidden: list[str]) -> None:
    """N22, N25: hashes and sealed bytes lead from a log to a session or a shelf."""
    for name in hidden:
        assert hasattr(value, name)
        assert f" {name}=" not in repr(value).replace("(", "( ")
