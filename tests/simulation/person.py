"""A person with a client: what they do, and what they were told."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import trio
from typing_extensions import override

from securemsg.client import Engine, Profile
from securemsg.client.saying import EDITED_WITHIN
from securemsg.client.views import Direction, MessageKind, MessageView
from securemsg.instant import SECOND, Instant
from securemsg.store.contacts import ContactUnknown
from securemsg.store.errors import StorageFailed
from securemsg.store.ids import ContactId
from securemsg.store.vault import Vault
from tests.simulation.cast import START, Role
from tests.simulation.disk import Medium
from tests.simulation.homes import Losses, holdings
from tests.simulation.machine import Machine
from tests.simulation.plan import Correction, Deed, Kind, Meeting, Touch, Utterance, Withdrawal
from tests.simulation.words import edited, first_words
from tests.store.vaults import PASSPHRASE
from tests.support.entropy import SeededEntropy

if TYPE_CHECKING:
    from tests.simulation.world import World


class Person(Machine):
    """A machine with a real vault and a real engine, and somebody who types."""

    def __init__(self, world: "World", role: Role, deeds: tuple[Deed, ...]) -> None:
        super().__init__(world, role.name, {"vault.db": role.files["vault.db"]})
        (self.folder / "vault.slots").write_bytes(role.files["vault.slots"])
        self.role = role
        self.skew = 0
        """Milliseconds by which the clock is ahead."""

        self.losses: Losses | None = None
        """What went when the home went back in time, if it did."""

        self.is_behind = False
        """Whether the relay can tell that the home did."""

        self.deeds = list(deeds)
        self.told: dict[str, list[str]] = {}
        """To whom, what the client took: it said that it is on disk."""

        self.tried: dict[str, list[str]] = {}
        """To whom, what was typed: some of it was cancelled, or the machine died meanwhile."""

        self.taken_back: dict[str, set[str]] = {}
        """To whom, what was to be deleted for both: the machine may have died meanwhile."""

        self.said_in_calm: set[str] = set()
        """What was typed when nothing went wrong any more."""

        self.profile: Profile | None = None
        self.engine: Engine | None = None

    def clock(self) -> Instant:
        """Tell what the clock of this machine shows."""
        return Instant(START + int(trio.current_time() * SECOND) + self.skew)

    @override
    async def program(self) -> None:
        try:
            profile = self._open()
        except StorageFailed:
            self.excuse_disk()
            return
        try:
            self.profile, self.engine = profile, Engine(profile)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self.engine.run)
                nursery.start_soon(self._act)
        except* StorageFailed:
            self.excuse_disk()
        finally:
            self.profile = self.engine = None
            try:
                profile.close()
            except StorageFailed:
                self.note("could not close the vault")

    def go_back(self, older: Medium, pause: float) -> None:
        """Have an older copy of the home from now on."""
        self.note("is restored from the copy")
        before, after = holdings(self.medium, self.folder), holdings(older, self.folder)
        self.losses = self.losses or Losses()
        self.losses.add(after, before)
        relay = self.world.stations[self.role.relay].liar
        self.is_behind = relay.acknowledged.get(self.role.mailbox.mailbox, 0) > after.position
        self.replace_disk(older.copy(), pause)

    def alarms(self) -> list[str]:
        """Return the kinds of alarm that stand."""
        assert self.profile is not None
        return [alarm.kind for alarm in self.profile.alarms()]

    def excuse_disk(self) -> None:
        """Accept that the disk failed, where it may."""
        self.note("cannot store")
        if not self.world.plan.kinds & {Kind.DISK_FAILS, Kind.DISK_FULL} and self.is_up:
            self.world.complain(f"I5: {self.name}'s sound disk failed")

    def contact_of(self, name: str) -> int | None:
        """Return our contact for a person, if we have one."""
        assert self.profile is not None
        try:
            return self.profile.find_contact(self.world.people[name].role.account).contact
        except ContactUnknown:
            return None

    def messages(self, name: str, direction: Direction) -> list[MessageView]:
        """Return what was said with somebody in one direction, in the order that is shown."""
        contact = self.contact_of(name)
        assert self.profile is not None
        if contact is None:
            return []
        found = self.profile.messages(contact, limit=100_000)
        return [message for message in found if message.direction is direction]

    def shuns(self, name: str) -> bool:
        """Tell whether somebody wrote to us whom we have not answered yet."""
        contact = self.contact_of(name)
        assert self.profile is not None
        return contact is not None and self.profile.decide(
            lambda step: not step.vault.contacts.get(ContactId(contact)).accepted
        )

    async def meet(self, name: str) -> None:
        """Add somebody's contact link."""
        assert self.engine is not None
        link = self.world.people[name].role.link
        await self.engine.perform(partial(Profile.add_contact, link=link, alias=name))
        self.note(f"adds {name}")

    async def say(self, utterance: Utterance) -> None:
        """Type a text, and perhaps give up before it is taken."""
        assert self.engine is not None
        typed = self.tried.setdefault(utterance.to, [])
        text = f"{self.name} to {utterance.to} {len(typed)} ".ljust(utterance.size, ".")
        typed.append(text)
        if self.world.calm.is_set():
            self.said_in_calm.add(text)
        with trio.CancelScope() as scope:
            if Kind.NERVES in self.world.plan.kinds and not self.world.calm.is_set():
                task = trio.lowlevel.current_task()
                self.world.steps.after(task, utterance.nerve, scope.cancel)
            try:
                await self.engine.perform(lambda profile: self._queue(profile, utterance.to, text))
            except ContactUnknown:
                self.note(f"does not know {utterance.to}")
                return
            self.told.setdefault(utterance.to, []).append(text)
            self.note(f"says to {utterance.to}: {len(typed) - 1}")
        if scope.cancelled_caught:
            self.note(f"gave up saying to {utterance.to}: {len(typed) - 1}")

    async def touch(self, touch: Touch) -> None:
        """Put a sign beside something that was said, if there is anything."""

        def react(profile: Profile) -> None:
            if said := self._texts(profile, touch.whom):
                profile.react(said[touch.which % len(said)].row, touch.sign)

        await self._change(react, f"reacts to {touch.whom}")

    async def correct(self, correction: Correction) -> None:
        """Let something of the last day say something else, if there is anything."""

        def edit(profile: Profile) -> None:
            since = self.clock() - EDITED_WITHIN
            said = [each for each in self._own_texts(profile, correction.whom) if each.sent_at >= since]
            if said:
                message = said[correction.which % len(said)]
                profile.edit(message.row, edited(message.text, f"{correction.at}"))

        await self._change(edit, f"edits what was said to {correction.whom}")

    async def withdraw(self, withdrawal: Withdrawal) -> None:
        """Take something back, if there is anything."""

        def delete(profile: Profile) -> None:
            if said := self._own_texts(profile, withdrawal.whom):
                message = said[withdrawal.which % len(said)]
                self.taken_back.setdefault(withdrawal.whom, set()).add(first_words(message.text))
                profile.delete_for_all([message.row])

        await self._change(delete, f"takes back what was said to {withdrawal.whom}")

    async def _change(self, work: Callable[[Profile], None], note: str) -> None:
        assert self.engine is not None
        try:
            await self.engine.perform(work)
        except ContactUnknown:
            return
        self.note(note)

    def _texts(self, profile: Profile, name: str) -> list[MessageView]:
        contact = profile.find_contact(self.world.people[name].role.account).contact
        return [
            each for each in profile.messages(contact) if each.kind is MessageKind.TEXT and not each.deleted
        ]

    def _own_texts(self, profile: Profile, name: str) -> list[MessageView]:
        return [each for each in self._texts(profile, name) if each.direction is Direction.OUT]

    def _queue(self, profile: Profile, name: str, text: str) -> None:
        contact = profile.find_contact(self.world.people[name].role.account).contact
        profile.queue_text(contact, text)

    def _open(self) -> Profile:
        self.medium.sketch(self.folder)
        entropy = SeededEntropy(self.world.number(f"{self.name} {self.starts}"))
        return Profile(Vault.open(self.folder, PASSPHRASE), self.clock, entropy)

    async def _act(self) -> None:
        while self.deeds:
            await trio.sleep_until(self.deeds[0].at)
            # A deed is not repeated where it went wrong.
            match self.deeds.pop(0):
                case Meeting(_, whom):
                    await self.meet(whom)
                case Utterance() as utterance:
                    await self.say(utterance)
                case Touch() as touch:
                    await self.touch(touch)
                case Correction() as correction:
                    await self.correct(correction)
                case Withdrawal() as withdrawal:
                    await self.withdraw(withdrawal)
        await trio.sleep_forever()
