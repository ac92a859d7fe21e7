"""04-handshake.json and 04-openings.json against securemsg.handshake and session (HS-7..13, SE-6)."""

from __future__ import annotations

import pytest

from securemsg.crypto import x25519
from securemsg.handshake.agreement import Exchange, Party, Transcript, agree
from securemsg.handshake.initiator import PeerPrekeys, initiate, seal_opening
from securemsg.handshake.manifest import verify_manifest
from securemsg.handshake.responder import LastResortUsed, fingerprint, unseal_opening
from securemsg.identity.card import Card
from securemsg.instant import Instant
from securemsg.ratchet.errors import Replayed
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.start import initiate as start
from securemsg.session.states import Confirmed, seed_of
from securemsg.wire import envelope
from securemsg.wire.messages.opening import KemKind
from tests.reference import envelopes as reference_envelopes
from tests.reference import responder as reference
from tests.reference.writers.initiation import NO_DRAWS
from tests.reference.writers.initiation import responder as reference_responder
from tests.support.entropy import SeededEntropy
from tests.vectors.bob import Bob
from tests.vectors.people import person
from tests.vectors.reading import Vector, joined, load, one, vectors
from tests.vectors.shown import assert_state

HANDSHAKE = "04-handshake"
OPENINGS = "04-openings"


@vectors(HANDSHAKE, "agreement")
def test_both_sides_agree_on_this(vector: Vector) -> None:
    (alice, _), (bob, privates) = person("alice"), person("bob")
    manifest = verify_manifest(joined(privates.shown["manifest"]))
    one_time = None
    key = manifest.last_resort
    if vector["position"] is not None:
        leaf = privates.leaf(privates.shown["leaf_ids"][vector["position"]])
        assert leaf is not None
        one_time, key = leaf.public().one_time, leaf.public().kem
    ephemeral = x25519.PublicKey.parse(vector.octets("ephemeral_public"))
    kind = KemKind(vector["kem_kind"])
    exchange = Exchange(manifest.signed_prekey, kind, key, one_time, ephemeral, vector.octets("ciphertext"))
    a, b = Party.initiator(alice.certificate), Party.responder(bob.certificate, manifest.body_hash)
    transcript = Transcript(a, b, exchange, Instant(vector["opened_ms"]), vector.octets("card"))
    assert transcript.encode() == vector.octets("transcript")
    secrets = [joined(dh) for dh in vector["dhs"].values()] + [vector.octets("kem_shared")]
    agreed = agree(transcript, secrets)
    assert agreed.transcript == vector.octets("t")
    assert agreed.session_id == vector.octets("session_id")
    headers = (agreed.initiator_header, agreed.responder_header)
    keys = (agreed.root, agreed.epoch_seed, agreed.authenticator, *headers)
    names = ("sk_ec", "sk_pq", "a_0", "hk_a", "nhk_b")
    assert [found.expose() for found in keys] == [vector.octets(name) for name in names]
    assert agreed.reduced is (vector["position"] is None)


@vectors(HANDSHAKE, "opening", valid=True)
def test_an_opening_is_accepted_with_this_session(vector: Vector) -> None:
    raw = envelope.decode(vector.octets("envelope"))
    assert isinstance(raw, envelope.Opening)
    assert raw.hint == vector.octets("hint")
    _, privates = person("bob")
    opened = unseal_opening(raw, privates.sealing)
    assert opened.certificate.account_id == vector.octets("account_id")
    assert fingerprint(opened) == vector.octets("seen")
    if "inner" in vector.fields:
        assert opened.inner.encode() == vector.octets("inner")
        assert opened.message == vector.octets("message")
    bob = Bob()
    accepted = bob.accepts(vector)
    assert accepted.content == vector.octets("content")
    assert (accepted.card.encode() if accepted.card else b"") == vector.octets("card")
    assert accepted.session_id == vector.octets("session_id")
    session = accepted.book.current
    assert isinstance(session, Confirmed)
    assert_state(session.ratchet, bob.rows, vector["after"])
    if isinstance(accepted.used, LastResortUsed):
        assert accepted.used.fingerprint == vector.octets("seen")


@vectors(HANDSHAKE, "opening", valid=False)
def test_an_opening_that_was_damaged_or_whose_card_was_exchanged_is_refused(vector: Vector) -> None:
    Bob().assert_refuses(vector)


@vectors(HANDSHAKE, "opening_seen")
def test_an_opening_that_was_seen_or_finds_the_set_full_is_refused(vector: Vector) -> None:
    bob = Bob()
    others = range(vector.fields.get("seen_others", 0))
    bob.privates.marks = {joined(mark) for mark in vector["seen"]} | {n.to_bytes(32, "big") for n in others}
    bob.assert_refuses(vector)


@vectors(OPENINGS, "opening", valid=False)
def test_an_opening_with_one_fault_is_refused(vector: Vector) -> None:
    Bob().assert_refuses(vector)


@pytest.mark.parametrize("kind", ["one-time", "last-resort"])
@pytest.mark.parametrize("arrivals", [(0, 1), (1, 0)])
def test_a_second_opening_of_a_session_is_a_message_of_it(kind: str, arrivals: tuple[int, int]) -> None:
    """HS-13: whichever arrives first makes the session, the other belongs to it."""
    bob = Bob()
    for number in arrivals:
        vector = one(HANDSHAKE, f"opening/{kind}-{number}")
        known = bool(bob.books)
        accepted = bob.accepts(vector)
        assert accepted.content == vector.octets("content")
        assert (accepted.card is None) is (known or kind == "last-resort")
        assert [held.session_id for held in accepted.book.entries] == [vector.octets("session_id")]
    with pytest.raises(Replayed):
        bob.accepts(one(HANDSHAKE, f"opening/{kind}-0"))


@pytest.mark.parametrize("position", [None, 2])
def test_the_reference_accepts_what_we_open(position: int | None) -> None:
    (alice, _), (_, privates) = person("alice"), person("bob")
    manifest = verify_manifest(joined(privates.shown["manifest"]))
    leaf = None if position is None else privates.leaf(privates.shown["leaf_ids"][position])
    prekeys = PeerPrekeys(manifest, None if leaf is None else leaf.public())
    now = Instant(manifest.created_at + 5)
    entropy = SeededEntropy(position or 0)
    card = Card.decode(joined(load(HANDSHAKE)["inputs"]["card"]))
    initiation = initiate(alice, prekeys, card, now, entropy)
    state = start(seed_of(initiation.agreement), initiation.ratchet_key, entropy)
    _, encoded = seal_message(state, b"hello", entropy)
    raw = seal_opening(initiation.material, encoded)
    opening = reference_envelopes.read_envelope(raw)
    assert isinstance(opening, reference_envelopes.Opening)
    accepted = reference.accept(reference_responder("bob"), opening, NO_DRAWS, now)
    assert accepted.content == b"hello"
    assert accepted.account == alice.account_id
    assert accepted.inner.card == card.encode()
    assert accepted.agreed.t == initiation.agreement.transcript
