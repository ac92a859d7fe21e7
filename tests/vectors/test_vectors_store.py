"""10-store.json against securemsg.store: the wrapped file key, the first page (ST-2, ST-3)."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from securemsg.crypto.argon2 import Cost
from securemsg.store.connection import check_header
from securemsg.store.slots import FileKey, Slot, encode_slots, open_slots
from tests.vectors.reading import Draws, Vector, joined, vectors

STORE = "10-store"


@vectors(STORE, "slots", valid=True)
def test_a_passphrase_opens_the_slots(vector: Vector) -> None:
    assert open_slots(vector.octets("file"), vector["passphrase"]).expose() == vector.octets("file_key")


@vectors(STORE, "slots", valid=True)
def test_a_slot_is_made_so(vector: Vector) -> None:
    """The last slot is the one that this passphrase opens; those before it are taken as they are."""
    slots = []
    for shown in vector["slots"]:
        cost, salt = Cost(shown["memory_kib"], shown["passes"]), joined(shown["salt"])
        draws = Draws([salt, joined(shown["nonce"])])
        if shown is vector["slots"][-1]:
            slots.append(Slot.seal(FileKey(vector.octets("file_key")), vector["passphrase"], cost, draws))
        else:
            slots.append(Slot(cost, salt, joined(shown["wrapped"])))
    if slots:
        assert encode_slots(tuple(slots)) == vector.octets("file")


@vectors(STORE, "slots", valid=False)
def test_slots_with_one_fault_or_another_passphrase_open_nothing(vector: Vector) -> None:
    with pytest.raises(vector.error) as refused:
        open_slots(vector.octets("file"), vector["passphrase"])
    assert refused.type is vector.error


def check_first_page(head: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vault.db"
        path.write_bytes(head + bytes(4096 - len(head)))
        check_header(path)


@vectors(STORE, "first_page", valid=True)
def test_a_first_page_begins_so(vector: Vector) -> None:
    check_first_page(vector.octets("bytes"))


@vectors(STORE, "first_page", valid=False)
def test_another_first_page_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        check_first_page(vector.octets("bytes"))
