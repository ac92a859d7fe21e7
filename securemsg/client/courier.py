"""Sending: for each relay that something waits for, one connection that proves nothing (Spec: CL-5, CL-7)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

import anyio

from securemsg.client import outgoing
from securemsg.client.backoff import Backoff
from securemsg.client.deciding import Decide
from securemsg.client.link import Link, connected
from securemsg.client.problems import Refused, RelayProblem
from securemsg.client.profile import Profile
from securemsg.client.sending import go_on_without, open_session, seal_anyway, seal_waiting
from securemsg.client.step import Step
from securemsg.errors import AuthenticationError, FrameError, RemoteError
from securemsg.instant import LAST_INSTANT, SECOND, Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Prekeys
from securemsg.mailbox.requests import FetchPrekeys, Submit
from securemsg.mailbox.tokens import SendToken
from securemsg.store.addresses import ContactAddress
from securemsg.store.ids import ContactId
from securemsg.store.outbox import OutboxEntry

IDLE_SECONDS: Final = 60.0
"""A connection that has had nothing to send for so long is closed (Spec: CL-7)."""

REST_SECONDS: Final = 600.0
"""Between two requests for prekeys for a session that could be newer but still serves (Spec: CL-19)."""

HASTE_SECONDS: Final = 5.0
"""Between two dials that a person brings forward: many messages to a relay that is down are no flood."""

CONTACTS_AT_ONCE: Final = 64
"""Contacts served in one round on one connection."""

CONTACTS_SEEN: Final = 1_000
"""Contacts looked at for whom something waits: those of a relay that is down must not hide the others."""


class _Served:
    """What wakes the task that serves one relay."""

    __slots__ = ("calm_until", "hurried", "queued")

    queued: anyio.Event
    """Something is due."""

    hurried: anyio.Event
    """A person wrote."""

    def __init__(self) -> None:
        self.take_up()
        self.calm_until = 0.0

    def take_up(self) -> None:
        """Begin with all that there is: what wakes us from now on has come after."""
        self.queued = anyio.Event()
        self.hurried = anyio.Event()

    async def rest(self, seconds: float) -> None:
        """Wait before the next dial; what the person does ends it (Spec: CL-6, MB-13)."""
        with anyio.move_on_after(seconds):
            await self.hurried.wait()
            await anyio.sleep_until(self.calm_until)
            self.calm_until = anyio.current_time() + HASTE_SECONDS


class Courier:
    """Submits what is due; woken by `wake`."""

    def __init__(self, profile: Profile, decide: Decide) -> None:
        self._profile = profile
        self._decide = decide
        self._served: dict[RelayAddress, _Served] = {}
        self._hurried: set[ContactId] = set()
        self._rests = dict[ContactId, float]()
        self._stir = anyio.Event()

    def wake(self, hurried: Collection[ContactId] = ()) -> None:
        """Look at the outbox again: something was queued, or a contact can be written to again.

        To those who are `hurried` the person has just written.
        """
        self._hurried.update(hurried)
        self._stir.set()

    async def run(self) -> None:
        """Keep a connection for each relay with due entries, until cancelled."""
        async with anyio.create_task_group() as tasks:
            while True:
                self._stir = anyio.Event()
                due, pause = await self._decide(_look)
                for address, contacts in due.items():
                    # Whom this look did not see yet the next one will: each wakes a dial once.
                    hurried = self._hurried & contacts
                    self._hurried -= contacts
                    served = self._served.get(address)
                    if served is None:
                        self._served[address] = served = _Served()
                        tasks.start_soon(self._serve, address, served)
                        continue
                    served.queued.set()
                    if hurried:
                        served.hurried.set()
                with anyio.move_on_after(pause):
                    await self._stir.wait()

    async def _serve(self, address: RelayAddress, served: _Served) -> None:
        """Submit to one relay until nothing was due for a while."""
        backoff = Backoff(self._profile.entropy)
        try:
            while address in await self._decide(_due):
                began = anyio.current_time()
                served.take_up()
                try:
                    async with connected(address, self._profile.network) as link:
                        await self._submit_all(address, served, link)
                except RelayProblem as problem:
                    await self._decide(partial(_explain_all, address=address, problem=problem))
                    pause = backoff.after(anyio.current_time() - began, problem)
                    await served.rest(pause / SECOND)
        finally:
            del self._served[address]
            # Whatever was queued since the last look would have woken us in vain.
            self._stir.set()

    async def _submit_all(self, address: RelayAddress, served: _Served, link: Link) -> None:
        while True:
            served.take_up()
            entries = (await self._decide(_due)).get(address, [])[:CONTACTS_AT_ONCE]
            if entries:
                async with anyio.create_task_group() as tasks:
                    for entry in entries:
                        tasks.start_soon(self._submit, link, entry)
                if link.problem is not None:
                    raise link.problem
                continue
            with anyio.move_on_after(IDLE_SECONDS) as idle:
                await served.queued.wait()
            if idle.cancelled_caught:
                return
            if link.problem is not None:
                if served.hurried.is_set():
                    # That it ended while it was idle is no failure of what the person wrote since.
                    return
                raise link.problem

    async def _submit(self, link: Link, entry: OutboxEntry) -> None:
        """Bring one entry one step further: open a session for it, or hand it over."""
        try:
            if entry.sealed is None:
                await self._open_session(link, entry)
                return
            sealed = entry.sealed
            token = SendToken(sealed.token.expose())
            await link.ask(Submit(sealed.mailbox, token, sealed.submit_id, sealed.envelope))
            await self._decide(lambda step: outgoing.accepted(step, sealed.submit_id))
        except Refused as refusal:
            await self._put_off(entry, refusal)
        except RelayProblem:
            # The link has ended; its owner dials again, and the entry is due again then.
            return
        except RemoteError as error:
            await self._put_off(entry, error)

    async def _open_session(self, link: Link, entry: OutboxEntry) -> None:
        contact = entry.contact
        if await self._decide(lambda step: seal_waiting(step, contact)):
            return
        address = await self._decide(lambda step: step.vault.addresses.get(contact))
        if address is None:
            return
        rests = anyio.current_time() < self._rests.get(contact, 0.0)
        if rests and await self._decide(lambda step: seal_anyway(step, contact)):
            return
        try:
            await self._fetch(link, contact, address)
        except (Refused, AuthenticationError, FrameError) as error:
            refusal = error
            if not await self._decide(lambda step: go_on_without(step, contact, refusal)):
                raise
            self._rests[contact] = anyio.current_time() + REST_SECONDS

    async def _fetch(self, link: Link, contact: ContactId, address: ContactAddress) -> None:
        request = FetchPrekeys(address.mailbox, SendToken(address.token.expose()))
        prekeys = await link.ask(request)
        if isinstance(prekeys, Prekeys):
            await self._decide(lambda step: open_session(step, contact, prekeys))

    async def _put_off(self, entry: OutboxEntry, error: RemoteError) -> None:
        await self._decide(lambda step: outgoing.put_off(step, entry, error))


def _heads(step: Step) -> list[OutboxEntry]:
    """Return the first waiting entry of each contact, whether its time has come or not."""
    return step.vault.outbox.due(Instant(LAST_INSTANT), CONTACTS_SEEN)


def _due(step: Step) -> dict[RelayAddress, list[OutboxEntry]]:
    """Return what may leave now, by the relay that it is for."""
    return _due_of(step, _heads(step))


def _due_of(step: Step, heads: Sequence[OutboxEntry]) -> dict[RelayAddress, list[OutboxEntry]]:
    due: dict[RelayAddress, list[OutboxEntry]] = defaultdict(list)
    for entry in heads:
        if entry.not_before > step.now:
            continue
        if entry.sealed is not None:
            due[entry.sealed.relay].append(entry)
            continue
        address = step.vault.addresses.get(entry.contact)
        if address is not None:
            due[address.relay].append(entry)
    return dict(due)


def _look(step: Step) -> tuple[dict[RelayAddress, set[ContactId]], float | None]:
    """Return which relays have something due, for whom, and the seconds until more is."""
    heads = _heads(step)
    later = [entry.not_before for entry in heads if entry.not_before > step.now]
    due = _due_of(step, heads).items()
    contacts = {address: {entry.contact for entry in entries} for address, entries in due}
    return contacts, (min(later) - step.now) / SECOND if later else None


def _explain_all(step: Step, address: RelayAddress, problem: RelayProblem) -> None:
    """Note at each entry for a relay why it waits; the wait itself is the connection's (Spec: CL-6)."""
    for entry in _due(step).get(address, []):
        outgoing.explain(step, entry, problem)
