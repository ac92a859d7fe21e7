"""Cards: how a known contact reaches somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError, LocalError
from securemsg.identity.access import SendToken, ShelfKey
from securemsg.identity.card import MAX_CARD, Card
from securemsg.ids import MailboxId
from tests.messages.spoiled import packed, spoiled
from tests.reference import identity as reference
from tests.support.entropy import SeededEntropy
from tests.support.mutations import one_byte_changes, truncations

ENTROPY = SeededEntropy()
CARD = Card(
    "Claire Dumont",
    "relay.example",
    7443,
    ENTROPY(32),
    MailboxId(ENTROPY(16)),
    SendToken.generate(ENTROPY),
    ShelfKey.generate(ENTROPY),
)
VALUES: list[object] = [
    *(1, CARD.name, CARD.host, CARD.port, CARD.pin),
    *(bytes(CARD.mailbox), CARD.token.expose(), CARD.shelf.expose()),
]

names = st.text(st.characters(codec="utf-8"), max_size=16)
keys = st.binary(min_size=32, max_size=32)
cards = st.builds(
    Card,
    names,
    st.sampled_from(["relay.example", "192.0.2.7", "2001:db8::7", "x" * 253]),
    st.integers(1, 65535),
    keys,
    st.binary(min_size=16, max_size=16).map(MailboxId),
    keys.map(SendToken),
    keys.map(ShelfKey),
)


@given(cards)
def test_a_card_comes_back_as_it_was_and_reads_as_in_the_second_implementation(card: Card) -> None:
    """ID-8."""
    encoded = card.encode()
    assert Card.decode(encoded) == card
    assert reference.read_card(encoded).encoded() == encoded


def test_the_largest_card_fits() -> None:
    largest = Card("é" * 32, "x" * 253, 65535, bytes(32), CARD.mailbox, CARD.token, CARD.shelf)
    assert Card.decode(largest.encode()) == largest
    assert len(largest.encode()) <= MAX_CARD


def test_a_wrong_kind_range_or_arity_is_refused() -> None:
    """E11, E12, E16, E18."""
    assert packed(VALUES) == CARD.encode()
    for damaged in spoiled(VALUES, fixed={4, 5, 6, 7}):
        with pytest.raises(FrameError):
            Card.decode(damaged)


@pytest.mark.parametrize(
    ("at", "value"),
    [
        *((0, 0), (0, 2), (1, "x" * 65), (3, 0), (3, 65536)),
        *((2, host) for host in ("", "x" * 254, "é.example", "a b", "\x1b]52;c;eA==\x07", "a\nb", "a/b")),
    ],
)
def test_an_unknown_version_or_a_value_out_of_range_is_refused(at: int, value: object) -> None:
    """E16, E17, N21."""
    with pytest.raises(FrameError):
        Card.decode(packed([*VALUES[:at], value, *VALUES[at + 1 :]]))


def test_a_card_that_cannot_be_read_cannot_be_made() -> None:
    with pytest.raises(LocalError):
        Card("x" * 65, CARD.host, CARD.port, CARD.pin, CARD.mailbox, CARD.token, CARD.shelf)
    with pytest.raises(LocalError):
        Card(CARD.name, "a b", CARD.port, CARD.pin, CARD.mailbox, CARD.token, CARD.shelf)


def test_every_truncation_is_refused() -> None:
    """E01, E02."""
    for cut in truncations(CARD.encode()):
        with pytest.raises(FrameError):
            Card.decode(cut)


def test_a_changed_byte_is_refused_or_means_something_else() -> None:
    """E25."""
    for changed in one_byte_changes(CARD.encode()):
        try:
            found = Card.decode(changed)
        except FrameError:
            continue
        assert found != CARD


@given(st.binary(max_size=100))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(FrameError):
        Card.decode(noise)


def test_a_card_does_not_print_whose_it_is() -> None:
    """N22."""
    assert "Claire" not in repr(CARD)
    assert "relay" not in repr(CARD)
