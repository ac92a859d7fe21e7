"""The conversations with a relay that 09-relay.json records."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.reference.case import pick

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reference.values import Value
    from tests.reference.writers.relay import Box, Script

    Play = Callable[[Script, Box, Box], None]

CREATE, SUBMIT, SUBSCRIBE, ACKNOWLEDGE, TOKENS, MANIFEST, LEAVES, FETCH, PING = 2, 4, 5, 6, 7, 8, 9, 10, 11
BLOB, PUT, LOOK, GET, DELETE, RELEASE, REMOVE = 12, 13, 14, 15, 16, 17, 18
NOBODY = pick("09/nobody", 16)


def _submit_id(name: str) -> bytes:
    return pick(f"09/submit/{name}", 16)


def _made(script: Script, box: Box) -> None:
    script.asks("owner", CREATE, box.id, box.key, box.hashes("ann"), [])
    script.proves("owner", box)


def _create(script: Script, box: Box, other: Box) -> None:
    script.asks("owner", CREATE, box.id, box.key, box.hashes("ann"), [])
    script.asks("owner", CREATE, box.id, box.key, box.hashes("bob"), [])
    script.asks("owner", CREATE, box.id, other.key, [], [])
    script.asks("owner", CREATE, other.id, (1).to_bytes(32, "little"), [], [])
    script.asks("owner", CREATE, other.id, other.key, [], [pick("09/invitation", 16)])
    script.asks("sender", SUBMIT, box.id, box.token("ann"), _submit_id("1"), b"a token of the first time")
    script.asks("sender", SUBMIT, box.id, box.token("bob"), _submit_id("2"), b"a token of the second time")


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
    _made(script, box)
    script.asks("owner", SUBMIT, box.id, box.token("ann"), _submit_id("1"), b"by an owner")
    script.asks("owner", FETCH, other.id, box.token("ann"))
    script.asks("sender", SUBMIT, box.id, box.token("bob"), _submit_id("2"), b"a wrong token")
    script.proves("sender", box)
    script.asks("asker", FETCH, box.id, box.token("ann"))
    script.proves("asker", box)


def _submits(script: Script, box: Box, _other: Box) -> None:
    _made(script, box)
    ann, first = box.token("ann"), _submit_id("1")
    script.asks("sender", SUBMIT, NOBODY, ann, first, b"nobody")
    script.asks("sender", SUBMIT, box.id, box.token("bob"), first, b"no token")
    script.asks("sender", SUBMIT, box.id, ann, first, b"one")
    script.asks("sender", SUBMIT, box.id, ann, first, b"one")
    script.asks("sender", SUBMIT, box.id, ann, first, b"another envelope under the same id")
    script.asks("sender", SUBMIT, box.id, ann, _submit_id("2"), bytes(2048))
    script.asks("sender", SUBMIT, box.id, ann, _submit_id("3"), bytes(2049))
    script.asks("owner", SUBSCRIBE, box.id)
    script.asks("owner", ACKNOWLEDGE, box.id, 2)
    script.asks("sender", SUBMIT, box.id, ann, first, b"one")
    script.asks("sender", SUBMIT, box.id, ann, _submit_id("3"), b"three")
    script.asks("owner", PING)


def _deliveries(script: Script, box: Box, _other: Box) -> None:
    _made(script, box)
    for name in "12":
        script.asks("sender", SUBMIT, box.id, box.token("ann"), _submit_id(name), name.encode())
    script.asks("owner", SUBSCRIBE, box.id)
    script.asks("owner", SUBSCRIBE, box.id)
    script.asks("owner", ACKNOWLEDGE, box.id, 3)
    script.asks("owner", ACKNOWLEDGE, box.id, 1)
    script.asks("owner", ACKNOWLEDGE, box.id, 1)
    script.asks("owner", ACKNOWLEDGE, box.id, 0)
    script.asks("sender", SUBMIT, box.id, box.token("ann"), _submit_id("3"), b"3")
    script.proves("newer", box)
    script.asks("newer", SUBSCRIBE, box.id)
    script.asks("newer", ACKNOWLEDGE, box.id, 3)
    script.proves("newest", box)
    script.asks("newest", SUBSCRIBE, box.id)
    script.asks("sender", SUBMIT, box.id, box.token("ann"), _submit_id("4"), b"4")


def _window(script: Script, box: Box, _other: Box) -> None:
    _made(script, box)
    script.asks("owner", SUBSCRIBE, box.id)
    for number in range(1, 6):
        script.asks("sender", SUBMIT, box.id, box.token("ann"), _submit_id(str(number)), bytes([number]))
    script.asks("owner", PING)
    script.asks("owner", ACKNOWLEDGE, box.id, 1)
    script.asks("owner", ACKNOWLEDGE, box.id, 3)
    script.asks("owner", PING)


def _token_changes(script: Script, box: Box, _other: Box) -> None:
    _made(script, box)
    script.asks("owner", TOKENS, box.id, box.hashes("bob"), [])
    script.asks("sender", SUBMIT, box.id, box.token("bob"), _submit_id("1"), b"added")
    script.asks("owner", TOKENS, box.id, box.hashes("bob"), box.hashes("ann"))
    script.asks("sender", SUBMIT, box.id, box.token("ann"), _submit_id("2"), b"revoked")
    script.asks("sender", SUBMIT, box.id, box.token("bob"), _submit_id("2"), b"still there")
    script.asks("owner", TOKENS, box.id, [], box.hashes("nobody"))
    for page in range(8):
        names = [f"{page}/{number}" for number in range(32 if page < 7 else 31)]
        script.asks("owner", TOKENS, box.id, box.hashes(*names), [])
    script.asks("owner", TOKENS, box.id, box.hashes("one too many"), [])
    script.asks("owner", TOKENS, box.id, box.hashes("in its place"), box.hashes("0/0"))
    script.asks("sender", SUBMIT, box.id, box.token("one too many"), _submit_id("3"), b"not added")


def _shelf(script: Script, box: Box, _other: Box) -> None:
    _made(script, box)
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
    _made(script, box)
    script.asks("owner", MANIFEST, box.id, 1, b"manifest")
    script.asks("owner", LEAVES, box.id, 1, 0, [f"leaf {number}".encode() for number in range(16)])
    script.asks("owner", LEAVES, box.id, 1, 16, [f"leaf {number}".encode() for number in range(16, 22)])
    script.asks("owner", SUBSCRIBE, box.id)
    for _ in range(4):
        script.asks("asker", FETCH, box.id, box.token("ann"))
    for _ in range(27):
        script.asks("asker", FETCH, box.id, box.token("ann"))


def _keys(name: str) -> tuple[bytes, bytes, bytes, Value, Value]:
    """Give id, write key, read key, and the hashes of both keys."""
    blob, *keys = pick(f"09/blob/{name}", 16), pick(f"09/write/{name}", 32), pick(f"09/read/{name}", 32)
    hashes = [hashlib.sha256(key).digest() for key in keys]
    return blob, keys[0], keys[1], hashes[0], hashes[1]


def _blobs(script: Script, box: Box, other: Box) -> None:
    _made(script, box)
    blob, write, read, *hashes = _keys("1")
    ann = box.token("ann")
    script.asks("sender", BLOB, box.id, box.token("bob"), blob, *hashes, 10)
    script.asks("sender", BLOB, NOBODY, ann, blob, *hashes, 10)
    script.asks("sender", LOOK, blob, write)
    script.asks("sender", BLOB, box.id, ann, blob, *hashes, 2**31 + 1)
    for size in (10, 10, 11):
        script.asks("sender", BLOB, box.id, ann, blob, *hashes, size)
    script.asks("sender", BLOB, box.id, ann, blob, *hashes[::-1], 10)
    script.asks("sender", PUT, blob, read, 0, b"0123")
    puts = ((1, b"a gap"), (0, b"0123"), (0, b"other"), (2, b"xx45"), (6, b"67890"), (5, bytes(6)))
    for offset, chunk in puts:
        script.asks("sender", PUT, blob, write, offset, chunk)
        script.asks("sender", LOOK, blob, write)
    script.asks("reader", GET, blob, read, 0, 1)
    script.asks("sender", PUT, blob, write, 6, b"6789")
    script.asks("sender", PUT, blob, write, 0, b"whole, now")
    script.asks("sender", PUT, blob, write, 10, b"a")
    for offset, length in ((0, 1), (0, 10), (0, 11), (9, 61440), (10, 1), (3, 4)):
        script.asks("reader", GET, blob, read, offset, length)
    script.asks("reader", GET, blob, write, 0, 1)
    script.asks("reader", GET, other.id, read, 0, 1)


def _blobs_end(script: Script, box: Box, other: Box) -> None:
    _made(script, box)
    script.asks("stranger", CREATE, other.id, other.key, other.hashes("eve"), [])
    script.proves("stranger", other)
    for name in "123":
        blob, write, _, *hashes = _keys(name)
        script.asks("sender", BLOB, box.id, box.token("ann"), blob, *hashes, 1)
        script.asks("sender", PUT, blob, write, 0, name.encode())
    blob, write, read, *hashes = _keys("1")
    script.asks("sender", DELETE, blob, read)
    script.asks("sender", DELETE, blob, write)
    script.asks("sender", DELETE, blob, write)
    script.asks("sender", BLOB, box.id, box.token("ann"), blob, *hashes, 2)
    second, _, read, *_ = _keys("2")
    script.asks("stranger", RELEASE, other.id, second)
    script.asks("stranger", RELEASE, box.id, second)
    script.asks("reader", GET, second, read, 0, 1)
    script.asks("owner", RELEASE, box.id, second)
    script.asks("owner", RELEASE, box.id, second)
    script.asks("reader", GET, second, read, 0, 1)
    third, write, read, *_ = _keys("3")
    script.asks("owner", GET, third, read, 0, 1)
    script.asks("owner", LOOK, third, write)
    script.asks("reader", LOOK, third, write)
    script.asks("reader", FETCH, box.id, box.token("ann"))
    script.asks("sender", GET, third, read, 0, 1)
    script.proves("reader", box)


def _removal(script: Script, box: Box, _other: Box) -> None:
    _made(script, box)
    ann, first = box.token("ann"), _submit_id("1")
    blob, write, read, *hashes = _keys("gone")
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
    "blobs": ("MB-24, MB-25, MB-26: made, filled, read", {}, _blobs),
    "removal": ("MB-29: a mailbox is given up, and made anew", {}, _removal),
    "blobs-end": ("MB-27, MB-6: who deletes, and on which connection", {}, _blobs_end),
}
