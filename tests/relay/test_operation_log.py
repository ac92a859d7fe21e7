"""What a log line looks like, how much of it there is, and what is never in it (Spec: RL-3, RL-43)."""

import json

import pytest

from relay.config import LogFormat, LogLevel, LogSettings
from relay.log import Event, Log
from securemsg.instant import SECOND
from tests.relay.running import START, Setting


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_a_line_is_an_object_or_words(capsys: pytest.CaptureFixture[str]) -> None:
    for chosen in LogFormat:
        log = Log(Setting().clock, LogSettings(format=chosen))
        log.note(Event.STARTED, {"commits": 3})
        log.note_error(Event.COMMIT_FAILED, ExceptionGroup("", [KeyError("canary"), OSError("canary")]))
    first, second, third, fourth = lines(capsys)
    assert json.loads(first) == {"time": START, "level": "info", "event": "started", "commits": 3}
    assert json.loads(second)["kinds"] == ["KeyError", "OSError"]
    assert third == "2027-01-15T08:00:00+00:00 info started commits=3"
    assert fourth == "2027-01-15T08:00:00+00:00 error commit failed kinds=KeyError,OSError"


def test_a_level_has_what_is_more_urgent_too(capsys: pytest.CaptureFixture[str]) -> None:
    written: dict[LogLevel, list[str]] = {}
    for level in LogLevel:
        log = Log(Setting().clock, LogSettings(level=level))
        for event in (Event.STARTED, Event.DISK_FILLING, Event.DISK_FULL):
            log.note(event)
        written[level] = [json.loads(line)["level"] for line in lines(capsys)]
    assert written == {
        LogLevel.ERROR: ["error"],
        LogLevel.WARNING: ["warning", "error"],
        LogLevel.INFO: ["info", "warning", "error"],
    }


def test_what_repeats_is_written_ten_times_a_minute_and_then_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """RL-43: a client that provokes an error cannot fill the disk; other events are not held up by it."""
    setting = Setting()
    log = Log(setting.clock)
    for _ in range(1_000):
        log.note_error(Event.CONNECTION_FAILED, ValueError())
    log.note(Event.DRAINING)
    assert len(lines(capsys)) == 11
    setting.now = type(START)(START + 60 * SECOND)
    for _ in range(2):
        log.note_error(Event.CONNECTION_FAILED, ValueError())
    first, second = map(json.loads, lines(capsys))
    assert first["unwritten"] == 990
    assert "unwritten" not in second


def test_a_clock_that_is_set_back_does_not_silence_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    setting = Setting()
    log = Log(setting.clock)
    for _ in range(20):
        log.note(Event.STARTED)
    setting.now = type(START)(START - 60 * SECOND)
    log.note(Event.STARTED)
    assert len(lines(capsys)) == 11
