"""What was fetched need not lie at our relay any longer, where it takes of our room (Spec: FI-10)."""

from functools import partial

from securemsg.client import blobs
from securemsg.client.board import Board
from securemsg.client.deciding import Decide
from securemsg.client.link import Link
from securemsg.client.problems import Refused, RelayProblem
from securemsg.client.step import Step
from securemsg.client.transfer.offers import remember_retention
from securemsg.ids import BlobId, MailboxId
from securemsg.mailbox.answers import ErrorCode
from securemsg.store.files import FileRecord

AT_ONCE = 100
"""Blobs released after one look."""


async def release_fetched(link: Link, mailbox: MailboxId, board: Board, decide: Decide) -> None:
    """Release each blob that is here whole, on the link that proved the mailbox, until the link ends."""
    hours = link.connection.limits.retention_hours
    await decide(lambda step: remember_retention(step, hours))
    while link.problem is None:
        fetched = board.fetching()
        for record in await decide(_pending):
            if record.place is None:
                continue
            try:
                await blobs.release(link, mailbox, BlobId(record.place.blob))
            except Refused as refusal:
                if refusal.code is not ErrorCode.REFUSED:
                    # It is asked again when the next file has come, or on the next connection.
                    break
                # It is gone already, or never was at our cost: nothing to give back.
            except RelayProblem:
                return
            await decide(partial(_released, record))
        await fetched.wait()


def _released(record: FileRecord, step: Step) -> None:
    step.vault.files.released(record.message)


def _pending(step: Step) -> list[FileRecord]:
    return step.vault.files.unreleased(AT_ONCE)
