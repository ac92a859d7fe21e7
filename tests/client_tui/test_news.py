"""What is told outside of the window, to whom, and in how many words (T24)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_tui.news import Seen, is_within, words
from client_tui.terminal.notify import desktop_command, notification
from client_tui.text.safe import SafeText, safe_line
from securemsg.client.views import ConversationView, Trust
from securemsg.instant import Instant

NOW = Instant(1_790_000_000_000)
ANN = ConversationView(1, "Ann", "Ann", "aa", Trust.VERIFIED, "the embargo ends", NOW, 1, reduced=False)
BEN = replace(ANN, contact=2, alias="Ben", last_text="hello")
READ = Seen({1: 0, 2: 0})


def test_the_first_look_tells_nothing() -> None:
    """What was unread before the start is no news."""
    assert Seen().news([ANN], NOW) == []


def test_only_what_grew_is_news() -> None:
    seen = Seen({1: 1, 2: 0})
    assert [view.alias for view in seen.news([ANN, BEN], NOW)] == ["Ben"]
    assert seen.look([ANN, BEN]).news([ANN, BEN], NOW) == []


@pytest.mark.parametrize("kept", [{"muted_until": Instant(NOW + 1)}, {"blocked": True}, {"own": True}])
def test_muted_and_blocked_conversations_and_notes_to_oneself_are_silent(kept: dict[str, object]) -> None:
    assert READ.news([replace(ANN, **kept)], NOW) == []  # type: ignore[arg-type]  # one of its fields


def test_a_conversation_whose_silence_is_over_is_heard() -> None:
    assert READ.news([replace(ANN, muted_until=NOW)], NOW) != []


def test_a_notification_says_no_more_than_wanted() -> None:
    """T24: by default neither who wrote nor what."""
    assert words([ANN, BEN], "generic") == "New message"
    assert words([ANN], "sender") == "Message from Ann"
    assert words([ANN], "full") == "Ann: the embargo ends"
    assert words([ANN, BEN], "full") == "Ann and 1 other"
    assert words([replace(ANN, request=True)], "full") == "Message from Ann"


@given(st.text(), st.sampled_from(["sender", "full"]))
def test_no_foreign_text_ends_the_sequence_or_begins_another(foreign: str, content: str) -> None:
    """T24, T02: between the frame of ours there is no control byte, and one field only."""
    told = words([replace(ANN, alias=foreign or "x", last_text=foreign)], content)
    for environment in ({}, {"TERM_PROGRAM": "iTerm.app"}):
        sequence = notification(told, environment)
        assert sequence.startswith("\x1b]")
        assert sequence.endswith("\x07\x07")
        inside = sequence[2:-2]
        assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in inside)
        assert inside.startswith(("777;notify;securemsg;", "9;securemsg: "))
        assert ";" not in inside.removeprefix("777;notify;securemsg;").removeprefix("9;")


def test_inside_tmux_the_sequence_is_handed_through() -> None:
    told = notification(SafeText("hi"), {"TMUX": "a socket"})
    assert told == "\x1bPtmux;\x1b\x1b]777;notify;securemsg;hi\x07\x1b\\\x07"


def test_the_desktop_gets_text_and_never_markup_or_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """T24: an argument of its own behind `--`, without a shell."""
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    command = desktop_command(safe_line("--help $(reboot) <a href=x>&"))
    assert command[-3:] == ["--", "securemsg", "--help $(reboot) &lt;a href=x&gt;&amp;"]


def test_a_name_is_no_option_of_the_script_that_tells_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """T24: behind the first word that is no option, `-e` begins no script."""
    monkeypatch.setattr("shutil.which", lambda name: None if name == "notify-send" else f"/bin/{name}")
    named = safe_line('-eproperty x: do shell script "reboot"--')
    program, option, _script, *texts = desktop_command(named)
    assert (program, option, texts) == ("/bin/osascript", "-e", ["securemsg", named])


@pytest.mark.parametrize(
    ("hours", "hour", "quiet"),
    [
        ((1320, 420), 23, True),
        ((1320, 420), 6, True),
        ((1320, 420), 7, False),
        ((60, 120), 1, True),
        ((60, 120), 2, False),
    ],
)
def test_quiet_hours_may_go_over_midnight(hours: tuple[int, int], hour: int, *, quiet: bool) -> None:
    assert is_within(hours, datetime(2026, 10, 14, hour, tzinfo=UTC)) is quiet
