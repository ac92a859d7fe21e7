"""Which submits have arrived before: a relay may deliver one again (Spec: MB-8, CL-3)."""

from typing import Final, final

from securemsg.ids import SubmitId
from securemsg.instant import DAY, Instant
from securemsg.store.rows import Rows

KEPT_FOR: Final = 40 * DAY
"""Longer than any relay keeps an envelope, by ten days for clocks that differ."""


@final
class Received:
    """The submit ids of what was handled."""

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
