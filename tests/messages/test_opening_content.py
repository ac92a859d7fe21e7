"""The inner record of an opening."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.x25519 import LOW_ORDER, PrivateKey
from securemsg.errors import AuthenticationError, FrameError, RemoteError
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire.messages.opening import KemKind, KeyChoice, OpeningContent
from securemsg.wire.padding import MAX_OPENING_CONTENT
from tests.messages.spoiled import packed, spoiled
from tests.support.entropy import SeededEntropy
from tests.support.mutations import one_byte_changes, truncations

EPHEMERAL = PrivateKey.generate(SeededEntropy()).public()
CONTENT = OpeningContent(
    certificate=b"certificate",
    choice=KeyChoice(7, 3, KemKind.ONE_TIME, 2**40),
    ephemeral=EPHEMERAL,
    ciphertext=bytes(range(196)) * 8,
    opened_at=Instant(1_800_000_000_000),
    card=b"card",
    message=b"message",
)
VALUES = [
    1,
    b"certificate",
    7,
    3,
    1,
    2**40,
    EPHEMERAL,
    CONTENT.ciphertext,
    CONTENT.opened_at,
    b"card",
    b"message",
]
WITHIN = CONTENT.encode().index(CONTENT.ciphertext)

numbers = st.integers(1, 2**32 - 1)
choices = st.builds(
    KeyChoice, numbers, numbers, st.just(KemKind.ONE_TIME), st.integers(1, 2**53 - 1)
) | st.builds(KeyChoice, numbers, numbers, st.just(KemKind.LAST_RESORT), numbers)


@given(choices, st.integers(0, LAST_INSTANT).map(Instant), st.binary(max_size=50), st.binary(max_size=50))
def test_an_opening_comes_back_as_it_was(
    choice: KeyChoice, opened_at: Instant, card: bytes, message: bytes
) -> None:
    content = OpeningContent(b"", choice, EPHEMERAL, CONTENT.ciphertext, opened_at, card, message)
    assert OpeningContent.decode(content.encode()) == content


def test_the_record_has_the_layout_of_the_specification() -> None:
    """HS-11."""
    assert CONTENT.encode() == packed(VALUES)


def test_a_wrong_kind_range_or_arity_is_refused() -> None:
    """E11, E12, E16, E18."""
    for damaged in spoiled(VALUES, fixed={6, 7}):
        with pytest.raises(FrameError):
            OpeningContent.decode(damaged)


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, 0), (0, 2), (2, 0), (2, 2**32), (3, 0), (3, 2**32), (4, 0), (4, 3), (5, 0)],
)
def test_an_unknown_version_kem_kind_or_number_is_refused(at: int, value: int) -> None:
    """E16, E17, K26: an opening without its KEM part has no form."""
    with pytest.raises(FrameError):
        OpeningContent.decode(packed([*VALUES[:at], value, *VALUES[at + 1 :]]))


def test_a_last_resort_id_has_the_range_of_prekey_ids() -> None:
    with pytest.raises(FrameError):
        OpeningContent.decode(packed([*VALUES[:4], KemKind.LAST_RESORT, 2**32, *VALUES[6:]]))


@pytest.mark.parametrize("key", [*sorted(LOW_ORDER), b"\xff" * 32])
def test_an_ephemeral_key_that_agrees_on_nothing_is_refused(key: bytes) -> None:
    """K01, K02."""
    with pytest.raises(AuthenticationError):
        OpeningContent.decode(packed([*VALUES[:6], key, *VALUES[7:]]))


def test_every_truncation_is_refused() -> None:
    """E01, E02."""
    for cut in truncations(CONTENT.encode()):
        with pytest.raises(FrameError):
            OpeningContent.decode(cut)


def test_a_changed_byte_is_refused_or_means_something_else() -> None:
    encoded = CONTENT.encode()
    head, tail = encoded[:WITHIN], encoded[WITHIN + len(CONTENT.ciphertext) :]
    for changed in [
        *(change + encoded[WITHIN:] for change in one_byte_changes(head)),
        *(encoded[: -len(tail)] + change for change in one_byte_changes(tail)),
    ]:
        try:
            found = OpeningContent.decode(changed)
        except RemoteError:
            continue
        assert found != CONTENT


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(FrameError):
        OpeningContent.decode(noise)


def test_more_than_a_block_holds_is_refused() -> None:
    spare = MAX_OPENING_CONTENT - len(CONTENT.encode())
    longest = packed([*VALUES[:10], b"m" * (spare + len(b"message") - 1)])
    assert len(longest) == MAX_OPENING_CONTENT
    OpeningContent.decode(longest)
    with pytest.raises(FrameError):
        OpeningContent.decode(packed([*VALUES[:10], b"m" * (spare + len(b"message"))]))
