"""A file that somebody else sent: kept as an offer until the person asks for it (Spec: FI-10)."""

from typing import Final

from securemsg.client.step import Step
from securemsg.instant import HOUR, Instant, after
from securemsg.mailbox.address import RelayAddress
from securemsg.store.files import SPOOL_WIDTH, Offer, Place, Sealed
from securemsg.store.ids import MessageRow
from securemsg.wire.files import blob_size
from securemsg.wire.messages.content import StoredFile

RETENTION: Final = "retention_hours"
"""The setting that remembers for how long our relay keeps what nobody fetched."""


def offered(step: Step, row: MessageRow, file: StoredFile) -> None:
    """Keep what a message says about its file; nothing is fetched (Spec: FI-10)."""
    place = file.place
    relay = RelayAddress(place.host, place.port, place.pin)
    sealed = Sealed(file.key, file.digest, file.size, blob_size(file.size), "")
    offer = Offer(
        Place(relay, place.blob, place.read.expose()), sealed, file.name, file.type, _expiry(step, row)
    )
    step.vault.files.add_offer(row, step.entropy(SPOOL_WIDTH), offer)


def remember_retention(step: Step, hours: int) -> None:
    """Keep for how long our relay holds a blob, as its hello says."""
    if step.vault.settings.get(RETENTION) != str(hours):
        step.vault.settings.put(RETENTION, str(hours))


def _expiry(step: Step, row: MessageRow) -> Instant:
    """Return about when the relay forgets the blob: it came there before the message was sent."""
    hours = step.vault.settings.get(RETENTION)
    message = step.vault.messages.get(row)
    began = min(message.sent_at, step.now)
    return after(Instant(began), int(hours) * HOUR) if hours.isdecimal() else Instant(0)
