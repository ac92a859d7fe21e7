"""07-content.json against securemsg.wire.messages.content (CT-1..6)."""

from __future__ import annotations

import pytest

from securemsg.ids import MessageId, SubmitId
from securemsg.instant import Instant
from securemsg.wire.messages.content import Receipt, Report, Text, Unknown, decode, encode
from tests.vectors.reading import Vector, vectors

CONTENT = "07-content"


def head(vector: Vector) -> tuple[MessageId, Instant]:
    return MessageId(vector.octets("message_id")), Instant(vector["sent_at_ms"])


@vectors(CONTENT, "text")
def test_a_text_has_this_encoding(vector: Vector) -> None:
    assert decode(vector.octets("bytes")) == Text(*head(vector), vector["text"])
    assert encode(Text(*head(vector), vector["typed"])) == vector.octets("bytes")


@vectors(CONTENT, "text_received")
def test_a_text_is_taken_as_it_stands(vector: Vector) -> None:
    assert decode(vector.octets("bytes")) == Text(*head(vector), vector["text"])


@vectors(CONTENT, "receipt")
def test_a_receipt_has_this_encoding(vector: Vector) -> None:
    receipt = Receipt(*head(vector), tuple(MessageId(bytes.fromhex(name)) for name in vector["named"]))
    assert decode(vector.octets("bytes")) == receipt
    assert encode(receipt) == vector.octets("bytes")


@vectors(CONTENT, "report")
def test_a_report_has_this_encoding(vector: Vector) -> None:
    report = Report(*head(vector), tuple(SubmitId(bytes.fromhex(name)) for name in vector["named"]))
    assert decode(vector.octets("bytes")) == report
    assert encode(report) == vector.octets("bytes")


@vectors(CONTENT, "unknown")
def test_content_of_a_newer_version_is_kept_with_its_bytes(vector: Vector) -> None:
    unknown = Unknown(vector["kind"], *head(vector), vector.octets("bytes"))
    assert decode(vector.octets("bytes")) == unknown
    assert encode(unknown) == vector.octets("bytes")


@vectors(CONTENT, "content")
def test_content_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        decode(vector.octets("bytes"))
