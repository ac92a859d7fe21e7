"""11-client.json against the display filter and the rules of names (CL-9, CL-10)."""

from __future__ import annotations

import pytest

from client_tui.text.safe import safe_body, safe_line, safe_name
from securemsg.errors import LocalError
from securemsg.store.aliases import alias_key, visible
from tests.vectors.reading import Vector, load, vectors

CLIENT = "11-client"
NEVER = frozenset(
    chr(code) for first, last in load(CLIENT)["inputs"]["never"] for code in range(first, last + 1)
)


@vectors(CLIENT, "shown")
def test_what_a_terminal_obeys_or_nobody_sees_is_not_shown(vector: Vector) -> None:
    for shown in (safe_body(vector["text"]), safe_line(vector["text"]), safe_name(vector["text"])):
        assert not NEVER & set(shown)
        at = 0
        for piece in vector["keeps"]:
            at = shown.index(piece, at) + len(piece)
        for character, most in vector["at_most"].items():
            assert shown.count(character) <= most
    assert "\n" not in safe_line(vector["text"])


@vectors(CLIENT, "names")
def test_names_are_the_same_or_not(vector: Vector) -> None:
    assert (alias_key(vector["one"]) == alias_key(vector["other"])) is vector["same"]


@vectors(CLIENT, "unseen")
def test_a_name_of_which_nothing_is_seen_is_none(vector: Vector) -> None:
    assert visible(vector["name"]) == ""
    with pytest.raises(LocalError):
        alias_key(vector["name"])
