"""People with real vaults, and a post office that carries by hand what a relay would."""

from collections.abc import Callable, Iterable
from pathlib import Path

from securemsg.client import outgoing, upkeep
from securemsg.client.problems import Refused
from securemsg.client.profile import Profile
from securemsg.client.receiving import receive
from securemsg.client.sending import go_on_without, open_session, seal_waiting
from securemsg.client.step import Step
from securemsg.client.views import ConversationView, Direction, MessageKind, MessageState, MessageView
from securemsg.crypto.ed25519 import SigningKey
from securemsg.errors import RemoteError
from securemsg.identity.access import LinkSecret
from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.identity.link import ContactLink
from securemsg.ids import MailboxId
from securemsg.instant import Instant
from securemsg.mailbox.answers import (
    Accepted,
    Answer,
    Deliver,
    Done,
    ErrorCode,
    Failed,
    LowShelf,
    Prekeys,
    SealedLeaf,
)
from securemsg.mailbox.requests import FetchPrekeys, PublishLeaves, PublishManifest, SetTokens, Submit
from securemsg.mailbox.tokens import SendToken
from securemsg.store.ids import ContactId
from securemsg.store.outbox import OutboxEntry
from securemsg.store.owner import Owner
from securemsg.store.vault import Vault
from tests.client.box import Box
from tests.store.vaults import CHEAP, PASSPHRASE
from tests.support.entropy import SeededEntropy

MORNING = Instant(1_700_000_000_000)
ROUNDS = 40
"""Rounds after which a settlement that still moves is taken for endless."""


_LINES = (MessageKind.TIMER, MessageKind.NAME, MessageKind.IDENTITY)


class PostOffice:
    """Stores envelopes and shelves; `submitted` is every submit that arrived, in order."""

    def __init__(self, folder: Path, start: Instant = MORNING) -> None:
        self.folder = folder
        self.now = start
        self.boxes: dict[MailboxId, Box] = {}
        self.people: list[Person] = []
        self.submitted: list[Submit] = []
        self.on_fetch: Callable[[Prekeys], Prekeys] = lambda prekeys: prekeys

    def pass_time(self, milliseconds: int) -> None:
        """Let it be later."""
        self.now = Instant(self.now + milliseconds)

    def person(self, name: str, account: Account | None = None, secret: LinkSecret | None = None) -> "Person":
        """Return a new person at home; `account` is one that another has too, `secret` of another's link."""
        seed = len(self.people) + 1
        entropy = SeededEntropy(seed)
        account = account or Account.generate(entropy)
        link = _link(account, secret or LinkSecret.generate(entropy), entropy)
        device = Device.generate(account, name, self.now, entropy)
        owner = Owner(account, device, name, link, SigningKey.generate(entropy), self.now)
        person = Person(self, owner, self.folder / f"{seed}", entropy)
        self.people.append(person)
        self.boxes[person.mailbox] = Box({upkeep.token_hash(person.profile.owner.link.token)})
        person.upkeep()
        return person

    def friends(self, *names: str) -> "list[Person]":
        """Return new people who all have each other's contact links."""
        people = [self.person(name) for name in names]
        for person in people:
            for other in people:
                if other is not person:
                    person.add(other)
        return people

    def close(self) -> None:
        """Close every home."""
        for person in self.people:
            person.profile.close()

    def submit(self, request: Submit) -> Answer:
        """Take an envelope as MB-7 says."""
        box = self.boxes.get(request.mailbox)
        if box is None or request.token.hash not in box.tokens:
            return Failed(ErrorCode.REFUSED)
        if box.failure is not None:
            return box.failure
        self.submitted.append(request)
        if request.submit_id not in box.seen:
            box.seen.add(request.submit_id)
            box.sequence += 1
            box.queue.append(Deliver(request.mailbox, box.sequence, request.submit_id, request.envelope))
        return Accepted()

    def fetch(self, request: FetchPrekeys) -> Answer:
        """Hand out a manifest and the lowest leaf as MB-9 says."""
        box = self.boxes.get(request.mailbox)
        if box is None or request.token.hash not in box.tokens:
            return Failed(ErrorCode.REFUSED)
        if not box.manifest:
            return Failed(ErrorCode.NO_PREKEYS)
        leaf = None
        if box.leaves:
            position = min(box.leaves)
            leaf = SealedLeaf(position, box.leaves.pop(position))
        return self.on_fetch(Prekeys(box.generation, box.manifest, leaf))

    def publish(self, request: PublishManifest | PublishLeaves | SetTokens) -> Answer:
        """Take a part of a shelf, or hashes of tokens."""
        box = self.boxes[request.mailbox]
        match request:
            case SetTokens(_, added, revoked):
                box.tokens = box.tokens.union(added).difference(revoked)
            case PublishManifest(_, generation, manifest):
                if generation <= box.generation and manifest != box.manifest:
                    return Failed(ErrorCode.CONFLICT)
                box.generation, box.manifest, box.leaves = generation, manifest, {}
            case PublishLeaves(_, generation, first, leaves):
                if generation != box.generation:
                    return Failed(ErrorCode.CONFLICT)
                box.leaves |= {first + place: leaf for place, leaf in enumerate(leaves)}
        return Done()


