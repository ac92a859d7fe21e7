"""What each end takes and refuses about blobs, and on which connection it is asked (Spec: MB-6, MB-23)."""

import pytest

from securemsg.errors import FrameError, LocalError
from securemsg.mailbox.answers import Done
from securemsg.mailbox.blobs import MAX_BLOB, MAX_CHUNK, BlobState, Chunk, DeleteBlob, GetRange, PutChunk
from securemsg.mailbox.client import Answered
from securemsg.mailbox.requests import Ping, Request
from securemsg.wire.codec import encode
from securemsg.wire.framing import frame
from tests.mailbox.ends import KEY, asked, greeted, told
from tests.mailbox.samples import BLOB, CREATE_BLOB, GET, LOOK, MAILBOX, PUT, READ, SUBMIT, WRITE

SENDING = (SUBMIT, CREATE_BLOB, PUT, LOOK, DeleteBlob(BLOB, WRITE))


@pytest.mark.parametrize("first", [SUBMIT, PUT, GET], ids=lambda value: type(value).__name__)
def test_a_client_gives_each_connection_one_role(first: Request) -> None:
    """MB-6: nobody learns from one connection who sends and who receives, or who reads what he was sent."""
    client, _ = greeted()
    client.send(first)
    client.send(Ping())
    others = [GET] if first in SENDING else [*SENDING]
    for request in (*others, client.proof(MAILBOX, KEY)):
        with pytest.raises(LocalError):
            client.send(request)
    owner, _ = greeted()
    owner.send(owner.proof(MAILBOX, KEY))
    with pytest.raises(LocalError):
        owner.send(first)


def test_a_client_fills_blobs_where_it_sends() -> None:
    client, _ = greeted()
    for request in SENDING:
        client.send(request)


def test_the_longest_chunk_fits_a_frame() -> None:
    """MB-25, MB-26: with the greatest numbers beside it."""
    client, relay = greeted()
    put = PutChunk(BLOB, WRITE, MAX_BLOB, bytes(MAX_CHUNK))
    assert asked(client, relay, put).request == put
    chunk = Chunk(bytes(MAX_CHUNK))
    longest = GetRange(BLOB, READ, MAX_BLOB, MAX_CHUNK)
    reader, relay = greeted()
    assert told(reader, relay.send(asked(reader, relay, longest).number, chunk)) == Answered(longest, chunk)


def test_an_answer_fits_what_was_asked_of_a_blob() -> None:
    client, relay = greeted()
    for request, answer in ((PUT, Done()), (LOOK, BlobState(1, 2))):
        number = asked(client, relay, request).number
        assert told(client, relay.send(number, answer)) == Answered(request, answer)


def test_a_range_may_be_shorter_and_not_longer_than_asked() -> None:
    for content in (b"1", b"123"):
        reader, relay = greeted()
        request = GetRange(BLOB, READ, 0, 3)
        number = asked(reader, relay, request).number
        assert told(reader, relay.send(number, Chunk(content))) == Answered(request, Chunk(content))
    reader, relay = greeted()
    number = asked(reader, relay, GetRange(BLOB, READ, 0, 3)).number
    with pytest.raises(FrameError):
        told(reader, relay.send(number, Chunk(b"1234")))


@pytest.mark.parametrize("request_", [LOOK, GET], ids=lambda value: type(value).__name__)
def test_what_tells_something_is_never_answered_with_done(request_: Request) -> None:
    client, _ = greeted()
    client.send(request_)
    with pytest.raises(FrameError):
        told(client, frame(encode((129, 1))))
