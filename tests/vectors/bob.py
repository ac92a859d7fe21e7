"""Bob of the vectors of 04, who gets openings: what a device does with them, in the order of HS-12."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from securemsg.handshake.errors import OwnDevice
from securemsg.handshake.responder import LastResortUsed, OneTimeUsed, unseal_opening
from securemsg.identity.trust import check_list_version
from securemsg.instant import Instant
from securemsg.session.book import Book
from securemsg.session.receiving import Opened, Recipient, accept_opening
from securemsg.wire import envelope
from tests.ratchet.parties import Rows
from tests.support.entropy import SeededEntropy
from tests.vectors.people import person
from tests.vectors.reading import Draws, Vector, name_of

if TYPE_CHECKING:
    from securemsg.ids import DeviceId


class Bob:
    """His device, the sessions with each device that wrote to it, and the rows of the one session."""

    def __init__(self) -> None:
        """Begin with no session."""
        self.device, self.privates = person("bob")
        self.books: dict[DeviceId, Book] = {}
        self.rows = Rows()

    def accepts(self, vector: Vector) -> Opened:
        """Do what a device does with an opening, all checks in the order of HS-12."""
        raw = envelope.decode(vector.octets("envelope"))
        assert isinstance(raw, envelope.Opening)
        opened = unseal_opening(raw, self.privates.sealing)
        certificate = opened.certificate
        if certificate.account_id == self.device.account_id:
            raise OwnDevice("refused")
        check_list_version(
            certificate, vector.fields.get("list_versions", {}).get(certificate.account_id.hex(), 0)
        )
        recipient = Recipient(self.device, self.privates, lambda _session: self.rows)
        name, now = "responder_ratchet_private", Instant(vector["now"])
        entropy = Draws([vector.octets(name)]) if name in vector.fields else SeededEntropy()
        book = self.books.get(certificate.device_id, Book())
        accepted = accept_opening(book, opened, recipient, now, entropy)
        self.books[certificate.device_id] = accepted.book
        self.rows.apply(accepted.rows, now)
        match accepted.used:
            case OneTimeUsed(leaf_id):
                self.privates.gone.add(leaf_id)
            case LastResortUsed(_, mark):
                self.privates.marks.add(mark)
            case None:
                pass
        return accepted

    def stored(self) -> object:
        """Return everything that a refused opening must leave as it is."""
        return dict(self.books), dict(self.rows), set(self.privates.gone), set(self.privates.marks)

    def assert_refuses(self, vector: Vector) -> None:
        """See an opening refused with the very error of the vector, and nothing change."""
        before = self.stored()
        with pytest.raises(vector.error) as refused:
            self.accepts(vector)
        assert name_of(refused.type) == vector["error"]
        assert self.stored() == before
