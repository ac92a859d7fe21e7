"""The one table of commands."""

from collections import Counter

from client_tui.registry import (
    COMMANDS,
    Place,
    command_named,
    find_slash,
    in_place,
    shown_key,
    slash_commands,
)
from client_tui.registry.lookup import folded

FORBIDDEN = ("alt+", "shift+enter", "ctrl+enter", "ctrl+i", "ctrl+m", "ctrl+h", "ctrl+tab")
"""Terminals and tmux swallow them or send something else."""


def test_names_are_given_once() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)


def test_no_key_means_two_things_in_one_place() -> None:
    for place in set(Place) - {Place.EVERYWHERE}:
        keys = Counter(key for command in in_place(Place.EVERYWHERE, place) for key in command.keys)
        assert [key for key, count in keys.items() if count > 1] == []


def test_no_default_key_is_one_that_terminals_swallow() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert [key for key in keys if key.startswith(FORBIDDEN) or (key[-1:].isdigit() and "ctrl+" in key)] == []


def test_every_function_key_has_a_twin_after_control_x_and_no_two_are_the_same() -> None:
    without = [
        command.name
        for command in COMMANDS
        if not command.after and any(key[0] == "f" and key[1:].isdigit() for key in command.keys)
    ]
    twins = Counter(command.after for command in COMMANDS if command.after)
    assert (without, [key for key, count in twins.items() if count > 1]) == ([], [])


def test_slash_names_are_known_in_both_languages_with_and_without_accents() -> None:
    verify = command_named("verify")
    assert {find_slash(name) for name in ("verify", "v\u00e9rifier", "verifier", "VERIFIER")} == {verify}
    assert find_slash("nonsense") is None
    assert verify in slash_commands("v\u00e9r")


def test_no_slash_name_means_two_commands() -> None:
    names = Counter(
        name
        for command in COMMANDS
        if command.slash
        for name in {folded(command.slash.english), folded(command.slash.french)}
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_keys_are_shown_as_people_read_them() -> None:
    assert [shown_key(key) for key in ("ctrl+j", "f2", "escape", "r", "shift+tab")] == [
        "^J",
        "F2",
        "Esc",
        "r",
        "Shift+Tab",
    ]
