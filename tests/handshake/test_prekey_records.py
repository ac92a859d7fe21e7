"""The records that a store keeps of private halves and of an initiator's opening."""

from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError, RemoteError
from securemsg.handshake.material import OpeningMaterial
from securemsg.handshake.prekeys import (
    LastResortPrivate,
    LeafPrivate,
    SealingPrivate,
    SignedPrekeyPrivate,
    sealing_hint,
)
from tests.handshake.parties import opened_session, publication
from tests.identity.people import NOW
from tests.messages.spoiled import packed, spoiled
from tests.reference import agreement as reference
from tests.support.entropy import SeededEntropy
from tests.support.mutations import truncations

ENTROPY = SeededEntropy()
LEAF = LeafPrivate.generate(2**40, NOW, ENTROPY)
SIGNED = SignedPrekeyPrivate.generate(7, NOW, ENTROPY)
LAST_RESORT = LastResortPrivate.generate(8, NOW, ENTROPY)
SEALING = SealingPrivate.generate(NOW, ENTROPY)
MATERIAL = opened_session().material

Record: TypeAlias = LeafPrivate | SignedPrekeyPrivate | LastResortPrivate | SealingPrivate | OpeningMaterial

RECORDS: dict[str, tuple[Record, list[object]]] = {
    "leaf": (LEAF, [1, 2**40, NOW, LEAF.one_time.expose(), LEAF.kem.expose()]),
    "signed": (SIGNED, [1, 7, NOW, SIGNED.key.expose()]),
    "last resort": (LAST_RESORT, [1, 8, NOW, LAST_RESORT.key.expose()]),
    "sealing": (SEALING, [1, NOW, SEALING.key.expose()]),
    "material": (
        MATERIAL,
        [
            *(1, MATERIAL.sealing_key.encoded, *MATERIAL.choice.values()),
            *(bytes(MATERIAL.ephemeral), MATERIAL.ciphertext, MATERIAL.opened_at),
            *(MATERIAL.certificate, MATERIAL.card),
        ],
    ),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_comes_back_as_it_was(name: str) -> None:
    """ST-8."""
    record, values = RECORDS[name]
    assert record.encode() == packed(values)
    assert record.decode(record.encode()) == record


@pytest.mark.parametrize("name", RECORDS)
def test_a_damaged_record_is_refused(name: str) -> None:
    """E02, E11, E12, E16-E18."""
    record, values = RECORDS[name]
    limited = (MATERIAL.certificate, MATERIAL.card)
    fixed = [at for at, value in enumerate(values) if isinstance(value, bytes) and value not in limited]
    damaged = [*spoiled(values, fixed=fixed), packed([0, *values[1:]]), packed([2, *values[1:]])]
    for raw in [*damaged, *truncations(record.encode())]:
        with pytest.raises(FrameError):
            record.decode(raw)


@pytest.mark.parametrize("kind", [LeafPrivate, SignedPrekeyPrivate, LastResortPrivate, SealingPrivate])
def test_a_record_of_one_kind_is_none_of_another(kind: type[Record]) -> None:
    """K07: private halves do not take each other's place either."""
    for record, _ in RECORDS.values():
        if not isinstance(record, kind):
            with pytest.raises(RemoteError):
                kind.decode(record.encode())


@given(st.binary(max_size=150))
def test_noise_is_refused(noise: bytes) -> None:
    for kind in (LeafPrivate, SignedPrekeyPrivate, LastResortPrivate, SealingPrivate, OpeningMaterial):
        with pytest.raises(FrameError):
            kind.decode(noise)


def test_a_sealing_key_is_found_by_the_hint_of_its_public_half() -> None:
    """HS-11."""
    public = SEALING.key.public()
    assert SEALING.hint == sealing_hint(public) == reference.hint(public.encoded)
    assert SealingPrivate.decode(SEALING.encode()).hint == SEALING.hint
    assert SEALING.hint != publication().weekly.sealing.hint


def test_private_halves_do_not_print() -> None:
    """N22."""
    for record in (LEAF, SIGNED, LAST_RESORT, SEALING):
        assert "(...)" in repr(record)
        assert "b'" not in repr(record).replace(f"hint={SEALING.hint!r}", "")
