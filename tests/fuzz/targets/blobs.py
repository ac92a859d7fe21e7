"""What a relay reads of its own folder of blobs, which others may have spoilt (Spec: RL-60)."""

from typing import Final

from relay.blobs.places import Charge, charge_of
from relay.blobs.record import END, END_AT, HEADER, Record, end_of
from securemsg.ids import BlobId
from tests.fuzz.target import Target

_RECORD: Final = Record(bytes(range(32)), bytes(32), bytes(16), 61_440, 500_720)


def _header(data: bytes) -> None:
    found = Record.parse(data)
    if found is not None:
        assert len(data) == HEADER
        assert Record.parse(found.header()) == found
        assert 0 <= end_of(data) < 2**64


def _charge(data: bytes) -> None:
    name = data.decode("utf-8", "replace")
    found = charge_of(name)
    assert found is None or found.name == name


def _headers() -> list[bytes]:
    whole = _RECORD.header()
    return [whole, whole[:END_AT] + END.pack(7) + whole[END_AT + END.size :], whole[:-1], whole + b"\0"]


def _charges() -> list[bytes]:
    return [Charge(BlobId(bytes(16)), 500_720, size).name.encode() for size in (1, 2**48 - 1)]


TARGETS: Final = (
    Target("blob_header", _header, _headers, longest=2 * HEADER, tries=1_000),
    Target("blob_charge", _charge, _charges, longest=200),
)
