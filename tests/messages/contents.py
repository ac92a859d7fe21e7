"""One content of each kind."""

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
)

ID = MessageId(bytes(range(16)))
OTHER = MessageId(bytes(range(16, 32)))
SENT = Instant(1_800_000_000_000)

TEXT = Text(ID, SENT, "Rendez-vous à 8 h, à l'hôtel.")
RECEIPT = Receipt(ID, SENT, (OTHER, ID))
REPORT = Report(ID, SENT, (SubmitId(OTHER),))
ACCOUNT = AccountId(bytes(range(32)))
QUOTED = Quoted(ACCOUNT, OTHER)
PLACE = BlobPlace("relay.example", 7443, b"p" * 32, b"b" * 16, ReadCapability(b"r" * 32))
STORED = StoredFile(PLACE, StreamKey(b"k" * 32), b"d" * 32, 5, "plan.pdf", "application/pdf")
FILE = File(ID, SENT, STORED, "the plan", 60, QUOTED)
EXAMPLES: tuple[Content, ...] = (
    TEXT,
    Text(ID, SENT, "soon gone", 5, QUOTED),
    RECEIPT,
    Receipt(ID, SENT, (OTHER,), ReceiptState.READ),
    REPORT,
    Edit(ID, SENT, OTHER, "other words"),
    Delete(ID, SENT, (OTHER, ID)),
    Reaction(ID, SENT, ACCOUNT, OTHER, "\u2764"),
    Reaction(ID, SENT, ACCOUNT, OTHER, ""),
    Typing(ID, SENT, TypingState.TYPING),
    Timer(ID, SENT, 3_600, 7),
    FILE,
    Name(ID, SENT, "Ben"),
)
