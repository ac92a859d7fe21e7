"""08, section 2, and 09: what a relay answers, as one machine in memory without time or disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.reference import hello
from tests.reference.blobs import Blobs, CodeError, check
from tests.reference.curve25519 import check_ed25519
from tests.reference.refusal import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    Values = list[Any]  # elements of frames that were read before: their kinds are known

REFUSED, SLOW_DOWN, REGISTRATION, TOO_LARGE, NOT_PROVEN, NO_PREKEYS, CONFLICT = 1, 3, 4, 5, 6, 9, 10
LARGEST = 2**31
FETCHES, LOW, POSITIONS, PROVEN, TOKENS = 30, 20, 256, 64, 256
DONE, ACCEPTED, DELIVER, PREKEYS, LOW_SHELF, FAILED, GOODBYE, CAUGHT_UP, SUBSCRIBED = range(129, 138)


@dataclass
class Box:
    """A mailbox and its shelf."""

    owner: bytes
    tokens: set[bytes]
    queue: dict[int, Values] = field(default_factory=dict)
    newest: int = 0
    acknowledged: int = 0
    submits: set[bytes] = field(default_factory=set)
    generation: int = 0
    manifest: bytes = b""
    leaves: dict[int, bytes] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)
    fetches: int = FETCHES
    reader: Connection | None = None


@dataclass
class Connection:
    """One connection after the hellos; `heard` are the events that the relay pushed."""

    proven: dict[bytes, bytes] = field(default_factory=dict)  # mailboxes with the keys of their owners
    role: str = ""
    delivered: dict[bytes, int] = field(default_factory=dict)
    caught_up: set[bytes] = field(default_factory=set)
    heard: list[Values] = field(default_factory=list)


@dataclass
class Relay:
    """All mailboxes, and what the hello told."""

    registration: int
    max_envelope: int
    window: int
    boxes: dict[bytes, Box] = field(default_factory=dict)
    blobs: Blobs = field(default_factory=lambda: Blobs(LARGEST))

    def ask(self, on: Connection, value: Values) -> Values:
        """Give the answer to a request; events join what its readers heard."""
        kind, number, *rest = value
        asked: dict[int, Callable[..., Values]] = {
            2: self._create,
            4: self._submit,
            5: self._subscribe,
            6: self._acknowledge,
            7: self._tokens,
            8: self._manifest,
            9: self._leaves,
            10: self._fetch,
            11: lambda _on: [DONE],
            12: lambda _on, *rest: self._blob((rest[0], rest[1]), rest[2], rest[3:]),
            13: lambda _on, *rest: self.blobs.put(*rest),
            14: lambda _on, *rest: self.blobs.look(*rest),
            15: lambda _on, *rest: self.blobs.get(*rest),
            16: lambda _on, *rest: self.blobs.delete(*rest),
            18: self._remove,
            17: lambda _on, *rest: self.blobs.release(*rest),
        }
        try:
            self._may(on, kind, rest)
            answer, *fields = asked[kind](on, *rest)
        except CodeError as failed:
            return [FAILED, number, failed.code, 0]
        self._push()
        return [answer, number, *fields]

    def prove(self, on: Connection, number: int, mailbox: bytes, proof: tuple[bytes, bytes]) -> Values:
        """MB-5; `proof` is (body, signature)."""
        one_more = mailbox not in on.proven
        try:
            check(CONFLICT, not on.role, not one_more or len(on.proven) < PROVEN)
            check(REFUSED, mailbox in self.boxes)
            hello.check_proof(self.boxes[mailbox].owner, *proof)
        except CodeError as failed:
            return [FAILED, number, failed.code, 0]
        except RefusedError:
            return [FAILED, number, REFUSED, 0]
        on.proven[mailbox] = self.boxes[mailbox].owner
        return [DONE, number]

    def _may(self, on: Connection, kind: int, rest: Values) -> None:
        """MB-6, MB-29."""
        role = "reader" if kind == 15 else "sender" if kind in {4, 10, 12, 13, 14, 16} else ""
        if role:
            check(CONFLICT, not on.proven, on.role in {"", role})
            on.role = role
        if kind in {5, 6, 7, 8, 9, 17, 18}:
            check(NOT_PROVEN, rest[0] in on.proven)
            box = self.boxes.get(rest[0])
            check(REFUSED, box is not None and box.owner == on.proven[rest[0]])

    def _with_token(self, mailbox: bytes, token: bytes) -> Box:
        check(REFUSED, mailbox in self.boxes)
        box = self.boxes[mailbox]
        check(REFUSED, hashlib.sha256(token).digest() in box.tokens)
        return box

    def _create(
        self, _on: Connection, mailbox: bytes, owner: bytes, hashes: Values, _invitation: Values
    ) -> Values:
        """MB-4, without invitations."""
        box = self.boxes.get(mailbox)
        if box is not None and box.owner == owner:
            return [DONE]
        check(REGISTRATION, self.registration == 2)
        try:
            check_ed25519(owner)
        except RefusedError:
            raise CodeError(REFUSED) from None
        check(REFUSED, box is None)
        self.boxes[mailbox] = Box(owner, set(hashes))
        return [DONE]

    def _submit(
        self, _on: Connection, mailbox: bytes, token: bytes, submit_id: bytes, envelope: bytes
    ) -> Values:
        """MB-7."""
        check(TOO_LARGE, len(envelope) <= self.max_envelope)
        box = self._with_token(mailbox, token)
        if submit_id not in box.submits:
            box.newest += 1
            box.submits.add(submit_id)
            box.queue[box.newest] = [submit_id, envelope]
        return [ACCEPTED]

    def _subscribe(self, on: Connection, mailbox: bytes) -> Values:
        """MB-8, MB-9, MB-14."""
        box = self.boxes[mailbox]
        check(CONFLICT, box.reader is not on)
        if box.reader is not None:
            box.reader.heard.append([GOODBYE, 0])
        box.reader, on.delivered[mailbox] = on, box.acknowledged
        on.heard.append([LOW_SHELF, mailbox, box.generation, len(box.leaves)])
        return [SUBSCRIBED, box.acknowledged, box.newest]

    def _acknowledge(self, _on: Connection, mailbox: bytes, sequence: int) -> Values:
        """MB-8."""
        box = self.boxes[mailbox]
        check(CONFLICT, sequence <= box.newest)
        box.queue = {at: stored for at, stored in box.queue.items() if at > sequence}
        box.acknowledged = max(box.acknowledged, sequence)
        return [DONE]

    def _tokens(self, _on: Connection, mailbox: bytes, added: Values, revoked: Values) -> Values:
        """MB-3."""
        box = self.boxes[mailbox]
        tokens = (box.tokens | set(added)) - set(revoked)
        check(CONFLICT, len(tokens) <= TOKENS)
        box.tokens = tokens
        return [DONE]

    def _manifest(self, _on: Connection, mailbox: bytes, generation: int, manifest: bytes) -> Values:
        """MB-9."""
        box = self.boxes[mailbox]
        if generation <= box.generation:
            check(CONFLICT, (generation, manifest) == (box.generation, box.manifest))
            return [DONE]
        box.generation, box.manifest, box.leaves, box.filled = generation, manifest, {}, set()
        return [DONE]

    def _leaves(self, _on: Connection, mailbox: bytes, generation: int, first: int, leaves: Values) -> Values:
        """MB-9."""
        box = self.boxes[mailbox]
        check(CONFLICT, generation == box.generation, generation > 0, first + len(leaves) <= POSITIONS)
        for position, leaf in enumerate(leaves, first):
            if position not in box.filled:
                box.filled.add(position)
                box.leaves[position] = leaf
        return [DONE]

    def _fetch(self, _on: Connection, mailbox: bytes, token: bytes) -> Values:
        """MB-9, RL-6 at a standing clock."""
        box = self._with_token(mailbox, token)
        check(NO_PREKEYS, box.generation > 0)
        check(SLOW_DOWN, box.fetches > 0)
        box.fetches -= 1
        lowest = min(box.leaves, default=0)
        leaf = [lowest, box.leaves.pop(lowest)] if box.leaves else []
        if box.reader is not None and len(box.leaves) < LOW:
            box.reader.heard.append([LOW_SHELF, mailbox, box.generation, len(box.leaves)])
        return [PREKEYS, box.generation, box.manifest, leaf]

    def _remove(self, on: Connection, mailbox: bytes) -> Values:
        """MB-29."""
        reader = self.boxes.pop(mailbox).reader
        if reader is not None and reader is not on:
            reader.heard.append([GOODBYE, 0])
        del on.proven[mailbox]
        self.blobs.remove(mailbox)
        return [DONE]

    def _blob(self, right: tuple[bytes, bytes], blob: bytes, made: tuple[Any, ...]) -> Values:
        """MB-24."""
        self._with_token(*right)
        return list(self.blobs.create(blob, (right[0], *made)))

    def _push(self) -> None:
        """MB-8: deliver what the windows allow."""
        for mailbox, box in self.boxes.items():
            on = box.reader
            if on is None:
                continue
            waiting = [at for at in box.queue if at > on.delivered[mailbox]]
            free = self.window - sum(at <= on.delivered[mailbox] for at in box.queue)
            for at in waiting[:free]:
                on.heard.append([DELIVER, mailbox, at, *box.queue[at]])
                on.delivered[mailbox] = at
            if len(waiting) <= free and mailbox not in on.caught_up:
                on.caught_up.add(mailbox)
                on.heard.append([CAUGHT_UP, mailbox])
