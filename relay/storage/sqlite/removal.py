"""Deleting a mailbox from every table (Spec: MB-29)."""

from typing import Final

import apsw

from relay.storage.operations import Refused, Result, Stored
from relay.storage.removal import RemoveMailbox
from relay.storage.sqlite.boxes import Boxes
from relay.storage.sqlite.schema import leaf_places_of, parts_of, places_of
from securemsg.mailbox.answers import ErrorCode

_BY_BOX: Final = (
    "DELETE FROM submitted WHERE box = ?",
    "DELETE FROM shelf WHERE box = ?",
    "DELETE FROM token WHERE box = ?",
    "DELETE FROM mailbox WHERE box = ?",
)
"""The last is what the others refer to."""


def remove_mailbox(database: apsw.Connection, boxes: Boxes, operation: RemoveMailbox) -> Result:
    """Delete everything of one mailbox."""
    box = boxes.find(operation.mailbox)
    if box is None:
        return Refused(ErrorCode.REFUSED)
    number = box.number
    database.execute("DELETE FROM envelope WHERE place BETWEEN ? AND ?", places_of(number, box.last_sequence))
    database.execute("DELETE FROM recent WHERE place BETWEEN ? AND ?", parts_of(number))
    database.execute("DELETE FROM leaf WHERE place BETWEEN ? AND ?", leaf_places_of(number))
    for statement in _BY_BOX:
        database.execute(statement, (number,))
    boxes.drop(operation.mailbox)
    return Stored()
