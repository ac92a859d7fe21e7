"""Private halves of prekeys, until they die; lookups are what a responder needs (Spec: HS-12, HS-14)."""

from collections.abc import Callable
from typing import TypeVar, final

from securemsg.errors import RemoteError
from securemsg.handshake.generation import PRIVATE_LIFE, Publication, Published, WeeklyKeys
from securemsg.handshake.prekeys import LastResortPrivate, LeafPrivate, SealingPrivate, SignedPrekeyPrivate
from securemsg.handshake.responder import OneTimeUsed, Used
from securemsg.instant import Instant
from securemsg.store.errors import DAMAGED, VaultDamaged
from securemsg.store.rows import Rows, Values

_Key = TypeVar("_Key")


@final
class Prekeys:
    """Keeps, finds and deletes private halves; it is the `PrekeyPrivates` of the handshake."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def published(self) -> Published:
        """Return the numbers given out so far and the weekly keys on offer (Spec: HS-1, HS-3)."""
        row = self._rows.one("select generation, prekey_id, leaf_id from published")
        if row is None:
            return Published()
        generation, prekey_id, leaf_id = row
        return Published(generation, prekey_id, leaf_id, self._weekly())

    def store(self, publication: Publication) -> None:
        """Keep a new generation, and what of it is to be sent to the relay, in place of what was."""
        following, weekly = publication.published, publication.weekly
        self._rows.run(
            "insert or replace into published(id, generation, prekey_id, leaf_id, manifest)"
            " values (1, ?, ?, ?, ?)",
            (following.generation, following.prekey_id, following.leaf_id, publication.sealed_manifest),
        )
        self._rows.run("delete from published_leaves")
        leaves = list(enumerate(publication.sealed_leaves))
        self._rows.each("insert into published_leaves(position, sealed) values (?, ?)", leaves)
        self._rows.run(
            "insert into manifests(generation, body_hash, replaced_at) values (?, ?, 0)",
            (following.generation, publication.manifest_body_hash),
        )
        records = [(leaf.leaf_id, following.generation, leaf.encode()) for leaf in publication.leaves]
        self._rows.each("insert into leaves(id, generation, record) values (?, ?, ?)", records)
        keys = (weekly.signed_prekey.encode(), weekly.last_resort.encode(), weekly.sealing.encode())
        ids = (weekly.signed_prekey.prekey_id, weekly.last_resort.prekey_id, weekly.sealing.hint)
        self._rows.run(
            "insert into weekly_keys(signed_prekey_id, last_resort_id, hint, signed_prekey, last_resort,"
            " sealing, replaced_at) values (?,?,?,?,?,?, 0) on conflict(signed_prekey_id) do nothing",
            (*ids, *keys),
        )

    def supersede(self, now: Instant) -> None:
        """Count the generation that the relay has not confirmed as replaced: another is made instead of it.

        Spec: HS-15.
        """
        self._rows.run(
            "update manifests set replaced_at = ? where replaced_at = 0 and generation in"
            " (select generation from published where manifest <> x'')",
            (now,),
        )

    def replaced_between(self, first: Instant, last: Instant) -> int:
        """Return how many generations were replaced after `first` and up to `last`."""
        sql = "select count(*) from manifests where replaced_at > ? and replaced_at <= ?"
        return self._rows.number(sql, (first, last))

    def withdraw(self, generation: int, now: Instant) -> None:
        """Give up a generation that the relay has from somebody else: what is opened to it is not to us.

        Its number stays used, and it counts as replaced.

        Spec: HS-16.
        """
        sql = "update manifests set body_hash = x'', replaced_at = ? where generation = ?"
        self._rows.run(sql, (now, generation))
        self._rows.run("delete from leaves where generation = ?", (generation,))

    def sealing(self, hint: bytes) -> SealingPrivate | None:
        """Return the sealing key of an 8-byte hint."""
        return self._key(SealingPrivate.decode, "select sealing from weekly_keys where hint = ?", (hint,))

    def manifest_hash(self, generation: int) -> bytes | None:
        """Return the 64-byte hash of the manifest body of `generation`."""
        sql = "select body_hash from manifests where generation = ? and body_hash <> x''"
        return self._key(bytes, sql, (generation,))

    def signed_prekey(self, prekey_id: int) -> SignedPrekeyPrivate | None:
        """Return the signed prekey of this id."""
        sql = "select signed_prekey from weekly_keys where signed_prekey_id = ?"
        return self._key(SignedPrekeyPrivate.decode, sql, (prekey_id,))

    def leaf(self, leaf_id: int) -> LeafPrivate | None:
        """Return the one-time leaf of this id."""
        return self._key(LeafPrivate.decode, "select record from leaves where id = ?", (leaf_id,))

    def last_resort(self, prekey_id: int) -> LastResortPrivate | None:
        """Return the last-resort key of this id."""
        sql = "select last_resort from weekly_keys where last_resort_id = ?"
        return self._key(LastResortPrivate.decode, sql, (prekey_id,))

    def was_seen(self, prekey_id: int, fingerprint: bytes) -> bool:
        """Tell whether this last-resort key's set holds the 32-byte `fingerprint`."""
        sql = "select count(*) from openings where last_resort_id = ? and opening = ?"
        return self._rows.number(sql, (prekey_id, fingerprint)) == 1

    def seen_count(self, prekey_id: int) -> int:
        """Return how many entries this last-resort key's set holds."""
        return self._rows.number("select count(*) from openings where last_resort_id = ?", (prekey_id,))

    def use(self, used: Used) -> None:
        """Delete the leaf, or remember the opening: its message has authenticated (Spec: HS-13)."""
        if isinstance(used, OneTimeUsed):
            self._rows.run("delete from leaves where id = ?", (used.leaf_id,))
        else:
            sql = "insert into openings(last_resort_id, opening) values (?, ?) on conflict do nothing"
            self._rows.run(sql, (used.prekey_id, used.fingerprint))

    def purge(self, now: Instant) -> None:
        """Delete what was replaced 37 days ago; a last-resort key takes its set along (Spec: HS-14)."""
        dead = (now - PRIVATE_LIFE,)
        self._rows.run(
            "delete from leaves where generation in"
            " (select generation from manifests where replaced_at > 0 and replaced_at <= ?)",
            dead,
        )
        self._rows.run("delete from manifests where replaced_at > 0 and replaced_at <= ?", dead)
        self._rows.run("delete from weekly_keys where replaced_at > 0 and replaced_at <= ?", dead)

    def _weekly(self) -> WeeklyKeys | None:
        row = self._rows.one(
            "select signed_prekey, last_resort, sealing from weekly_keys"
            " order by signed_prekey_id desc limit 1"
        )
        if row is None:
            return None
        return WeeklyKeys(
            _read(SignedPrekeyPrivate.decode, row[0]),
            _read(LastResortPrivate.decode, row[1]),
            _read(SealingPrivate.decode, row[2]),
        )

    def _key(self, decode: Callable[[bytes], _Key], sql: str, values: Values) -> _Key | None:
        row = self._rows.one(sql, values)
        return None if row is None else _read(decode, row[0])


def _read(decode: Callable[[bytes], _Key], record: bytes) -> _Key:
    """Return a record of our own; one that cannot be read is no peer's fault."""
    try:
        return decode(record)
    except RemoteError as error:
        raise VaultDamaged(DAMAGED) from error
