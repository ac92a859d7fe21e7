"""Contents: what is out of bounds is neither sent nor taken, at any depth."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from securemsg.crypto.stream import StreamKey
from securemsg.errors import FrameError, LocalError
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire import codec
from securemsg.wire.messages.content import (
    LEAST_LIFETIME,
    MAX_CAPTION,
    MAX_EMOJI,
    MAX_LIFETIME,
    MAX_NAMED,
    MAX_TEXT,
    BlobPlace,
    Content,
    Delete,
    Edit,
    File,
    Name,
    Reaction,
    ReadCapability,
    StoredFile,
    Text,
    Timer,
    decode,
    encode,
)
from tests.messages.contents import ACCOUNT, EXAMPLES, FILE, ID, OTHER, PLACE, QUOTED, SENT, STORED, TEXT
from tests.messages.spoiled import packed, spoiled


@pytest.mark.parametrize("values", [[4, bytes(ID), SENT, bytes(OTHER), "words"], [7, bytes(ID), SENT, 1]])
def test_a_wrong_element_of_an_edit_or_of_typing_is_refused(values: list[object]) -> None:
    """E11, E12, E16, E18."""
    for damaged in spoiled(values, fixed={1, 3}):
        with pytest.raises(FrameError):
            decode(damaged)


def test_a_wrong_element_of_a_reaction_is_refused() -> None:
    """E11, E12, E16, E18."""
    values = [6, bytes(ID), SENT, bytes(ACCOUNT), bytes(OTHER), "!"]
    for damaged in spoiled(values, fixed={1, 3, 4}):
        with pytest.raises(FrameError):
            decode(damaged)


def test_a_wrong_element_of_a_file_is_refused_at_every_depth() -> None:
    """E11, E12, E16, E18."""
    place: list[object] = ["relay.example", 7443, bytes(32), bytes(16), bytes(32)]
    file: list[object] = [place, bytes(32), bytes(32), 5, "name", "type"]
    head: list[object] = [9, bytes(ID), SENT, 60, [bytes(ACCOUNT), bytes(OTHER)], "words"]
    damaged = [[*head, codec.decode(each, 2_000)] for each in _readable(spoiled(file, fixed={1, 2}))]
    damaged += [
        [*head, [codec.decode(each, 2_000), *file[1:]]] for each in _readable(spoiled(place, fixed={2, 3, 4}))
    ]
    quotes = spoiled([bytes(ACCOUNT), bytes(OTHER)], fixed={0, 1})
    damaged += [[*head[:4], codec.decode(each, 2_000), "words", file] for each in _readable(quotes)]
    assert len(damaged) > 60
    for values in damaged:
        with pytest.raises(FrameError):
            decode(packed(values))
    for each in spoiled([*head, file], fixed={1}):
        with pytest.raises(FrameError):
            decode(each)


def _readable(damaged: Iterator[bytes]) -> list[bytes]:
    """Return what is a value at all, so that it can stand inside another."""
    found = []
    for each in damaged:
        try:
            codec.decode(each, 2_000)
        except FrameError:
            continue
        found.append(each)
    return found


@pytest.mark.parametrize("content", EXAMPLES)
def test_nothing_is_sent_that_a_receiver_would_refuse(content: Content) -> None:
    """CT-1: every limit holds on both sides."""
    wrong: list[Content] = []
    for field, values in _WRONG.items():
        if hasattr(content, field):
            wrong += [replace(content, **{field: value}) for value in values]
    for each in wrong:
        with pytest.raises(LocalError):
            encode(each)


_WRONG: dict[str, list[Any]] = {
    "lifetime": [1, LEAST_LIFETIME - 1, MAX_LIFETIME + 1, -1],
    "version": [0, 2**32],
    "text": ["", "x" * (MAX_TEXT + 1), "\ud800"],
    "caption": ["x" * (MAX_CAPTION + 1), "\ud800"],
    "emoji": ["x" * (MAX_EMOJI + 1), "\ud800"],
    "name": ["", "x" * 65, "\ud800"],
    "named": [(), (ID,) * (MAX_NAMED + 1)],
    "targets": [(), (ID,) * (MAX_NAMED + 1)],
    "file": [
        replace(STORED, name=""),
        replace(STORED, name="x" * 256),
        replace(STORED, name="\ud800"),
        replace(STORED, type="x" * 128),
        replace(STORED, size=2**40 + 1),
        replace(STORED, size=-1),
        replace(STORED, digest=bytes(31)),
        replace(STORED, place=replace(PLACE, port=0)),
        replace(STORED, place=replace(PLACE, host="a b")),
        replace(STORED, place=replace(PLACE, blob=bytes(15))),
    ],
}


@pytest.mark.parametrize("seconds", [0, LEAST_LIFETIME, MAX_LIFETIME])
def test_the_longest_and_shortest_lifetimes_pass(seconds: int) -> None:
    """CT-7."""
    for content in (
        replace(TEXT, lifetime=seconds),
        replace(FILE, lifetime=seconds),
        Timer(ID, SENT, seconds, 1),
    ):
        assert decode(encode(content)) == content


def test_the_largest_of_everything_fits() -> None:
    """CT-1, CT-15."""
    place = BlobPlace("h" * 253, 65_535, bytes(32), bytes(16), ReadCapability(bytes(32)))
    file = StoredFile(place, StreamKey(bytes(32)), bytes(32), 2**40, "n" * 255, "t" * 127)
    largest: list[Content] = [
        Text(ID, Instant(LAST_INSTANT), "x" * MAX_TEXT, MAX_LIFETIME, QUOTED),
        Edit(ID, Instant(LAST_INSTANT), OTHER, "x" * MAX_TEXT),
        File(ID, Instant(LAST_INSTANT), file, "x" * MAX_CAPTION, MAX_LIFETIME, QUOTED),
        Reaction(ID, SENT, ACCOUNT, OTHER, "x" * MAX_EMOJI),
        Delete(ID, SENT, (OTHER,) * MAX_NAMED),
        Name(ID, SENT, "x" * 64),
    ]
    for content in largest:
        assert decode(encode(content)) == content
