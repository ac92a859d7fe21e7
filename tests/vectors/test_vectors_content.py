"""07-content.json against securemsg.wire.messages.content (CT-1..16)."""

from __future__ import annotations

import pytest

from securemsg.crypto.stream import StreamKey
from securemsg.ids import AccountId, MessageId, SubmitId
from securemsg.instant import Instant
from securemsg.wire.messages.content import (
    BlobPlace,
    Content,
    Delete,
    Edit,
    File,
    Name,
    Quoted,
    Reaction,
    ReadCapability,
    Receipt,
    ReceiptState,
    Report,
    StoredFile,
    Text,
    Timer,
    Typing,
    TypingState,
    Unknown,
    decode,
    encode,
)
from tests.vectors.reading import Vector, vectors

CONTENT = "07-content"


def head(vector: Vector) -> tuple[MessageId, Instant]:
    return MessageId(vector.octets("message_id")), Instant(vector["sent_at_ms"])


def quoted(vector: Vector) -> Quoted | None:
    if not vector["quoted"]:
        return None
    account, message_id = map(bytes.fromhex, vector["quoted"])
    return Quoted(AccountId(account), MessageId(message_id))


def named(vector: Vector) -> tuple[MessageId, ...]:
    return tuple(MessageId(bytes.fromhex(name)) for name in vector["named"])


def agree(vector: Vector, content: Content) -> None:
    """Check that this content has these bytes, both ways."""
    assert decode(vector.octets("bytes")) == content
    assert encode(content) == vector.octets("bytes")


@vectors(CONTENT, "text")
def test_a_text_has_this_encoding(vector: Vector) -> None:
    rest = (vector["lifetime"], quoted(vector))
    assert decode(vector.octets("bytes")) == Text(*head(vector), vector["text"], *rest)
    assert encode(Text(*head(vector), vector["typed"], *rest)) == vector.octets("bytes")


@vectors(CONTENT, "text_received")
def test_a_text_is_taken_as_it_stands(vector: Vector) -> None:
    assert decode(vector.octets("bytes")) == Text(*head(vector), vector["text"])


@vectors(CONTENT, "receipt")
def test_a_receipt_has_this_encoding(vector: Vector) -> None:
    agree(vector, Receipt(*head(vector), named(vector), ReceiptState(vector["state"])))


@vectors(CONTENT, "report")
def test_a_report_has_this_encoding(vector: Vector) -> None:
    agree(vector, Report(*head(vector), tuple(map(SubmitId, named(vector)))))


@vectors(CONTENT, "edit")
def test_an_edit_has_this_encoding(vector: Vector) -> None:
    target = MessageId(vector.octets("target"))
    assert decode(vector.octets("bytes")) == Edit(*head(vector), target, vector["text"])
    assert encode(Edit(*head(vector), target, vector["typed"])) == vector.octets("bytes")


@vectors(CONTENT, "delete")
def test_a_deletion_has_this_encoding(vector: Vector) -> None:
    agree(vector, Delete(*head(vector), named(vector)))


@vectors(CONTENT, "reaction")
def test_a_reaction_has_this_encoding(vector: Vector) -> None:
    about = AccountId(vector.octets("author")), MessageId(vector.octets("target"))
    agree(vector, Reaction(*head(vector), *about, vector["emoji"]))


@vectors(CONTENT, "typing")
def test_typing_has_this_encoding(vector: Vector) -> None:
    agree(vector, Typing(*head(vector), TypingState(vector["state"])))


@vectors(CONTENT, "timer")
def test_a_timer_has_this_encoding(vector: Vector) -> None:
    agree(vector, Timer(*head(vector), vector["lifetime"], vector["version"]))


@vectors(CONTENT, "name")
def test_a_name_has_this_encoding(vector: Vector) -> None:
    agree(vector, Name(*head(vector), vector["name"]))


@vectors(CONTENT, "file")
def test_a_file_has_this_encoding(vector: Vector) -> None:
    (host, port, pin, blob, read), key, digest, size, name, kind = vector["file"]
    keys = ReadCapability(bytes.fromhex(read)), StreamKey(bytes.fromhex(key))
    place = BlobPlace(host, port, bytes.fromhex(pin), bytes.fromhex(blob), keys[0])
    file = StoredFile(place, keys[1], bytes.fromhex(digest), size, name, kind)
    rest = (vector["lifetime"], quoted(vector))
    assert decode(vector.octets("bytes")) == File(*head(vector), file, vector["caption"], *rest)
    assert encode(File(*head(vector), file, vector["typed"], *rest)) == vector.octets("bytes")


@vectors(CONTENT, "unknown")
def test_content_of_a_newer_version_is_kept_with_its_bytes(vector: Vector) -> None:
    unknown = Unknown(vector["kind"], *head(vector), vector.octets("bytes"))
    assert decode(vector.octets("bytes")) == unknown
    assert encode(unknown) == vector.octets("bytes")


@vectors(CONTENT, "content")
def test_content_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        decode(vector.octets("bytes"))
