"""What commands print of messages and of what became of them: for programs and for people."""

import json
from dataclasses import replace

import pytest

from client_tui.commands.messages import KEYS, change_line, change_record, message_line, message_record
from securemsg.client.views import (
    ChangeKind,
    ChangeView,
    Direction,
    MessageKind,
    MessageState,
    MessageView,
    QuotedView,
    ReactionView,
)
from securemsg.instant import Instant

NOW = Instant(1_700_000_000_000)
MESSAGE = MessageView(
    7, "ab" * 16, 1, "ben", Direction.IN, MessageState.RECEIVED, "hello", "", NOW, NOW, readable=True
)
CHANGED = replace(
    MESSAGE,
    edited_at=Instant(NOW + 5),
    lifetime=60,
    expires_at=Instant(NOW + 60_000),
    quoted=QuotedView(3, mine=True, text="why?", id="cd" * 16),
    reactions=(ReactionView("+", mine=True, theirs=False), ReactionView("!", mine=False, theirs=True)),
)


def test_a_record_has_every_key_and_help_names_each() -> None:
    record = message_record(CHANGED)
    assert json.loads(json.dumps(record)) == record
    assert [record[key] for key in ("answers", "lifetime", "edited_at", "deleted")] == [
        "cd" * 16,
        60,
        NOW + 5,
        False,
    ]
    assert record["reactions"] == {"mine": "+", "theirs": "!"}
    assert [key for key in record if key not in KEYS] == []
    assert message_record(MESSAGE).keys() == record.keys()


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (MessageKind.TEXT, "message"),
        (MessageKind.FILE, "message"),
        (MessageKind.TIMER, "timer"),
        (MessageKind.NAME, "name"),
        (MessageKind.IDENTITY, "identity"),
        (MessageKind.UNKNOWN, "newer"),
    ],
)
def test_the_type_tells_what_a_line_is(kind: MessageKind, shown: str) -> None:
    assert message_record(replace(MESSAGE, kind=kind))["type"] == shown
    assert shown in KEYS


@pytest.mark.parametrize("kind", ChangeKind)
def test_a_change_carries_the_message_as_it_is_now(kind: ChangeKind) -> None:
    record = change_record(ChangeView(1, kind, CHANGED))
    assert (record["type"], record["id"], record["text"]) == (kind.value, CHANGED.id, "hello")
    assert kind.value in KEYS


def test_people_read_what_became_of_a_message() -> None:
    """T05: words of others stay words, whatever is in them."""
    hostile = replace(CHANGED, alias="{id}", text="a {sign}\x1b[2J\nb")
    gone = replace(MESSAGE, text="", deleted=True)
    assert change_line(ChangeView(1, ChangeKind.DELETE, gone)) == "< ben deleted message abababab"
    assert change_line(ChangeView(1, ChangeKind.REACTION, CHANGED)) == "< ben reacts to message abababab: !"
    edited = change_line(ChangeView(1, ChangeKind.EDIT, hostile))
    assert edited.startswith("< {id} changed message abababab: a {sign}")
    assert "\x1b" not in edited
    assert edited.count("\n    | ") == edited.count("\n") == 1
    assert message_line(gone).endswith("(deleted)")
    assert message_line(CHANGED).endswith("hello (edited)")
    assert "60" not in message_line(replace(MESSAGE, kind=MessageKind.TIMER, lifetime=0))
