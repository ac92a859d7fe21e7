"""The invented campaign: the same each time, offline, and gone afterwards."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from client_tui import clock
from client_tui.demo.crowd import CROWDS, LAST, RARE, crowded
from client_tui.demo.entrance import staged_home
from client_tui.demo.stage import HOUR, PARTS
from client_tui.text.when import full
from securemsg.client.rehearsal import NOWHERE
from securemsg.client.views import FileState, LinkState, MessageKind, MessageState, Trust
from tests.client_tui.ptys import client_on_pty


@pytest.fixture(autouse=True)
def _time_goes_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the clock back after the test, and the time zone."""
    monkeypatch.setenv("TZ", "UTC")
    yield
    clock.hold(None)


def test_the_play_is_the_same_each_time_and_leaves_nothing() -> None:
    with staged_home() as (home, profile, engine):
        first = profile.conversations()
        assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
        assert engine.connection.state is LinkState.ONLINE
        assert full(clock.now()) == "2026-10-14 08:41"
    assert not home.parent.exists()
    with staged_home() as (_, profile, _):
        assert profile.conversations() == first
    assert len(first) == len(PARTS) + 1


def test_the_play_shows_every_trust_and_what_is_unread() -> None:
    with staged_home() as (_, profile, _):
        views = profile.conversations()
        assert {view.trust for view in views} == set(Trust)
        assert views[0].alias == "Claire Dumont"
        assert {view.alias: view.unread for view in views if view.unread} == {
            part.alias: part.unread for part in PARTS if part.unread
        }
        assert NOWHERE in profile.own().relay
        assert all(view.last_at is not None and view.last_at <= HOUR for view in views)
        assert sum(view.own for view in views) == sum(bool(view.draft) for view in views) == 1
        assert [view.alias for view in views if view.request] == ["T. Verhoeven"]


def test_the_play_shows_what_messages_can_be() -> None:
    with staged_home() as (_, profile, _):
        pages = [profile.messages(view.contact) for view in profile.conversations()]
        messages = [message for page in pages for message in page]
        kinds = {message.kind for message in messages}
        assert kinds == set(MessageKind) - {MessageKind.NAME}
        assert {message.state for message in messages} == set(MessageState)
        assert any(message.deleted for message in messages)
        assert any(message.edited_at for message in messages)
        assert any(message.reactions for message in messages)
        assert any(message.quoted and message.quoted.text for message in messages)
        assert any(message.expires_at and message.expires_at > HOUR for message in messages)
        files = {message.file.state for message in messages if message.file is not None}
        assert files >= {FileState.SAVED, FileState.OFFERED, FileState.DOWNLOADING, FileState.UPLOADING}


def test_the_demonstration_runs_on_a_terminal_and_cleans_up(tmp_path: Path) -> None:
    with client_on_pty("--demo", TMPDIR=str(tmp_path)) as terminal:
        terminal.until("Claire Dumont")
        terminal.write(b"\x11")
        assert terminal.end() == 0
        assert terminal.echoes()
    assert not list(tmp_path.iterdir())


def test_what_is_tried_in_the_demonstration_leaves_the_settings_as_they_are(tmp_path: Path) -> None:
    mine = tmp_path / "securemsg" / "tui.toml"
    mine.parent.mkdir()
    mine.write_text('theme = "contrast"\nlanguage = "en"\n')
    with client_on_pty("--demo", XDG_CONFIG_HOME=str(tmp_path)) as terminal:
        terminal.until("Claire Dumont")
        for order, seen in (("/theme day", "Claire Dumont"), ("/lang fr", "verrouill")):
            terminal.write(f"{order}\r".encode())
            terminal.until(seen)
        terminal.write(b"\x11")
        assert terminal.end() == 0
    assert mine.read_text() == 'theme = "contrast"\nlanguage = "en"\n'
    assert [each.name for each in mine.parent.iterdir()] == ["tui.toml"]


def test_a_crowd_says_as_much_as_it_should_and_one_rare_word() -> None:
    with staged_home() as (_, profile, _):
        crowded(profile, 400, HOUR)
        heads = [view for view in profile.conversations() if view.alias in CROWDS]
        counts = [len(profile.messages(view.contact, limit=1_000)) for view in heads]
        assert counts == [200, 200]
        assert len(profile.search(RARE)) == 1
        assert all(LAST in view.last_text for view in heads)
