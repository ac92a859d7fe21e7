"""What the ratchet's values print, compare and hand on: not secrets, and not what they only remember."""

from dataclasses import fields

import pytest

from securemsg.ids import SessionId
from securemsg.ratchet.codewords import OBJECT_WIDTH, Coded
from securemsg.ratchet.epochs import Exchange
from securemsg.ratchet.kem_states import SendCt, SendEk, WaitCt, WaitEk
from securemsg.ratchet.keys import Authenticator, EpochSeed, HeaderKey, RootKey
from securemsg.ratchet.role import Role
from securemsg.ratchet.start import Seed
from securemsg.ratchet.state import Binding, Turn
from tests.ratchet.parties import acquainted, talk
from tests.support.entropy import SeededEntropy

ENTROPY = SeededEntropy()
EXCHANGE = Exchange(SessionId(bytes(32)), 1, b"an encapsulation key", b"a ciphertext")
MIXED = EXCHANGE.mix(Authenticator(ENTROPY(32)), ENTROPY(32))
TRANSCRIPT = b"t" * 64
BINDING = Binding.of(TRANSCRIPT, Role.INITIATOR)
HEADER = HeaderKey(bytes(32))
SEED = Seed(TRANSCRIPT, RootKey(bytes(32)), EpochSeed(bytes(32)), MIXED.authenticator, HEADER, HEADER)


@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        (MIXED, MIXED.secret),
        (MIXED, MIXED.tag),
        (EXCHANGE, EXCHANGE.key),
        (EXCHANGE, EXCHANGE.ciphertext),
        (BINDING, TRANSCRIPT),
        (SEED, TRANSCRIPT),
        (Coded(b"o" * OBJECT_WIDTH), b"ooo"),
    ],
    ids=["secret", "tag", "key", "ciphertext", "binding", "seed", "coded"],
)
def test_what_prints_leaves_its_bytes_out(value: object, hidden: bytes) -> None:
    """I7, N22: secrets, tags, transcripts and what travels in codewords."""
    assert repr(hidden)[2:-1] not in repr(value)


def test_a_state_prints_neither_its_codes_nor_the_records_that_it_remembers() -> None:
    """I7: in whatever state the machine is."""
    initiator, responder = acquainted()
    seen = set()
    for _ in range(12):
        talk(initiator, responder, 1, 2)
        for party in (initiator, responder):
            # What `stored` encodes is remembered beside what it was encoded from.
            party.stored()
            state, machine = party.active, party.active.machine
            seen.add(type(machine).__name__)
            # The whole state hides everything; its parts must do without.
            printed = repr(state[0])
            assert type(machine).__name__ in printed
            assert repr(machine.epochs.codes[0])[2:-1] not in printed
            assert "Memo" not in printed
            assert "_cycle" not in printed
    assert seen == {"SendEk", "WaitCt", "WaitEk", "SendCt"}


def test_what_a_side_has_coded_does_not_tell_two_states_apart() -> None:
    """KR-6: the codewords made so far are no part of a state; what it codes is."""
    value = ENTROPY(OBJECT_WIDTH)
    used = Coded(value)
    used.codewords(0, 4)
    assert used == Coded(value)
    assert used != Coded(bytes(OBJECT_WIDTH))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Coded, ["value"]),
        (SendEk, ["epochs", "private", "coded"]),
        (WaitCt, ["epochs", "private", "coded", "symbols"]),
        (WaitEk, ["epochs", "symbols"]),
        (SendCt, ["epochs", "departing", "coded"]),
        (Turn, ["root", "ours", "next_sending", "next_receiving", "previous", "past"]),
    ],
)
def test_what_is_remembered_cannot_be_handed_from_one_value_to_another(
    kind: type[Coded | SendEk | WaitCt | WaitEk | SendCt | Turn], expected: list[str]
) -> None:
    """ST-8: `replace` makes a value that has no record yet."""
    assert [field.name for field in fields(kind) if field.init] == expected
