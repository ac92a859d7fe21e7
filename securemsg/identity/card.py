"""Cards: how one known contact reaches somebody, told inside sealed content."""

from dataclasses import dataclass, field
from typing import Final, Self, final

from securemsg.identity.access import SendToken, ShelfKey
from securemsg.ids import MailboxId
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.names import MAX_NAME, check_name, check_relay, take_relay

MAX_CARD: Final = 512
"""Bytes of an encoded card: the longest name and host, three keys and their framing take 446."""

_VERSION: Final = 1


@final
@dataclass(frozen=True, slots=True)
class Card:
    """A name as its owner tells it, and where one contact, holder of `token`, may write.

    Raises `LocalError` for a name of more than 64 bytes and for what cannot be a relay.

    Spec: ID-8.
    """

    name: str = field(repr=False)
    host: str = field(repr=False)
    port: int = field(repr=False)
    pin: bytes = field(repr=False)
    mailbox: MailboxId
    token: SendToken
    shelf: ShelfKey

    def __post_init__(self) -> None:
        check_name(self.name)
        check_relay(self.host, self.port, self.pin)

    def encode(self) -> bytes:
        """Return the bytes of this card."""
        relay = (self.host, self.port, self.pin)
        secrets = (self.token.expose(), self.shelf.expose())
        return codec.encode([_VERSION, self.name, *relay, self.mailbox, *secrets])

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Return the card in `data`; raises `FrameError`."""
        fields = Fields.parse(data, MAX_CARD)
        fields.exactly(_VERSION)
        name = fields.text(MAX_NAME)
        host, port, pin = take_relay(fields)
        mailbox = fields.identifier(MailboxId)
        token, shelf = SendToken(fields.binary(SendToken.WIDTH)), ShelfKey(fields.binary(ShelfKey.WIDTH))
        fields.end()
        return cls(name, host, port, pin, mailbox, token, shelf)
