"""Views as a hostile vault could hand them to the client: every text in them is drawn from the grammar."""

from securemsg.client.views import (
    AlarmView,
    ConnectionView,
    ConversationView,
    Direction,
    EditView,
    FileState,
    FileView,
    LinkState,
    MessageKind,
    MessageState,
    MessageView,
    QuotedView,
    ReactionView,
    Trust,
    VerificationView,
)
from securemsg.errors import Sentence
from securemsg.instant import DAY, SECOND, Instant
from tests.client_tui.fuzzing.grammar import Grammar

NOW = Instant(1_791_980_000_000)
KINDS = (*[MessageKind.TEXT] * 4, *MessageKind)
DIGITS = "0123456789" * 6


class Forger:
    """Makes views."""

    def __init__(self, seed: int) -> None:
        """Draw from the grammar of `seed`."""
        self.grammar = Grammar(seed)
        self._draw = self.grammar.random
        self.text = self.grammar.text

    def instant(self) -> Instant:
        """Return a moment of the last month, or a few seconds ahead."""
        return Instant(NOW + 9 * SECOND - self._draw.randrange(30 * DAY))

    def sentence(self) -> str:
        """Return what the library says with a foreign value in it, or a foreign sentence."""
        if self._draw.random() < 0.5:
            return Sentence("{alias} confirmed a message.", alias=self.text())
        return self.text()

    def message(self, row: int, alias: str) -> MessageView:
        """Return a message; half of them plain words, the others with all that may hang on one."""
        draw, at = self._draw, self.instant()
        plain = draw.random() < 0.5
        kind = MessageKind.TEXT if plain else draw.choice(KINDS)
        return MessageView(
            row=row,
            id=f"{row:032x}",
            contact=1,
            alias=alias,
            direction=draw.choice(tuple(Direction)),
            state=draw.choice(tuple(MessageState)),
            text=self.text(),
            reason="" if plain else self.sentence(),
            sent_at=at,
            stored_at=at,
            readable=plain or draw.random() < 0.9,
            kind=kind,
            lifetime=0 if plain else draw.choice((0, 60, 604_800)),
            expires_at=None if plain else Instant(NOW + DAY + draw.randrange(DAY)),
            edited_at=None if plain else at,
            deleted=not plain and draw.random() < 0.05,
            quoted=None if plain else self.quoted(),
            reactions=() if plain else (self.reaction(), self.reaction()),
            file=None if plain or kind is not MessageKind.FILE else self.file(),
        )

    def quoted(self) -> QuotedView:
        """Return what a message answers."""
        words, text = self._draw.random() < 0.7, self.text()
        return QuotedView(1, mine=words, text=text if words else "", file_name=text)

    def reaction(self) -> ReactionView:
        """Return a sign beside a message."""
        return ReactionView(self.text(), mine=self._draw.random() < 0.5, theirs=True)

    def file(self) -> FileView:
        """Return a file."""
        draw, name = self._draw, self.text()
        size = draw.randrange(2**31)
        return FileView(
            name=name,
            type=name,
            size=size,
            state=draw.choice(tuple(FileState)),
            done=draw.randrange(size + 1),
            path=name,
            reason=self.sentence(),
            removed=name,
            expires_at=self.instant(),
        )

    def history(self) -> list[EditView]:
        """Return what a message said before."""
        return [EditView(self.text(), self.instant()) for _ in range(3)]

    def conversation(self, contact: int) -> ConversationView:
        """Return a contact with the head of its conversation."""
        draw, alias = self._draw, self.text()
        return ConversationView(
            contact=contact,
            alias=alias,
            name=alias if draw.random() < 0.5 else self.text(),
            account=f"{contact:064x}",
            trust=draw.choice(tuple(Trust)),
            last_text=alias,
            last_at=self.instant(),
            unread=draw.randrange(3),
            reduced=draw.random() < 0.2,
            request=draw.random() < 0.2,
            lifetime=draw.choice((0, 3_600)),
            muted_until=Instant(NOW + 60 * SECOND) if draw.random() < 0.1 else None,
            archived=draw.random() < 0.1,
            blocked=draw.random() < 0.1,
            last_kind=draw.choice(tuple(MessageKind)),
            was_verified=draw.random() < 0.5,
        )

    def connection(self) -> ConnectionView:
        """Return a link to a relay that says why it is not there."""
        return ConnectionView(LinkState.OFFLINE, self.sentence(), Instant(NOW + 9_000), self.instant(), 3)

    def alarm(self) -> AlarmView:
        """Return something that the person should know."""
        return AlarmView("behind", 1, self.sentence(), self.instant())

    def verification(self) -> VerificationView:
        """Return a safety number."""
        return VerificationView(1, self.text(), DIGITS, "0123456789", self._draw.choice(tuple(Trust)))
