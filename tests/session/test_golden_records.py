"""Records that every released version of the store wrote are read for ever (Spec: ST-8, ST-11)."""

import json
from typing import Any

import pytest

from securemsg.session.records import VERSION, decode_session, encode_session
from tests.session.make_golden import FOLDER, facts, sessions

FILES = sorted(FOLDER.glob("version-*.json"))
ENTRIES = [
    pytest.param(entry, id=f"{path.stem}-{entry['name']}")
    for path in FILES
    for entry in json.loads(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_record_of_any_version_is_read(entry: dict[str, Any]) -> None:
    """S15."""
    held = decode_session(bytes.fromhex(entry["record"]))
    assert facts(held) == entry["facts"]
    assert facts(decode_session(encode_session(held))) == entry["facts"]


def test_the_present_version_has_records_of_every_form() -> None:
    """S15: a new version of the record comes with a file of its own."""
    names = {entry["name"] for entry in json.loads((FOLDER / f"version-{VERSION}.json").read_text())}
    assert names == {"unanswered", "worn", "retired", "SendEk", "WaitCt", "WaitEk", "SendCt"}
    assert names == {name for name, _ in sessions()}
