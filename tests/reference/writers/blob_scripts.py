"""The conversations with a relay about blobs that 09-relay.json records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference.writers.relay_asked import (
    BLOB,
    CREATE,
    DELETE,
    FETCH,
    GET,
    LOOK,
    NOBODY,
    PUT,
    RELEASE,
    keys,
    made,
)

if TYPE_CHECKING:
    from tests.reference.writers.relay import Box, Script


def blobs(script: Script, box: Box, other: Box) -> None:
    """Play MB-24, MB-25 and MB-26."""
    made(script, box)
    blob, write, read, *hashes = keys("1")
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


def blobs_end(script: Script, box: Box, other: Box) -> None:
    """Play MB-27 and MB-6."""
    made(script, box)
    script.asks("stranger", CREATE, other.id, other.key, other.hashes("eve"), [])
    script.proves("stranger", other)
    for name in "123":
        blob, write, _, *hashes = keys(name)
        script.asks("sender", BLOB, box.id, box.token("ann"), blob, *hashes, 1)
        script.asks("sender", PUT, blob, write, 0, name.encode())
    blob, write, read, *hashes = keys("1")
    script.asks("sender", DELETE, blob, read)
    for _ in range(2):
        script.asks("sender", DELETE, blob, write)
    script.asks("sender", BLOB, box.id, box.token("ann"), blob, *hashes, 2)
    second, _, read, *_ = keys("2")
    script.asks("stranger", RELEASE, other.id, second)
    script.asks("stranger", RELEASE, box.id, second)
    script.asks("reader", GET, second, read, 0, 1)
    script.asks("owner", RELEASE, box.id, second)
    script.asks("owner", RELEASE, box.id, second)
    script.asks("reader", GET, second, read, 0, 1)
    third, write, read, *_ = keys("3")
    script.asks("owner", GET, third, read, 0, 1)
    script.asks("owner", LOOK, third, write)
    script.asks("reader", LOOK, third, write)
    script.asks("reader", FETCH, box.id, box.token("ann"))
    script.asks("sender", GET, third, read, 0, 1)
    script.proves("reader", box)
