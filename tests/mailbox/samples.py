"""One of every request, answer and event."""

from securemsg.ids import BlobId, MailboxId, SubmitId
from securemsg.mailbox.answers import (
    Accepted,
    Answer,
    CaughtUp,
    Deliver,
    Done,
    ErrorCode,
    Event,
    Failed,
    Goodbye,
    LowShelf,
    Prekeys,
    SealedLeaf,
    Subscribed,
)
from securemsg.mailbox.blobs import (
    MAX_BLOB,
    MAX_CHUNK,
    BlobState,
    Chunk,
    CreateBlob,
    DeleteBlob,
    GetRange,
    LookAtBlob,
    PutChunk,
    ReleaseBlob,
)
from securemsg.mailbox.removal import Remove
from securemsg.mailbox.requests import (
    Acknowledge,
    Create,
    FetchPrekeys,
    Ping,
    Prove,
    PublishLeaves,
    PublishManifest,
    Request,
    SetTokens,
    Submit,
    Subscribe,
)
from securemsg.mailbox.tokens import Invitation, ReadKey, SendToken, TokenHash, WriteKey
from tests.support.entropy import SeededEntropy

ENTROPY = SeededEntropy(88)
MAILBOX = MailboxId(ENTROPY(16))
TOKEN = SendToken(ENTROPY(32))
SUBMIT_ID = SubmitId(ENTROPY(16))
SUBMIT = Submit(MAILBOX, TOKEN, SUBMIT_ID, b"sealed")
FETCH = FetchPrekeys(MAILBOX, TOKEN)
BLOB, WRITE, READ = BlobId(ENTROPY(16)), WriteKey(ENTROPY(32)), ReadKey(ENTROPY(32))
CREATE_BLOB = CreateBlob(MAILBOX, TOKEN, BLOB, WRITE.hash, READ.hash, MAX_BLOB)
PUT = PutChunk(BLOB, WRITE, 0, b"sealed")
LOOK = LookAtBlob(BLOB, WRITE)
GET = GetRange(BLOB, READ, MAX_BLOB, 6)

REQUESTS: list[Request] = [
    Create(MAILBOX, ENTROPY(32)),
    Create(MAILBOX, ENTROPY(32), (TOKEN.hash, TokenHash(ENTROPY(32))), Invitation(ENTROPY(16))),
    Prove(MAILBOX, ENTROPY(64)),
    SUBMIT,
    Subscribe(MAILBOX),
    Acknowledge(MAILBOX, 2**53 - 1),
    SetTokens(MAILBOX, (TOKEN.hash,), (TokenHash(ENTROPY(32)), TokenHash(ENTROPY(32)))),
    PublishManifest(MAILBOX, 2**32 - 1, b"manifest"),
    PublishLeaves(MAILBOX, 7, 240, (b"a leaf", b"another")),
    FETCH,
    Ping(),
    CREATE_BLOB,
    PUT,
    PutChunk(BLOB, WRITE, MAX_BLOB, b"s"),
    LOOK,
    GET,
    GetRange(BLOB, READ, 0, MAX_CHUNK),
    DeleteBlob(BLOB, WRITE),
    ReleaseBlob(MAILBOX, BLOB),
    Remove(MAILBOX),
]

ANSWERS: list[tuple[Request, Answer]] = [
    (Ping(), Done()),
    (SUBMIT, Accepted()),
    (Subscribe(MAILBOX), Subscribed(0, 0)),
    (Subscribe(MAILBOX), Subscribed(2**32 - 2, 2**32 - 1)),
    (FETCH, Prekeys(3, b"manifest", None)),
    (FETCH, Prekeys(3, b"manifest", SealedLeaf(255, b"leaf"))),
    (PUT, Done()),
    (LOOK, BlobState(0, 1)),
    (LOOK, BlobState(MAX_BLOB, MAX_BLOB)),
    (GET, Chunk(b"sealed")),
    (GET, Chunk(b"s")),
    *((SUBMIT, Failed(code, 60)) for code in ErrorCode),
]

EVENTS: list[Event] = [
    Deliver(MAILBOX, 2**32 - 1, SUBMIT_ID, b"sealed"),
    LowShelf(MAILBOX, 3, 19),
    CaughtUp(MAILBOX),
    Goodbye(30),
]
