"""The conversations with a relay that 09-relay.json records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference.case import pick
from tests.reference.writers.blob_scripts import blobs, blobs_end
from tests.reference.writers.relay_asked import (
    ACKNOWLEDGE,
    BLOB,
    CREATE,
    FETCH,
    GET,
    LEAVES,
    LOOK,
    MANIFEST,
    NOBODY,
    PING,
    PUT,
    RELEASE,
    REMOVE,
    SUBMIT,
    SUBSCRIBE,
    TOKENS,
    keys,
    made,
    submit_id,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reference.writers.relay import Box, Script

    Play = Callable[[Script, Box, Box], None]


def _create(script: Script, box: Box, other: Box) -> None:
    script.asks("owner", CREATE, box.id, box.key, box.hashes("ann"), [])
    script.asks("owner", CREATE, box.id, box.key, box.hashes("bob"), [])
    script.asks("owner", CREATE, box.id, other.key, [], [])
    script.asks("owner", CREATE, other.id, (1).to_bytes(32, "little"), [], [])
    script.asks("owner", CREATE, other.id, other.key, [], [pick("09/invitation", 16)])
    script.asks("sender", SUBMIT, box.id, box.token("ann"), submit_id("1"), b"a token of the first time")
    script.asks("sender", SUBMIT, box.id, box.token("bob"), submit_id("2"), b"a token of the second time")


def _closed(script: Script, box: Box, other: Box) -> None:
    script.asks("owner", CREATE, box.id, box.key, [], [])
    script.asks("owner", CREATE, box.id, other.key, [], [pick("09/invitation", 16)])
    script.proves("owner", box)


def _proofs(script: Script, box: Box, other: Box) -> None:
    script.asks("owner", CREATE, box.id, box.key, [], [])
    for kind, fields in (
        (SUBSCRIBE, ()),
        (ACKNOWLEDGE, (0,)),
        (TOKENS, ([], [])),
        (MANIFEST, (1, b"manifest")),
        (LEAVES, (1, 0, [b"leaf"])),
    ):
        script.asks("owner", kind, box.id, *fields)
    script.proves("owner", box, other.seed)
    script.proves("owner", other)
    script.asks("owner", SUBSCRIBE, box.id)
    script.proves("owner", box)
    script.proves("owner", box)
    script.asks("owner", ACKNOWLEDGE, other.id, 0)
    script.asks("owner", SUBSCRIBE, box.id)


def _roles(script: Script, box: Box, other: Box) -> None:
    made(script, box)
    script.asks("owner", SUBMIT, box.id, box.token("ann"), submit_id("1"), b"by an owner")
    script.asks("owner", FETCH, other.id, box.token("ann"))
    script.asks("sender", SUBMIT, box.id, box.token("bob"), submit_id("2"), b"a wrong token")
    script.proves("sender", box)
    script.asks("asker", FETCH, box.id, box.token("ann"))
    script.proves("asker", box)


def _submits(script: Script, box: Box, _other: Box) -> None:
    made(script, box)
    ann, first = box.token("ann"), submit_id("1")
    script.asks("sender", SUBMIT, NOBODY, ann, first, b"nobody")
    script.asks("sender", SUBMIT, box.id, box.token("bob"), first, b"no token")
    script.asks("sender", SUBMIT, box.id, ann, first, b"one")
    script.asks("sender", SUBMIT, box.id, ann, first, b"one")
    script.asks("sender", SUBMIT, box.id, ann, first, b"another envelope under the same id")
    script.asks("sender", SUBMIT, box.id, ann, submit_id("2"), bytes(2048))
    script.asks("sender", SUBMIT, box.id, ann, submit_id("3"), bytes(2049))
    script.asks("owner", SUBSCRIBE, box.id)
    script.asks("owner", ACKNOWLEDGE, box.id, 2)
    script.asks("sender", SUBMIT, box.id, ann, first, b"one")
    script.asks("sender", SUBMIT, box.id, ann, submit_id("3"), b"three")
    script.asks("owner", PING)


def _deliveries(script: Script, box: Box, _other: Box) -> None:
    made(script, box)
    for name in "12":
        script.asks("sender", SUBMIT, box.id, box.token("ann"), submit_id(name), name.encode())
    script.asks("owner", SUBSCRIBE, box.id)
    script.asks("owner", SUBSCRIBE, box.id)
    script.asks("owner", ACKNOWLEDGE, box.id, 3)
    script.asks("owner", ACKNOWLEDGE, box.id, 1)
    script.asks("owner", ACKNOWLEDGE, box.id, 1)
    script.asks("owner", ACKNOWLEDGE, box.id, 0)
    script.asks("sender", SUBMIT, box.id, box.token("ann"), submit_id("3"), b"3")
    script.proves("newer", box)
    script.asks("newer", SUBSCRIBE, box.id)
    script.asks("newer", ACKNOWLEDGE, box.id, 3)
    script.proves("newest", box)
    script.asks("newest", SUBSCRIBE, box.id)
    script.asks("sender", SUBMIT, box.id, box.token("ann"), submit_id("4"), b"4")


def _window(script: Script, box: Box, _other: Box) -> None:
    made(script, box)
    script.asks("owner", SUBSCRIBE, box.id)
    for number in range(1, 6):
        script.asks("sender", SUBMIT, box.id, box.token("ann"), submit_id(str(number)), bytes([number]))
    script.asks("owner", PING)
    script.asks("owner", ACKNOWLEDGE, box.id, 1)
    script.asks("owner", ACKNOWLEDGE, box.id, 3)
    script.asks("owner", PING)


def _token_changes(script: Script, box: Box, _other: Box) -> None:
    made(script, box)
    script.asks("owner", TOKENS, box.id, box.hashes("bob"), [])
    script.asks("sender", SUBMIT, box.id, box.token("bob"), submit_id("1"), b"added")
    script.asks("owner", TOKENS, box.id, box.hashes("bob"), box.hashes("ann"))
    script.asks("sender", SUBMIT, box.id, box.token("ann"), submit_id("2"), b"revoked")
    script.asks("sender", SUBMIT, box.id, box.token("bob"), submit_id("2"), b"still there")
    script.asks("owner", TOKENS, box.id, [], box.hashes("nobody"))
    for page in range(8):
        names = [f"{page}/{number}" for number in range(32 if page < 7 else 31)]
        script.asks("owner", TOKENS, box.id, box.hashes(*names), [])
    script.asks("owner", TOKENS, box.id, box.hashes("one too many"), [])
    script.asks("owner", TOKENS, box.id, box.hashes("in its place"), box.hashes("0/0"))
    script.asks("sender", SUBMIT, box.id, box.token("one too many"), submit_id("3"), b"not added")


def _shelf(script: Script, box: Box, _other: Box) -> None:
    made(script, box)
    ann = box.token("ann")
    script.asks("asker", FETCH, box.id, ann)
    script.asks("owner", LEAVES, box.id, 1, 0, [b"no manifest"])
    script.asks("owner", MANIFEST, box.id, 3, b"three")
    script.asks("asker", FETCH, box.id, ann)
    script.asks("owner", LEAVES, box.id, 3, 1, [b"3/1", b"3/2"])
    script.asks("owner", LEAVES, box.id, 3, 0, [b"3/0", b"another 3/1"])
    script.asks("owner", LEAVES, box.id, 2, 5, [b"an older generation"])
    script.asks("owner", LEAVES, box.id, 3, 255, [b"3/255", b"beyond"])
    script.asks("owner", LEAVES, box.id, 3, 255, [b"3/255"])
    for _ in range(2):
        script.asks("asker", FETCH, box.id, ann)
    script.asks("owner", LEAVES, box.id, 3, 0, [b"again", b"again"])
    for _ in range(3):
        script.asks("asker", FETCH, box.id, ann)
    script.asks("asker", FETCH, box.id, box.token("bob"))
    script.asks("asker", FETCH, NOBODY, ann)
    script.asks("owner", MANIFEST, box.id, 3, b"three")
    script.asks("owner", MANIFEST, box.id, 3, b"another")
    script.asks("owner", MANIFEST, box.id, 2, b"two")
    script.asks("owner", LEAVES, box.id, 3, 4, [b"3/4"])
    script.asks("owner", MANIFEST, box.id, 7, b"seven")
    script.asks("asker", FETCH, box.id, ann)
    script.asks("owner", LEAVES, box.id, 7, 0, [b"7/0"])
    script.asks("asker", FETCH, box.id, ann)


def _low_shelf(script: Script, box: Box, _other: Box) -> None:
    made(script, box)
    script.asks("owner", MANIFEST, box.id, 1, b"manifest")
    script.asks("owner", LEAVES, box.id, 1, 0, [f"leaf {number}".encode() for number in range(16)])
    script.asks("owner", LEAVES, box.id, 1, 16, [f"leaf {number}".encode() for number in range(16, 22)])
    script.asks("owner", SUBSCRIBE, box.id)
    for _ in range(4):
        script.asks("asker", FETCH, box.id, box.token("ann"))
    for _ in range(27):
        script.asks("asker", FETCH, box.id, box.token("ann"))


def _removal(script: Script, box: Box, _other: Box) -> None:
    made(script, box)
    ann, first = box.token("ann"), submit_id("1")
    blob, write, read, *hashes = keys("gone")
    script.asks("sender", SUBMIT, box.id, ann, first, b"one")
    script.asks("sender", BLOB, box.id, ann, blob, *hashes, 1)
    script.asks("sender", PUT, blob, write, 0, b"1")
    script.asks("owner", MANIFEST, box.id, 3, b"three")
    script.asks("stranger", REMOVE, box.id)
    script.asks("owner", REMOVE, box.id)
    script.asks("owner", REMOVE, box.id)
    script.asks("owner", ACKNOWLEDGE, box.id, 0)
    script.asks("sender", SUBMIT, box.id, ann, first, b"one")
    script.asks("sender", FETCH, box.id, ann)
    script.asks("sender", LOOK, blob, write)
    script.asks("reader", GET, blob, read, 0, 1)
    script.proves("late", box)
    script.asks("owner", CREATE, box.id, box.key, box.hashes("ann"), [])
    script.asks("sender", SUBMIT, box.id, ann, first, b"in a new one")
    script.asks("owner", SUBSCRIBE, box.id)
    script.proves("late", box)
    script.asks("late", SUBSCRIBE, box.id)


def _ownership(script: Script, box: Box, other: Box) -> None:
    made(script, box)
    script.asks("owner", SUBSCRIBE, box.id)
    for who in ("remover", "older"):
        script.proves(who, box)
    script.asks("remover", REMOVE, box.id)
    script.asks("older", ACKNOWLEDGE, box.id, 0)
    script.asks("remover", CREATE, box.id, other.key, other.hashes("eve"), [])
    script.asks("remover", SUBSCRIBE, box.id)
    blob, write, read, *hashes = keys("new")
    script.asks("sender", SUBMIT, box.id, other.token("eve"), submit_id("1"), b"to whoever made it again")
    script.asks("sender", BLOB, box.id, other.token("eve"), blob, *hashes, 1)
    script.asks("sender", PUT, blob, write, 0, b"1")
    for kind, fields in (
        (SUBSCRIBE, ()),
        (ACKNOWLEDGE, (1,)),
        (TOKENS, ([], other.hashes("eve"))),
        (MANIFEST, (1, b"manifest")),
        (LEAVES, (1, 0, [b"leaf"])),
        (RELEASE, (blob,)),
        (REMOVE, ()),
    ):
        script.asks("older", kind, box.id, *fields)
    script.asks("sender", FETCH, box.id, other.token("eve"))
    script.asks("reader", GET, blob, read, 0, 1)
    script.proves("older", box)
    script.asks("older", SUBSCRIBE, box.id)
    script.proves("older", box, other.seed)
    script.asks("older", SUBSCRIBE, box.id)
    script.asks("older", ACKNOWLEDGE, box.id, 1)


SCRIPTS: dict[str, tuple[str, dict[str, int], Play]] = {
    "create": ("MB-4 where anybody may register", {}, _create),
    "closed": ("MB-4 where nobody may", {"registration": 0}, _closed),
    "proofs": ("MB-5, MB-6: what needs a proof", {}, _proofs),
    "roles": ("MB-6: who proved does not send, who sent does not prove", {}, _roles),
    "submits": ("MB-7, MB-10", {"max_envelope": 2048}, _submits),
    "deliveries": ("MB-8, MB-14: order, acknowledgement, taking over", {}, _deliveries),
    "window": ("MB-8: no more than the window", {"window": 2}, _window),
    "tokens": ("MB-3: added, revoked, at most 256", {}, _token_changes),
    "shelf": ("MB-9: each leaf once, generations forward", {}, _shelf),
    "low-shelf": ("MB-9, RL-6: the notice, and the rate", {}, _low_shelf),
    "blobs": ("MB-24, MB-25, MB-26: made, filled, read", {}, blobs),
    "removal": ("MB-29: a mailbox is given up, and made anew", {}, _removal),
    "ownership": ("MB-29: a proof is of the mailbox that was given up", {}, _ownership),
    "blobs-end": ("MB-27, MB-6: who deletes, and on which connection", {}, blobs_end),
}
