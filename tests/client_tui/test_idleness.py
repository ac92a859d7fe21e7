"""The client locks itself when nobody is there."""

from client_tui.idleness import Idleness


def test_minutes_without_a_key_are_too_many() -> None:
    idle = Idleness((0.0, 0.0))
    assert not idle.is_over((599.0, 599.0), 10)
    assert idle.is_over((601.0, 601.0), 10)
    idle.touch((601.0, 601.0))
    assert not idle.is_over((700.0, 700.0), 10)


def test_zero_minutes_never_lock() -> None:
    assert not Idleness((0.0, 0.0)).is_over((1e6, 1e6), 0)


def test_a_machine_that_slept_is_locked_whatever_the_minutes() -> None:
    assert Idleness((0.0, 0.0)).is_over((10.0, 3_600.0), 0)
    assert not Idleness((0.0, 0.0)).is_over((10.0, 10.5), 0)
