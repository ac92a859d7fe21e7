"""Commits of any operations on a few mailboxes, as hypothesis draws them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from relay.storage.inspection import ListInvitations, LookAtHoldings, RevokeInvitation
from relay.storage.operations import (
    Acknowledge,
    Append,
    ChangeTokens,
    Create,
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
from securemsg.instant import HOUR, SECOND, Instant
from securemsg.mailbox.tokens import TokenHash
from tests.relay.stored import ENTROPY, NOW

_SIZES = (1, 300, 900, 40_000)


@dataclass
class Names:
    """What the operations of one schedule are about; fresh for each, so that stores may be used again."""

    mailboxes: list[MailboxId] = field(default_factory=lambda: [MailboxId(ENTROPY(16)) for _ in range(3)])
    keys: list[bytes] = field(default_factory=lambda: [ENTROPY(32) for _ in range(2)])
    tokens: list[TokenHash] = field(default_factory=lambda: [TokenHash(ENTROPY(32)) for _ in range(3)])
    submits: list[SubmitId] = field(default_factory=lambda: [SubmitId(ENTROPY(16)) for _ in range(48)])
    invitations: list[bytes] = field(default_factory=lambda: [ENTROPY(32) for _ in range(2)])


Step = tuple[str, int, int, int]
"""A letter for the operation, and three numbers that it takes what it needs from."""

Commit = tuple[int, list[Step]]
"""Minutes that pass before it, and the steps in it."""


def _owner(names: Names, number: int) -> bytes:
    """The key that somebody proved: most often the one with which mailboxes are made, or none."""
    return names.keys[1] if number == 11 else (b"", names.keys[0])[number % 2]


_MAKERS: dict[str, Callable[[Names, int, int, int], Operation]] = {
    "c": lambda names, box, a, b: Create(
        names.mailboxes[box], names.keys[a % 8 // 7], (names.tokens[a % 3],), names.invitations[b % 2]
    ),
    "o": lambda names, box, _a, _b: FindOwner(names.mailboxes[box]),
    "a": lambda names, box, a, b: Append(
        names.mailboxes[box],
        names.tokens[max(0, a - 9)],
        names.submits[a % 4 * 12 + b],
        bytes([a]) * _SIZES[a % 4],
    ),
    "f": lambda names, box, a, b: Fetch(names.mailboxes[box], a // 3, 1 + b % 4, _owner(names, b)),
    "k": lambda names, box, a, b: Acknowledge(names.mailboxes[box], a // 2, _owner(names, b)),
    "t": lambda names, box, a, b: ChangeTokens(
        names.mailboxes[box],
        (names.tokens[a % 3],),
        (names.tokens[b % 3],) if b < 6 else (),
        _owner(names, a),
    ),
    "m": lambda names, box, a, b: PutManifest(
        names.mailboxes[box], 1 + a // 9, b"manifest %d" % (b % 2), _owner(names, b)
    ),
    "l": lambda names, box, a, b: PutLeaves(
        names.mailboxes[box],
        1 + a // 9,
        b,
        tuple(b"leaf %d %d" % (a, at) for at in range(a % 3)),
        _owner(names, b),
    ),
    "p": lambda names, box, a, _b: TakePrekeys(names.mailboxes[box], names.tokens[max(0, a - 9)]),
    "s": lambda names, box, _a, b: LookAtShelf(names.mailboxes[box], _owner(names, b)),
    "n": lambda names, box, _a, b: LookAtMailbox(names.mailboxes[box], _owner(names, b)),
}
_APART: dict[str, Callable[[Names, int, int, int], Operation]] = {
    "h": lambda names, box, _a, _b: LookAtHoldings(names.mailboxes[box]),
    "r": lambda names, _box, _a, b: RevokeInvitation(names.invitations[b % 2][:5]),
    "v": lambda _names, _box, _a, _b: ListInvitations(),
}

EXPIRING = 61
"""Minutes before a commit that comes after everything past its time was removed."""

_NUMBERS = st.sampled_from((0, 0, 0, 1, 2)), st.integers(0, 11), st.integers(0, 11)
APART = "hrv"
"""Letters of what an administrator asks."""

_ALPHABETS = ("aakf", "mllp", "cat", "caaaaaffkktmlllpppsno")
"""Letters that often meet in one commit."""


def _steps(letters: str, least: int, most: int) -> st.SearchStrategy[list[Step]]:
    return st.lists(st.tuples(st.sampled_from(letters), *_NUMBERS), min_size=least, max_size=most)


_ONE_COMMIT = st.tuples(
    st.sampled_from((0, 0, 1, EXPIRING, 200)),
    st.one_of(*(_steps(letters, 6, 20) for letters in _ALPHABETS), _steps(APART, 1, 2)),
)
SCHEDULES = st.lists(_ONE_COMMIT, min_size=3, max_size=10)


def begin(names: Names) -> list[Operation]:
    """What stands at the beginning of each schedule, so that most steps find something."""
    return [
        *(Invite(hash_, 2, Instant(NOW + 3 * HOUR)) for hash_ in names.invitations),
        *(
            Create(mailbox, names.keys[0], (names.tokens[0],), hash_)
            for mailbox, hash_ in zip(names.mailboxes, names.invitations, strict=False)
        ),
        PutManifest(names.mailboxes[0], 1, b"first"),
        PutLeaves(names.mailboxes[0], 1, 0, (b"zero", b"one", b"two")),
    ]


def operations(names: Names, steps: list[Step]) -> list[Operation]:
    """The operations that the steps of one commit stand for."""
    return [{**_MAKERS, **_APART}[letter](names, *numbers) for letter, *numbers in steps]


def minutes_later(now: Instant, minutes: int) -> Instant:
    """The clock at the next commit."""
    return Instant(now + minutes * 60 * SECOND)