class Person:
    """Somebody at home: a profile whose clock is the office's and whose entropy repeats."""

    def __init__(self, office: PostOffice, owner: Owner, home: Path, entropy: SeededEntropy) -> None:
        self.office = office
        self.name = owner.name
        self.home = home
        self.skew = 0
        """Milliseconds by which our clock is ahead of the office's."""

        vault = Vault.create(self.home, PASSPHRASE, owner, entropy, cost=CHEAP)
        self.mailbox = owner.link.mailbox
        self.profile = Profile(vault, self.clock, entropy, self.uptime)
        self.mute = False
        """Whether answers to our submits get lost on the way back."""

    @property
    def box(self) -> Box:
        """Our mailbox."""
        return self.office.boxes[self.mailbox]

    def clock(self) -> Instant:
        """Return the time that the test has set, by our clock."""
        return Instant(self.office.now + self.skew)

    def uptime(self) -> Instant:
        """Return what a clock counts that nobody sets."""
        return self.office.now

    def reopen(self) -> None:
        """Come back from disk, as after a crash."""
        entropy = self.profile.entropy
        self.profile.close()
        self.profile = Profile(Vault.open(self.home, PASSPHRASE), self.clock, entropy, self.uptime)

    def add(self, other: "Person", alias: str = "") -> ConversationView:
        """Add another person by their link."""
        return self.profile.add_contact(other.profile.own().link, alias or other.name)

    def of(self, alias: str) -> int:
        """Return the contact called `alias`."""
        return self.profile.find_contact(alias).contact

    def view(self, alias: str) -> ConversationView:
        """Return the conversation with the contact called `alias`."""
        return self.profile.find_contact(alias)

    def write(self, alias: str, text: str) -> MessageView:
        """Queue a text."""
        return self.profile.queue_text(self.of(alias), text)

    def messages(self, alias: str) -> list[MessageView]:
        """Return a whole conversation."""
        return self.profile.messages(self.of(alias), limit=1_000_000)

    def read(self, alias: str) -> list[str]:
        """Return what a contact said, in order, without the lines between."""
        said = [view for view in self.messages(alias) if view.kind not in _LINES]
        return [view.text for view in said if view.direction is Direction.IN]

    def states(self, alias: str) -> list[MessageState]:
        """Return how far our messages to a contact have come."""
        return [view.state for view in self.messages(alias) if view.direction is Direction.OUT]

    def notes(self) -> dict[str, int]:
        """Return what was refused so far."""
        return self.profile.decide(lambda step: step.vault.notes.counts())

    def upkeep(self) -> None:
        """Register tokens and publish prekeys until the office has all."""
        told = LowShelf(self.mailbox, self.box.generation, len(self.box.leaves))
        self.profile.decide(lambda step: upkeep.renew_prekeys(step, told))
        while (publication := self.profile.decide(upkeep.publish_request)) is not None:
            assert self.office.publish(publication) == Done()
            self._confirm(publication)
        while (tokens := self.profile.decide(upkeep.tokens_request)) is not None:
            assert self.office.publish(tokens) == Done()
            self._confirm(tokens)

    def _confirm(self, request: PublishManifest | PublishLeaves | SetTokens) -> None:
        def done(step: Step) -> None:
            if isinstance(request, SetTokens):
                upkeep.tokens_done(step, request)
            else:
                upkeep.publish_done(step, request)

        self.profile.decide(done)

    def due(self) -> list[OutboxEntry]:
        """Return what may leave now."""
        return self.profile.decide(lambda step: step.vault.outbox.due(step.now, 64))

    def send(self, most: int = 10_000) -> int:
        """Bring what is due to the office, at most so many steps; return how many there were."""
        for done in range(most):
            entry = next(iter(self.due()), None)
            if entry is None:
                return done
            self._advance(entry)
            if self.mute and entry.sealed is not None:
                return done + 1
        return most

    def _advance(self, entry: OutboxEntry) -> None:
        try:
            if entry.sealed is None:
                self._open(ContactId(entry.contact))
                return
            sealed = entry.sealed
            token = SendToken(sealed.token.expose())
            answer = self.office.submit(Submit(sealed.mailbox, token, sealed.submit_id, sealed.envelope))
            _raise(answer)
            if not self.mute:
                self.profile.decide(lambda step: outgoing.accepted(step, sealed.submit_id))
        except RemoteError as error:
            refusal = error
            self.profile.decide(lambda step: outgoing.put_off(step, entry, refusal))

    def _open(self, contact: ContactId) -> None:
        if self.profile.decide(lambda step: seal_waiting(step, contact)):
            return
        try:
            self._fetch(contact)
        except RemoteError as error:
            refusal = error
            if not self.profile.decide(lambda step: go_on_without(step, contact, refusal)):
                raise

    def _fetch(self, contact: ContactId) -> None:
        address = self.profile.decide(lambda step: step.vault.addresses.get(contact))
        assert address is not None
        token = SendToken(address.token.expose())
        prekeys = self.office.fetch(FetchPrekeys(address.mailbox, token))
        _raise(prekeys)
        assert isinstance(prekeys, Prekeys)
        self.profile.decide(lambda step: open_session(step, contact, prekeys))

    def collect(self, deliveries: Iterable[Deliver] | None = None) -> int:
        """Take deliveries (all that lie in the box, if none are given) in one step; return how many."""
        batch = list(self.box.queue if deliveries is None else deliveries)
        if batch:
            self.profile.decide(lambda step: receive(step, batch))
        self.box.queue = [delivery for delivery in self.box.queue if delivery not in batch]
        return len(batch)


def settle(*people: Person) -> None:
    """Carry everything until nothing moves any more."""
    for _ in range(ROUNDS):
        if not sum(person.send() + person.collect() for person in people):
            return
    raise AssertionError("this goes on for ever")


def _raise(answer: Answer) -> None:
    if isinstance(answer, Failed):
        raise Refused(answer)


def _link(account: Account, secret: LinkSecret, entropy: SeededEntropy) -> ContactLink:
    place = ("relay.example", 7443, bytes(32), MailboxId(entropy(16)))
    return ContactLink(account.account_id, *place, secret)
