"""Bugs to plant: a simulator that does not find them proves nothing about the product."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import shake_256
from typing import Final, TypeAlias

import anyio
import apsw
import pytest

from relay.storage.operations import Append
from relay.storage.sqlite import database
from relay.subscriptions import Subscription
from securemsg.client import inbox, outgoing, receiving
from securemsg.client.chores import Chores
from securemsg.client.courier import Courier
from securemsg.client.inbox import Inbox
from securemsg.client.link import Link, Pushed
from securemsg.client.step import Step
from securemsg.crypto.entropy import Entropy
from securemsg.ids import SubmitId
from securemsg.instant import Instant
from securemsg.mailbox.answers import Answer, Deliver, Subscribed
from securemsg.mailbox.requests import Request, Submit
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.state import Active
from securemsg.store import connection
from securemsg.store.outbox import OutboxEntry
from securemsg.store.received import Received
from tests.simulation import seals
from tests.simulation.plan import Kind
from tests.support.entropy import SeededEntropy

Plant: TypeAlias = Callable[[pytest.MonkeyPatch], None]


def acknowledge_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The client lets the relay forget what it has not stored yet (against CL-3)."""
    take = Inbox._take

    async def hasty(self: Inbox, link: Link, chores: Chores, event: Pushed) -> None:
        if isinstance(event, Deliver):
            chores.handled(event.sequence)
            await anyio.sleep(1)
        await take(self, link, chores, event)

    patch.setattr(Inbox, "_take", hasty)


def handle_repeats(patch: pytest.MonkeyPatch) -> None:
    """The client does not know what it has handled (against CL-3)."""

    def always(_self: Received, _submit_id: SubmitId, _now: Instant) -> bool:
        return True

    patch.setattr(Received, "mark", always)


def forget_before_accepted(patch: pytest.MonkeyPatch) -> None:
    """The client counts as accepted what it is about to submit (against CL-6)."""
    submit = Courier._submit

    async def hasty(self: Courier, link: Link, entry: OutboxEntry) -> None:
        sealed = entry.sealed

        def forget(step: Step) -> None:
            if sealed is not None:
                outgoing.accepted(step, sealed.submit_id)

        await self._decide(forget)
        await submit(self, link, entry)

    patch.setattr(Courier, "_submit", hasty)


def rename_repeats(patch: pytest.MonkeyPatch) -> None:
    """The client submits again under another name, so that the relay cannot know a repeat (against CL-2)."""
    ask, names = Link.ask, SeededEntropy()

    async def renamed(self: Link, request: Request) -> Answer:
        if isinstance(request, Submit):
            request = replace(request, submit_id=SubmitId(names(SubmitId.WIDTH)))
        return await ask(self, request)

    patch.setattr(Link, "ask", renamed)


def commit_without_sync(patch: pytest.MonkeyPatch) -> None:
    """The relay answers before its disk has what it accepted (against RL-1)."""
    configure = database._configure

    def careless(opened: apsw.Connection) -> None:
        configure(opened)
        opened.pragma("synchronous", "OFF")

    patch.setattr(database, "_configure", careless)


def keep_without_sync(patch: pytest.MonkeyPatch) -> None:
    """The client says that a message is kept before its disk has it (against ST-4)."""
    others = tuple(each for each in connection.SETTINGS if "synchronous" not in each)
    patch.setattr(connection, "SETTINGS", (*others, "pragma synchronous = off"))


def miss_a_wake(patch: pytest.MonkeyPatch) -> None:
    """The relay does not tell an owner who listens of what arrives meanwhile (against MB-8)."""

    def sleep_on(_self: Subscription, _append: Append, _sequence: int) -> None:
        pass

    patch.setattr(Subscription, "stored", sleep_on)


def trust_the_copy(patch: pytest.MonkeyPatch) -> None:
    """The client does not mind that the relay has seen more of it than it has (against CL-15)."""

    def believe(_step: Step, _told: Subscribed) -> None:
        pass

    patch.setattr(inbox, "take_position", believe)


def go_on_after_a_loss(patch: pytest.MonkeyPatch) -> None:
    """The client does not see that a peer has lost a session (against CL-23)."""

    def ignore(_step: Step, *_what: object) -> None:
        pass

    for sign in ("notice_lost", "take_renewal", "report"):
        patch.setattr(receiving, sign, ignore)


def salt_by_place(patch: pytest.MonkeyPatch) -> None:
    """What is random in a message follows from its place: an older copy repeats keys (against RT-5)."""

    def seal(state: Active, content: bytes, _entropy: Entropy) -> tuple[Active, bytes]:
        place = state.turn.ours.public + state.sending.number.to_bytes(4, "big")
        return seal_message(state, content, lambda count: shake_256(place).digest(count))

    patch.setattr(seals, "seal_message", seal)


PLANTS: Final[dict[str, tuple[Plant, frozenset[Kind]]]] = {
    "acknowledge before commit": (
        acknowledge_before_commit,
        frozenset({Kind.CLIENT_DIES, Kind.CLIENT_STOPS}),
    ),
    "handle repeats": (handle_repeats, frozenset({Kind.CLIENT_DIES, Kind.CUT})),
    "forget before accepted": (forget_before_accepted, frozenset({Kind.CUT, Kind.RELAY_DIES, Kind.NO_WAY})),
    "rename repeats": (rename_repeats, frozenset({Kind.CUT, Kind.RELAY_DIES})),
    "commit without sync": (commit_without_sync, frozenset({Kind.RELAY_POWER})),
    "keep without sync": (keep_without_sync, frozenset({Kind.CLIENT_POWER})),
    "miss a wake": (miss_a_wake, frozenset({Kind.SPLIT})),
    "trust the copy": (trust_the_copy, frozenset({Kind.RESTORE})),
    "go on after a loss": (go_on_after_a_loss, frozenset({Kind.RESTORE, Kind.RELAY_STOPS})),
    "salt by place": (salt_by_place, frozenset({Kind.RESTORE})),
}
"""By name, with the kinds of faults that bring each to light."""
