"""Keys can be given to other commands, and none is ever given to two."""

from collections import Counter
from collections.abc import Iterator

import pytest

from client_tui.keymap import KEYMAPS, Keymap, command_of, keys_of, load_keymap, use_keymap
from client_tui.registry import Place, command_named, in_place
from client_tui.settings import CHOICES, Settings


@pytest.fixture(autouse=True)
def usual_keys() -> Iterator[None]:
    """Give the table's keys back."""
    yield
    use_keymap(Keymap())


@pytest.mark.parametrize("name", CHOICES["keymap"])
@pytest.mark.parametrize("enter", CHOICES["enter"])
def test_a_keymap_of_ours_is_whole_and_free_of_conflicts(name: str, enter: str) -> None:
    keymap = load_keymap(Settings(keymap=name, enter=enter))
    assert keymap.warnings == ()
    for place in set(Place) - {Place.EVERYWHERE}:
        keys = Counter(
            key for command in in_place(Place.EVERYWHERE, place) for key in keymap.keys_of(command)
        )
        assert [key for key, count in keys.items() if count > 1] == []


def test_every_keymap_that_can_be_chosen_is_there() -> None:
    assert {file.stem for file in KEYMAPS.iterdir()} == set(CHOICES["keymap"]) - {"default"}


def test_enter_can_mean_a_new_line() -> None:
    use_keymap(load_keymap(Settings(enter="newline")))
    assert [command_of(key, Place.WRITING) for key in ("enter", "ctrl+j")] == [
        command_named("newline"),
        command_named("submit"),
    ]


def test_a_person_can_swap_two_keys() -> None:
    keymap = load_keymap(Settings(keys={"verify": ("f7",), "link": ("f2",)}))
    assert keymap.warnings == ()
    assert (keymap.keys_of(command_named("verify")), keymap.keys_of(command_named("link"))) == (
        ("f7",),
        ("f2",),
    )


def test_a_key_that_is_taken_is_refused_with_a_warning() -> None:
    keymap = load_keymap(Settings(keys={"verify": ("f1",)}))
    assert keymap.keys_of(command_named("verify")) == ("f2",)
    assert "f1" in keymap.warnings[0]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("nonsense", ("f2",)),
        ("verify", ("x",)),
        ("verify", ("space",)),
        ("verify", ("\x1b[2J",)),
        ("submit", ()),
        ("verify", ("",)),
    ],
)
def test_what_would_make_typing_impossible_is_refused(name: str, keys: tuple[str, ...]) -> None:
    keymap = load_keymap(Settings(keys={name: keys}))
    assert (dict(keymap.keys), len(keymap.warnings)) == ({}, 1)


def test_letters_may_be_keys_among_messages() -> None:
    use_keymap(load_keymap(Settings(keys={"retry": ("z",)})))
    assert keys_of(command_named("retry")) == ("z",)
