"""Random operations of every kind on a few mailboxes, repeated ones and refused ones among them."""

import random  # noqa: TID251  # a seed says what is asked; nothing secret
from dataclasses import dataclass, field

from relay.storage.operations import (
    Acknowledge,
    Append,
    ChangeTokens,
    Count,
    Create,
    Expire,
    ExpiryCursor,
    Fetch,
    FindOwner,
    Invite,
    LookAtMailbox,
    LookAtShelf,
    Operation,
    PutLeaves,
    PutManifest,
    TakePrekeys,
)
from securemsg.ids import MailboxId, SubmitId
from securemsg.instant import HOUR, Instant
from securemsg.mailbox.tokens import TokenHash

_MEMBERS = 6
"""Mailboxes at most: small databases make power cuts cheap."""

_REPEATED = 40
"""The newest submits, any of which may be repeated."""

_ALL = 10_000
"""More than there is to expire: how far a smaller budget gets depends on numbers that a store chooses."""


@dataclass
class Member:
    """A mailbox, as its owner and its senders know it."""

    id: MailboxId
    key: bytes
    tokens: list[TokenHash]
    generation: int = 0


@dataclass
class Traffic:
    """What comes from the network, one commit after the other."""

    chance: random.Random
    now: Instant
    members: list[Member] = field(default_factory=list)
    invitations: list[bytes] = field(default_factory=list)
    submits: list[Append] = field(default_factory=list)

    def commit(self) -> list[Operation]:
        """Return the operations of the next commit."""
        makers = [self._append] * 8 + [self._acknowledge, self._take] * 2
        makers += [self._create, self._put_leaves] * 2
        makers += [
            self._fetch,
            self._look,
            self._change_tokens,
            self._put_manifest,
            self._invite,
            self._expire,
        ]
        return [self.chance.choice(makers)() for _ in range(self.chance.randrange(1, 9))]

    def probe(self) -> list[Operation]:
        """Return what shows the state of every mailbox, repeating what was submitted."""
        asked: list[Operation] = [*self.submits, Count()]
        for member in self.members:
            asked += [FindOwner(member.id), LookAtMailbox(member.id), LookAtShelf(member.id)]
            asked += [
                Fetch(member.id, 0, 1_000),
                self._sent_to(member),
                TakePrekeys(member.id, member.tokens[-1]),
            ]
        return asked

    def _member(self) -> Member:
        return self.chance.choice(self.members) if self.members else self._new_member()

    def _new_member(self) -> Member:
        member = Member(MailboxId(self.chance.randbytes(16)), self.chance.randbytes(32), [self._token()])
        self.members.append(member)
        return member

    def _token(self) -> TokenHash:
        return TokenHash(self.chance.randbytes(32))

    def _create(self) -> Operation:
        member = self._new_member() if len(self.members) < _MEMBERS else self._member()
        invitation = self.chance.choice([*self.invitations[-4:], None])
        return Create(member.id, member.key, tuple(member.tokens), invitation)

    def _append(self) -> Operation:
        if self.submits and self.chance.random() < 0.2:
            return self.chance.choice(self.submits)
        submit = self._sent_to(self._member())
        self.submits = [*self.submits[1 - _REPEATED :], submit]
        return submit

    def _sent_to(self, member: Member) -> Append:
        envelope = self.chance.randbytes(self.chance.choice((40, 700, 5_000)))
        return Append(member.id, self._usable(member), SubmitId(self.chance.randbytes(16)), envelope)

    def _usable(self, member: Member) -> TokenHash:
        """Return a token that the mailbox takes, most of the time."""
        return member.tokens[-1] if self.chance.random() < 0.9 else self.chance.choice(member.tokens)

    def _acknowledge(self) -> Operation:
        return Acknowledge(self._member().id, self.chance.randrange(self.chance.choice((5, 60))))

    def _fetch(self) -> Operation:
        return Fetch(self._member().id, self.chance.randrange(40), self.chance.randrange(1, 64))

    def _look(self) -> Operation:
        member = self._member()
        return self.chance.choice(
            (Count(), FindOwner(member.id), LookAtMailbox(member.id), LookAtShelf(member.id))
        )

    def _change_tokens(self) -> Operation:
        member = self._member()
        added, revoked = self._token(), self.chance.choice(member.tokens)
        # The newest stay last, and the one revoked is tried again.
        member.tokens = [revoked, *member.tokens[-3:], added]
        return ChangeTokens(member.id, (added,), (revoked,))

    def _put_manifest(self) -> Operation:
        member = self._member()
        member.generation += self.chance.choice((0, 0, 1)) if member.generation else 1
        return PutManifest(member.id, member.generation, self.chance.randbytes(200))

    def _put_leaves(self) -> Operation:
        member = self._member()
        leaves = tuple(self.chance.randbytes(100) for _ in range(self.chance.randrange(1, 12)))
        return PutLeaves(member.id, member.generation, self.chance.randrange(60), leaves)

    def _take(self) -> Operation:
        member = self._member()
        return TakePrekeys(member.id, self._usable(member))

    def _invite(self) -> Operation:
        self.invitations.append(self.chance.randbytes(32))
        expires = Instant(self.now + self.chance.randrange(1, 50) * HOUR)
        return Invite(self.invitations[-1], self.chance.randrange(1, 4), expires)

    def _expire(self) -> Operation:
        return Expire(ExpiryCursor(), _ALL)
