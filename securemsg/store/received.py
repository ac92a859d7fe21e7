"""Which submits have arrived before: a relay may deliver one again (Spec: MB-8, CL-3)."""

from typing import Final, final

from securemsg.ids import SubmitId
from securemsg.instant import DAY, Instant
from securemsg.store.rows import Rows

KEPT_FOR: Final = 40 * DAY
"""Longer than any relay keeps an envelope, by ten days for clocks that differ."""


@final
class Received:
    """The submit ids of what was handled, and the relay's highest sequence number."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def mark(self, submit_id: SubmitId, now: Instant) -> bool:
        """Note that a submit is being handled; false if it was before: acknowledge, do no more."""
        sql = "insert into received(submit_id, received_at) values (?, ?) on conflict do nothing"
        return self._rows.run(sql, (submit_id, now)) == 1

    def purge(self, now: Instant) -> None:
        """Forget what no relay can deliver any more."""
        self._rows.run("delete from received where received_at < ?", (now - KEPT_FOR,))

    def sequence(self) -> int:
        """Return the highest sequence number that was handled, 0 before the first.

        A relay that tells a lower one next has lost its disk; one that has acknowledged
        more than this has spoken to a newer copy of this vault.
        """
        return self._rows.number("select received_up_to from owner")

    def raise_sequence(self, sequence: int) -> None:
        """Note a sequence number that was handled; the highest stays."""
        self._rows.run("update owner set received_up_to = max(received_up_to, ?)", (sequence,))
