"""Sending: for each relay that something waits for, one connection that proves nothing (Spec: CL-5, CL-7)."""

from collections import defaultdict
from functools import partial
from typing import Final

import anyio

from securemsg.client import outgoing
from securemsg.client.backoff import wait_milliseconds
from securemsg.client.deciding import Decide
from securemsg.client.link import Link, connected
from securemsg.client.problems import Refused, RelayProblem
from securemsg.client.profile import Profile
from securemsg.client.sending import open_session, seal_waiting
from securemsg.client.step import Step
from securemsg.errors import RemoteError
from securemsg.instant import SECOND
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Prekeys
from securemsg.mailbox.requests import FetchPrekeys, Submit
from securemsg.mailbox.tokens import SendToken
from securemsg.store.outbox import OutboxEntry

IDLE_SECONDS: Final = 60.0
"""A connection that has had nothing to send for so long is closed (Spec: CL-7)."""

CONTACTS_AT_ONCE: Final = 64
"""Contacts served in one round."""


class Courier:
    """Submits what is due; woken by `wake`."""

    def __init__(self, profile: Profile, decide: Decide) -> None:
        self._profile = profile
        self._decide = decide
        self._woken: dict[RelayAddress, anyio.Event] = {}
        self._stir = anyio.Event()

    def wake(self) -> None:
        """Look at the outbox again: something was queued, or a contact can be written to again."""
        self._stir.set()

    async def run(self) -> None:
        """Keep a connection for each relay with due entries, until cancelled."""
        async with anyio.create_task_group() as tasks:
            while True:
                self._stir = anyio.Event()
                due, pause = await self._decide(_look)
                for address in due:
                    if address in self._woken:
                        self._woken[address].set()
                    else:
                        self._woken[address] = anyio.Event()
                        tasks.start_soon(self._serve, address)
                with anyio.move_on_after(pause):
                    await self._stir.wait()

    async def _serve(self, address: RelayAddress) -> None:
        """Submit to one relay until nothing was due for a while."""
        failures = 0
        try:
            while True:
                try:
                    async with connected(address, self._profile.clock, self._profile.entropy) as link:
                        failures = 0
                        await self._submit_all(address, link)
                        return
                except RelayProblem as problem:
                    await self._decide(partial(_put_off_all, address=address, problem=problem))
                await anyio.sleep(wait_milliseconds(failures, self._profile.entropy) / SECOND)
                failures += 1
        finally:
            del self._woken[address]

    async def _submit_all(self, address: RelayAddress, link: Link) -> None:
        while True:
            self._woken[address] = anyio.Event()
            entries = (await self._decide(_due_by_relay)).get(address, [])
            if entries:
                async with anyio.create_task_group() as tasks:
                    for entry in entries:
                        tasks.start_soon(self._submit, link, entry)
                if link.problem is not None:
                    raise link.problem
                continue
            with anyio.move_on_after(IDLE_SECONDS) as idle:
                await self._woken[address].wait()
            if idle.cancelled_caught:
                return

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
        token = SendToken(address.token.expose())
        prekeys = await link.ask(FetchPrekeys(address.mailbox, token))
        if isinstance(prekeys, Prekeys):
            await self._decide(lambda step: open_session(step, contact, prekeys))

    async def _put_off(self, entry: OutboxEntry, error: RemoteError) -> None:
        await self._decide(lambda step: outgoing.put_off(step, entry, error))


def _due_by_relay(step: Step) -> dict[RelayAddress, list[OutboxEntry]]:
    due: dict[RelayAddress, list[OutboxEntry]] = defaultdict(list)
    for entry in step.vault.outbox.due(step.now, CONTACTS_AT_ONCE):
        if entry.sealed is not None:
            due[entry.sealed.relay].append(entry)
            continue
        address = step.vault.addresses.get(entry.contact)
        if address is not None:
            due[address.relay].append(entry)
    return dict(due)


def _look(step: Step) -> tuple[list[RelayAddress], float | None]:
    """Return which relays have something due, and the seconds until more is."""
    due = list(_due_by_relay(step))
    following = step.vault.outbox.next_due()
    if following is None or following <= step.now:
        return due, None
    return due, (following - step.now) / SECOND


def _put_off_all(step: Step, address: RelayAddress, problem: RelayProblem) -> None:
    """Note at each entry for a relay why it waits; the wait itself is the connection's (Spec: CL-6)."""
    for entry in _due_by_relay(step).get(address, []):
        outgoing.explain(step, entry, problem)
