"""What of the newest generation the relay has not confirmed: it is sent until it is (Spec: CL-4)."""

from dataclasses import dataclass, field
from typing import Final, final

from securemsg.instant import Instant
from securemsg.store.rows import Rows

LEAVES_AT_ONCE: Final = 16
"""Leaves in one frame (Spec: MB-9)."""


@final
@dataclass(frozen=True, slots=True)
class UnconfirmedManifest:
    """A sealed manifest for the shelf."""

    generation: int
    sealed: bytes = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class UnconfirmedLeaves:
    """1 to 16 sealed leaves for the shelf, from `first_position` on."""

    generation: int
    first_position: int
    sealed: tuple[bytes, ...] = field(repr=False)


@final
class Unconfirmed:
    """Tells what to publish, and takes the relay's confirmations."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def manifest(self) -> UnconfirmedManifest | None:
        """Return the manifest, if it is still to be published."""
        row = self._rows.one("select generation, manifest from published where manifest <> x''")
        return None if row is None else UnconfirmedManifest(*row)

    def leaves(self) -> UnconfirmedLeaves | None:
        """Return the next leaves that are still to be published, once the manifest is."""
        sql = "select generation from published where manifest = x''"
        generation = self._rows.one(sql)
        sql = "select position, sealed from published_leaves order by position limit ?"
        rows = self._rows.all(sql, (LEAVES_AT_ONCE,))
        if generation is None or not rows:
            return None
        # Only whole frames are confirmed, from the lowest position up: what is left has no gap.
        return UnconfirmedLeaves(generation[0], rows[0][0], tuple(sealed for _, sealed in rows))

    def confirm_manifest(self, generation: int, now: Instant) -> None:
        """Note that the relay has this generation; all before it count as replaced from now (Spec: HS-14)."""
        changed = self._rows.run("update published set manifest = x'' where generation = ?", (generation,))
        if changed:
            sql = "update manifests set replaced_at = ? where replaced_at = 0 and generation < ?"
            self._rows.run(sql, (now, generation))
            self._rows.run(
                "update weekly_keys set replaced_at = ? where replaced_at = 0"
                " and signed_prekey_id < (select max(signed_prekey_id) from weekly_keys)",
                (now,),
            )

    def give_up(self) -> None:
        """Publish no more of this generation: the relay does not take it (Spec: HS-16)."""
        self._rows.run("update published set manifest = x''")
        self._rows.run("delete from published_leaves")

    def confirm_leaves(self, leaves: UnconfirmedLeaves) -> None:
        """Note that the relay has these leaves; a word about an older generation changes nothing."""
        self._rows.run(
            "delete from published_leaves where position between ? and ?"
            " and exists (select 1 from published where generation = ?)",
            (leaves.first_position, leaves.first_position + len(leaves.sealed) - 1, leaves.generation),
        )
