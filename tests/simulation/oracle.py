"""The verdict: what must hold once nothing goes wrong any more.

I1 what a client took arrives, once and in order, or its sender was told that it failed; I2 nothing
is shown twice; I3 only what was said by that person in that conversation is shown; I5
nothing escapes, nothing is refused where all are honest. And marks tell the truth: what is marked
delivered was shown.

Where homes went back to older copies: what a newer copy said, heard or was told about is lost with
it, and nothing else; people who still know each other talk on after one exchange, those who do not
add each other again; who could be told is told, and nobody else (Spec: CL-15, CL-16, CL-17, CL-23).
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import trio

from securemsg.client.alarms import BEHIND, CLOCK
from securemsg.client.step import Step
from securemsg.client.views import Direction, MessageState, MessageView
from securemsg.instant import DAY, SECOND
from securemsg.store.ids import ContactId
from tests.simulation.homes import Losses
from tests.simulation.machine import MACHINE
from tests.simulation.plan import LIES, Kind, Utterance
from tests.simulation.words import beside, first_words

if TYPE_CHECKING:
    from tests.simulation.person import Person
    from tests.simulation.station import Station
    from tests.simulation.world import World

_LOOK_SECONDS: Final = 30.0
"""Between looks whether all has arrived."""

_PATIENCE: Final = 3 * 3_600.0
"""Seconds in which all must have arrived once the world is calm."""

_AFTERMATH: Final = 720.0
"""Seconds in which nothing more may appear: a client that hears no heartbeat is back by then."""

_LOSING: Final = frozenset({Kind.DROP, Kind.LATE})
"""With these a receipt, or a change of a message, may never be seen: what comes late cannot be opened."""

_UNBROKEN: Final = LIES | {Kind.NERVES, Kind.DISK_SLOW, Kind.CLOCK, Kind.SPLIT}
"""With these only no connection ends before its hello, which relays count as a violation."""


class Oracle:
    """Waits for the end and judges it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        kinds = world.plan.kinds
        self._patience = _PATIENCE
        if Kind.CLOCK in kinds:
            # What was put off by a clock that was ahead waits until then.
            self._patience += DAY / SECOND
        self._pairs = [
            (one, other)
            for one in world.people.values()
            for other in world.people.values()
            if one is not other
        ]

    @property
    def _is_restored(self) -> bool:
        return any(person.losses is not None for person in self._world.people.values())

    async def judge(self) -> None:
        """Let all arrive, let everybody write once more, let that arrive, and compare."""
        # What was under way on a disk that failed comes to light first.
        await trio.sleep(_LOOK_SECONDS)
        if not await self._arrives(self._down if self._is_restored else self._open_ends):
            return
        await self._all_meet_again()
        # Twice, because one who is a stranger at first is known after it.
        for _ in range(2):
            await self._all_speak()
            if not await self._arrives(self._open_ends):
                return
        await trio.sleep(_AFTERMATH)
        for sender, recipient in self._pairs:
            self._compare(sender, recipient)
            self._compare_changes(sender, recipient)
        for person in self._world.people.values():
            self._look_at(person)
        for station in self._world.stations.values():
            await self._look_into(station)

    async def _all_speak(self) -> None:
        for sender, recipient in self._pairs:
            if sender.contact_of(recipient.name) is not None:
                MACHINE.set(sender)
                await sender.say(Utterance(0.0, recipient.name, 1, 0))

    async def _all_meet_again(self) -> None:
        """Let people whose homes went back add those again whom only a newer copy knew."""
        for person, other in self._pairs:
            known = other.role.account in _losses(person).accounts
            missed = person.losses is not None and other.contact_of(person.name) is not None
            if (known or missed) and person.contact_of(other.name) is None:
                MACHINE.set(person)
                await person.meet(other.name)

    async def _arrives(self, look: Callable[[], list[str]]) -> bool:
        """Wait until nothing is left to wait for; false, and a complaint, if it takes too long."""
        waited = 0.0
        while open_ends := look():
            if waited > self._patience:
                self._complain(f"I1: stuck: {'; '.join(open_ends[:5])}")
                return False
            await trio.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
        return True

    def _down(self) -> list[str]:
        """Say who is not there."""
        people = self._world.people.values()
        down = [f"{person.name} is down" for person in people if person.profile is None or person.deeds]
        return down + [f"{each.name} is down" for each in self._world.stations.values() if not each.is_up]

    def _open_ends(self) -> list[str]:
        """Say what has not arrived."""
        if down := self._down():
            return down
        people = self._world.people.values()
        waiting = [f"{person.name} has things to send" for person in people if _waits(person)]
        waiting += [f"{each.name} is not told" for each in people if _is_unwarned(each)]
        return waiting + [end for pair in self._pairs for end in self._unmarked(*pair)]

    def _unmarked(self, sender: "Person", recipient: "Person") -> list[str]:
        """Name messages that are neither delivered nor failed, and should not stay so."""
        excused = self._excused(sender, recipient)
        shown = set(_shown(sender, recipient))
        # Strangers get no receipts, and a relay may have thrown a receipt away.
        unreceipted = recipient.shuns(sender.name) or bool(self._world.plan.kinds & _LOSING)
        return [
            f"{sender.name} to {recipient.name}: {_short(message.text)} is {message.state}"
            for message in sender.messages(recipient.name, Direction.OUT)
            if message.state not in {MessageState.DELIVERED, MessageState.FAILED}
            and not message.deleted
            and not (unreceipted and first_words(message.text) in shown)
            and message.row not in excused
            and not self._is_in_doubt(message, sender, recipient)
        ]

    def _compare(self, sender: "Person", recipient: "Person") -> None:
        said = [each for each in sender.messages(recipient.name, Direction.OUT) if not each.deleted]
        shown = _shown(sender, recipient)
        pair = f"{sender.name} to {recipient.name}"
        twice = [_short(text) for text, count in Counter(shown).items() if count > 1]
        if twice:
            self._complain(f"I2: {pair}: shown more than once: {twice}")
        if foreign := set(shown) - set(sender.tried.get(recipient.name, ())):
            self._complain(f"I3: {pair}: nobody said {[_short(text) for text in sorted(foreign)[:3]]}")
        texts = [first_words(message.text) for message in said]
        gone = _losses(sender).said | sender.taken_back.get(recipient.name, set())
        if forgotten := set(sender.told.get(recipient.name, ())) - set(texts) - gone:
            self._complain(
                f"I1: {pair}: taken and forgotten: {[_short(text) for text in sorted(forgotten)[:3]]}"
            )
        self._judge_marks(sender, recipient, said, shown)
        if self._world.plan.is_honest and [text for text in texts if text in shown] != shown:
            self._complain(f"order: {pair}: {[_short(text) for text in shown]}")

    def _compare_changes(self, sender: "Person", recipient: "Person") -> None:
        """Both sides see the same of what both have, in whatever order changes came (Spec: CT-17)."""
        if self._is_restored or self._world.plan.kinds & _LOSING:
            return
        pair = f"{sender.name} to {recipient.name}"
        said = sender.messages(recipient.name, Direction.OUT)
        theirs = {each.id: each for each in recipient.messages(sender.name, Direction.IN)}
        for message in said:
            other = theirs.get(message.id)
            # Of what failed an edit goes when it is tried again.
            failed = message.state is MessageState.FAILED
            if other is not None and not failed and beside(message) != beside(other):
                self._complain(f"changes: {pair}: {beside(message)} is to them {beside(other)}")
        texts = {first_words(message.text) for message in said}
        left = (sender.taken_back.get(recipient.name, set()) - texts).intersection(_shown(sender, recipient))
        if left:
            self._complain(
                f"changes: {pair}: taken back and shown: {[_short(text) for text in sorted(left)]}"
            )

    def _judge_marks(
        self, sender: "Person", recipient: "Person", said: list[MessageView], shown: list[str]
    ) -> None:
        """Look whether what was said arrived, and whether its mark is true."""
        pair = f"{sender.name} to {recipient.name}"
        excused = self._excused(sender, recipient)
        for message in said:
            text = first_words(message.text)
            if text in sender.taken_back.get(recipient.name, ()):
                continue
            arrived = text in shown or text in _losses(recipient).heard
            if not arrived and message.state is MessageState.DELIVERED:
                self._complain(f"marks: {pair}: marked, not shown: {_short(message.text)}")
            if self._is_in_doubt(message, sender, recipient):
                continue
            if not arrived and message.state is not MessageState.FAILED and message.row not in excused:
                self._complain(f"I1: {pair}: never shown: {_short(message.text)}")

    def _excused(self, sender: "Person", recipient: "Person") -> set[int]:
        """Return the rows of messages that a relay threw away, or a newer copy of the recipient took."""
        lost = [name for station in self._world.stations.values() for name in sorted(station.liar.lost)]
        lost += sorted(_losses(recipient).taken)
        contact = sender.contact_of(recipient.name)
        if contact is None or not lost:
            return set()

        def find(step: Step) -> list[int]:
            entries = step.vault.outbox.by_submit_ids(ContactId(contact), lost)
            return [int(entry.message) for entry in entries if entry.message is not None]

        return set(sender.profile.decide(find)) if sender.profile else set()

    def _is_in_doubt(self, message: MessageView, sender: "Person", recipient: "Person") -> bool:
        """Tell whether what became of a text was told to a newer copy, or asked for in vain."""
        text = first_words(message.text)
        if text in _losses(sender).in_doubt:
            return True
        restored = sender.losses is not None or recipient.losses is not None
        unheard = restored and bool(self._world.plan.kinds & _LOSING)
        return unheard and text not in sender.said_in_calm

    def _look_at(self, person: "Person") -> None:
        notes = person.profile.decide(lambda step: step.vault.notes.counts()) if person.profile else {}
        if "quarantined" in notes or (self._world.plan.is_honest and notes):
            self._complain(f"I5: {person.name} refused {notes}")
        alarms = [
            kind for kind in person.alarms() if kind != CLOCK or Kind.CLOCK not in self._world.plan.kinds
        ]
        if alarms and person.losses is None:
            self._complain(f"alarms: {person.name} is told without a cause: {alarms}")

    async def _look_into(self, station: "Station") -> None:
        MACHINE.set(station)
        if (await station.totals()).envelopes:
            self._complain(f"I8: {station.name} keeps envelopes that were acknowledged")
        if station.violations and self._world.plan.kinds <= _UNBROKEN:
            self._complain(f"I5: {station.name} saw violations of the protocol")

    def _complain(self, what: str) -> None:
        self._world.complain(what)


def _waits(person: "Person") -> bool:
    return person.profile is not None and person.profile.waiting() > 0


def _is_unwarned(person: "Person") -> bool:
    return person.is_behind and BEHIND not in person.alarms()


def _losses(person: "Person") -> Losses:
    return person.losses or Losses()


def _shown(sender: "Person", recipient: "Person") -> list[str]:
    """Return what a recipient can read of a sender, as it was said at first."""
    heard = recipient.messages(sender.name, Direction.IN)
    return [first_words(message.text) for message in heard if not message.deleted]


def _short(text: str) -> str:
    return text.rstrip(".")
