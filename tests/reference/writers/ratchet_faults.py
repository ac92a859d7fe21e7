"""Messages with one fault each: on the way, and by a peer who holds the keys (05, SE-11)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.reference import ec, ratchet
from tests.reference.case import Fields, bad, flipped, good, pick, refusal_of
from tests.reference.curve25519 import P, x25519, x25519_public
from tests.reference.envelopes import Message, pad
from tests.reference.primitives import gcm_seal, prf
from tests.reference.refusal import AUTHENTICATION, FOREIGN, SKIPPED
from tests.reference.rows import MAX_CHAIN, RESPONDER
from tests.reference.writers.conversation import Conversation

if TYPE_CHECKING:
    from tests.reference.header import Header


def faults() -> Fields:
    """What someone on the way can do to one message; then the message itself arrives."""
    talk, other = Conversation("05/faults"), Conversation("05/faults/other")
    for conversation in (talk, other):
        conversation.says("a", "first")
    talk.hears("b", "first")
    talk.says("a", "second")
    message = talk.sent["second"]
    parts = {"sealed_header": (0, 12, 79), "salt": (0, 15), "commitment": (0, 31), "body": (0, 500, 1039)}
    for part, places in parts.items():
        error = FOREIGN if part == "sealed_header" else AUTHENTICATION
        for at in places:
            broken = message._replace(**{part: flipped(message._asdict()[part], at)})
            talk.refuses_bytes("b", broken, f"one bit of {part}, byte {at}", error)
    first = talk.sent["first"]
    talk.refuses_bytes("b", message._replace(body=first.body), "the body of another message", AUTHENTICATION)
    talk.refuses_bytes("b", message._replace(salt=first.salt), "the salt of another message", AUTHENTICATION)
    talk.refuses_bytes("a", message, "reflected to its sender", FOREIGN)
    talk.refuses_bytes("b", other.sent["first"], "a message of another session", FOREIGN)
    talk.refuses_bytes(
        "b", _wrong_direction(talk), "sealed for the other direction with the right keys", FOREIGN
    )
    talk.refuses_bytes("b", _other_session(talk), "sealed for another t with the right keys", FOREIGN)
    talk.refuses_bytes("b", _salamander(talk), "another key behind its own commitment", AUTHENTICATION)
    talk.hears("b", "second")
    return good("conversation/faults", "a message with one fault each, then whole", **talk.recorded())


def _wrong_direction(talk: Conversation) -> Message:
    state = replace(talk.sides["a"], role=RESPONDER)
    return ratchet.seal(state, b"hello", pick("05/salt", 16), pick("05/nonce", 12))[1]


def _other_session(talk: Conversation) -> Message:
    state = replace(talk.sides["a"], t=flipped(talk.sides["a"].t, 63))
    return ratchet.seal(state, b"hello", pick("05/salt", 16), pick("05/nonce", 12))[1]


def _salamander(talk: Conversation) -> Message:
    """A body sealed under a key that the message key does not give, with the commitment of that key."""
    state = talk.sides["a"]
    _, message, _ = ratchet.seal(state, b"hello", pick("05/salt", 16), pick("05/nonce", 12))
    key, commitment = prf(pick("05/another message key", 32), b"message", bytes(32) + message.salt)
    ad = state.t + bytes([state.role]) + message.sealed_header + message.salt + commitment
    return message._replace(commitment=commitment, body=gcm_seal(key, bytes(12), pad(b"hello"), ad))


def _peer_faults(header: Header) -> list[tuple[str, str, Header, bytes]]:
    """What a peer who holds the keys can seal: (comment, error, header, block)."""
    block = pad(b"hello")
    return [
        ("n is 2^20", SKIPPED, header._replace(n=MAX_CHAIN), block),
        ("pn above 2^20", SKIPPED, header._replace(pn=MAX_CHAIN + 1), block),
        ("the greatest n", SKIPPED, header._replace(n=2**32 - 1), block),
        ("the greatest pn", SKIPPED, header._replace(pn=2**32 - 1), block),
        ("1,001 steps", SKIPPED, header._replace(n=header.n + 1001), block),
        ("no content", AUTHENTICATION, header, bytes(1024)),
        ("a length beyond the block", AUTHENTICATION, header, b"\0\xff\xff" + bytes(1021)),
        ("not the smallest block", AUTHENTICATION, header, block + bytes(1024)),
    ]


def hostile_peer() -> Fields:
    """Well sealed messages that break a rule, in the present chain and at the start of a new one."""
    talk = Conversation("05/hostile-peer")
    talk.says("a", "first")
    talk.hears("b", "first")
    talk.says("b", "answer")
    for turn in ("present", "new"):
        state = talk.sides["a"]
        header = ratchet.next_header(state)
        cases = _peer_faults(header)
        if turn == "new":
            before = talk.sides["b"].ec.nr
            far = header._replace(pn=before + 1001)
            cases.append(("1,001 steps of the previous chain", SKIPPED, far, pad(b"hello")))
            both = header._replace(pn=before + 600, n=401)
            cases.append(("1,001 steps in both chains", SKIPPED, both, pad(b"hello")))
            _refused_keys(talk, header)
        for comment, error, hostile, block in cases:
            draws = (talk.draw("salt", 16), talk.draw("nonce", 12))
            _, message, _ = ratchet.seal_as(state, hostile, block, draws)
            talk.refuses_bytes("b", message, f"{comment} ({turn} chain)", error)
        if turn == "present":
            talk.hears("a", "answer")
    talk.says("a", "well")
    talk.hears("b", "well")
    return good("conversation/hostile-peer", "what a peer with the keys may not do", **talk.recorded())


def _refused_keys(talk: Conversation, header: Header) -> None:
    """Ratchet keys that PR-6 refuses, each in a message that opens for one who does not look."""
    ours, private = header.dh, talk.sides["b"].ec.private
    keys = {
        "u is 0": (bytes(32), bytes(32)),
        "u is 1": ((1).to_bytes(32, "little"), bytes(32)),
        "the top bit set": (ours[:31] + bytes([ours[31] | 128]), x25519(private, ours)),
        # The base point, of which nobody needs a private key: the other's public key is the result.
        "u is 9 + p": ((9 + P).to_bytes(32, "little"), x25519_public(private)),
    }
    for comment, (dh, shared) in keys.items():
        state = _agreed_on(talk, shared)
        draws = (talk.draw("salt", 16), talk.draw("nonce", 12))
        _, message, _ = ratchet.seal_as(state, header._replace(dh=dh), pad(b"hello"), draws)
        talk.refuses_bytes("b", message, f"a ratchet key: {comment} (new chain)", AUTHENTICATION)


def _agreed_on(talk: Conversation, shared: bytes) -> ratchet.State:
    """Give A with the sending chain that follows from this result of the agreement."""
    _, cks, _ = ec.root_step(talk.sides["b"].ec.rk, shared)
    state = talk.sides["a"]
    return replace(state, ec=replace(state.ec, cks=cks))


def unchecked() -> Fields:
    """Where `pn` must be 0, and where neither it nor `dh` is looked at (RT-10)."""
    talk = Conversation("05/unchecked")
    for sender, receiver in ("ab", "ba"):
        first = ratchet.next_header(talk.sides[sender])._replace(pn=1)
        comment = "a previous chain where none was, and no receiving chain"
        talk.refuses_bytes(receiver, _with_header(talk, sender, first), comment, SKIPPED)
        talk.says(sender, sender)
        talk.hears(receiver, sender)
    talk.says("a", "turn")
    talk.hears("b", "turn")
    odd = ratchet.next_header(talk.sides["a"])._replace(dh=bytes(32), pn=7)
    talk.hears_bytes("b", _with_header(talk, "a", odd), "within a chain neither dh nor pn is compared")
    talk.loses("a", 1)  # the place in both chains that the odd message took
    talk.exchanges("b", "back")
    low = ratchet.next_header(talk.sides["a"])._replace(pn=1)
    comment = "a pn of 1 where two have arrived: nothing is skipped"
    talk.hears_bytes("b", _with_header(talk, "a", low), comment)
    return good("conversation/unchecked", "what a header may say besides n", **talk.recorded())


def _with_header(talk: Conversation, sender: str, header: Header) -> Message:
    draws = (talk.draw("salt", 16), talk.draw("nonce", 12))
    return ratchet.seal_as(talk.sides[sender], header, pad(b"hello"), draws)[1]


def exhausted() -> list[Fields]:
    """A chain of 2^20 messages is full (RT-8)."""
    talk = Conversation("05/exhausted")
    state = talk.sides["a"]
    sending = state.kem.sending._replace(number=MAX_CHAIN)
    full = {
        "ec": replace(state, ec=replace(state.ec, ns=MAX_CHAIN)),
        "kem": replace(state, kem=replace(state.kem, sending=sending)),
    }
    tests = []
    for name, last in full.items():
        refused = refusal_of(lambda last=last: ratchet.seal(last, b"hello", bytes(16), bytes(12)))
        fields = {"op": "seal_full", "start": talk.start, "by": "a", "ratchet": name, "number": MAX_CHAIN}
        tests.append(bad(f"seal/full-{name}", refused, "message 2^20 of a sending chain", **fields))
    return tests
