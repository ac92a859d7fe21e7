"""How an opening names the keys that it used, and what it keeps to itself."""

import pytest

from securemsg.crypto.x25519 import PrivateKey
from securemsg.errors import FrameError
from securemsg.instant import Instant
from securemsg.wire.codec import Value, encode
from securemsg.wire.fields import Fields
from securemsg.wire.messages.opening import LAST_LEAF_ID, KemKind, KeyChoice, OpeningContent
from tests.support.entropy import SeededEntropy

LAST = 2**32 - 1
CHOICES = {
    (1, 1, 1, 1): KeyChoice(1, 1, KemKind.ONE_TIME, 1),
    (LAST, LAST, 1, 2**53 - 1): KeyChoice(LAST, LAST, KemKind.ONE_TIME, LAST_LEAF_ID),
    (7, 3, 2, 1): KeyChoice(7, 3, KemKind.LAST_RESORT, 1),
    (7, 3, 2, LAST): KeyChoice(7, 3, KemKind.LAST_RESORT, LAST),
}


@pytest.mark.parametrize(("numbers", "choice"), CHOICES.items())
def test_a_choice_is_four_numbers(numbers: tuple[int, ...], choice: KeyChoice) -> None:
    """HS-8, HS-11: 1 is a one-time key, 2 the last-resort key, and each id has its own range."""
    elements: list[Value] = list(numbers)
    assert choice.values() == elements
    assert KeyChoice.take(Fields.parse(encode(elements), 100)) == choice


@pytest.mark.parametrize("kind", [0, 3, 4, 2**53 - 1])
def test_another_kind_of_key_is_refused(kind: int) -> None:
    """E17, K26."""
    with pytest.raises(FrameError):
        KeyChoice.take(Fields.parse(encode([7, 3, kind, 1]), 100))


def test_an_opening_does_not_print_what_it_carries() -> None:
    """N22: the certificate says who writes, the card where she can be reached."""
    ephemeral = PrivateKey.generate(SeededEntropy()).public()
    secrets = (b"certificate", bytes(1_568), b"a card", b"a message")
    certificate, ciphertext, card, message = secrets
    choice = CHOICES[7, 3, 2, 1]
    content = OpeningContent(certificate, choice, ephemeral, ciphertext, Instant(5), card, message)
    assert not [secret for secret in secrets if repr(secret)[2:-1] in repr(content)]
    assert "opened_at=5" in repr(content)
