"""Every place of the client that shows foreign text, under attack (Spec: CL-9, ID-12)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.widgets import Static

from client_tui.commands.messages import message_line
from client_tui.terminal.last_filter import LastFilter
from client_tui.text.safe import safe_name
from client_tui.widgets.compose_line import answering, completions, editing
from client_tui.widgets.file_line import file_line, shortened
from client_tui.widgets.goto_sheet import Goal
from client_tui.widgets.info_sheet import card
from client_tui.widgets.outbox_sheet import Waiting
from client_tui.widgets.people import Conversation
from client_tui.widgets.search_sheet import Found
from client_tui.widgets.status import connection_line
from client_tui.widgets.talk_view import conditions
from client_tui.widgets.transcript_rows import Setting, rows_of
from client_tui.widgets.verify_sheet import digits
from securemsg.client.views import (
    ConnectionView,
    ConversationView,
    Direction,
    EditView,
    FileState,
    FileView,
    LinkState,
    MessageKind,
    MessageState,
    MessageView,
    QuotedView,
    ReactionView,
    Trust,
    VerificationView,
)
from securemsg.instant import LAST_INSTANT, Instant
from tests.client_tui.hostile_text import ATTACKS, CLEAR_AND_LIE, MARKUP, OBEYED, mixed_text
from tests.client_tui.people import acquaint, client, connected, screen_text, type_text, unlock, until
from tests.support.programs import RelayProgram

NOW = Instant(1_791_980_000_000)
instants = st.integers(0, LAST_INSTANT).map(Instant)
maybe = st.one_of(st.none(), instants)
files = st.builds(
    FileView,
    name=mixed_text,
    type=mixed_text,
    size=st.integers(0, 2**40),
    state=st.sampled_from(FileState),
    done=st.integers(0, 2**40),
    path=mixed_text,
    reason=mixed_text,
    removed=mixed_text,
    expires_at=maybe,
)
quotes = st.builds(
    QuotedView,
    row=st.one_of(st.none(), st.integers(1, 9)),
    mine=st.booleans(),
    text=mixed_text,
    file_name=mixed_text,
)
signs = st.builds(ReactionView, emoji=mixed_text, mine=st.booleans(), theirs=st.booleans())
messages = st.builds(
    MessageView,
    row=st.integers(1, 1_000),
    id=mixed_text,
    contact=st.just(1),
    alias=mixed_text,
    direction=st.sampled_from(Direction),
    state=st.sampled_from(MessageState),
    text=mixed_text,
    reason=mixed_text,
    sent_at=instants,
    stored_at=instants,
    readable=st.booleans(),
    kind=st.sampled_from(MessageKind),
    lifetime=st.integers(0, 31_622_400),
    expires_at=maybe,
    edited_at=maybe,
    deleted=st.booleans(),
    quoted=st.one_of(st.none(), quotes),
    reactions=st.lists(signs, max_size=2).map(tuple),
    file=st.one_of(st.none(), files),
)


def assert_harmless(content: Content) -> None:
    """No control, no second line, and no action that a click could run."""
    assert not OBEYED.search(content.plain)
    assert "\n" not in content.plain
    assert "click" not in repr(content.spans)


def assert_harmless_lines(content: Content) -> None:
    """The same for a text of several lines."""
    assert not OBEYED.search(content.plain)
    assert "click" not in repr(content.spans)


@settings(max_examples=400)
@given(st.lists(messages, max_size=4), st.integers(0, 200))
def test_a_transcript_of_any_messages_has_harmless_rows(found: list[MessageView], width: int) -> None:
    """T01-T05, T09-T11, T19: and no message, however made, stops those beside it from being shown."""
    rows = rows_of(found, Setting(width, NOW, found[0].row if found else None))
    for row in rows:
        assert_harmless(row.content)
    assert {message.row for message in found} <= {row.message for row in rows}


@settings(max_examples=300)
@given(mixed_text, mixed_text, st.sampled_from(Trust), instants, st.integers(0, 100))
def test_names_are_harmless_in_lists_and_headings(
    alias: str, account: str, trust: Trust, instant: Instant, width: int
) -> None:
    """T05: list of conversations, verification."""
    view = ConversationView(1, alias, alias, account, trust, alias, instant, 10_000, reduced=False)
    row = Conversation(view, NOW).line(width)
    assert_harmless(row)
    assert row.cell_length <= max(width, 0)
    sheet = digits(VerificationView(1, alias, account, account, trust), "", spoken_below=width > 50)
    assert_harmless_lines(sheet)
    assert_harmless(Goal(1, alias, conversation=Conversation(view, NOW)).line(width))
    assert not OBEYED.search(conditions(view, NOW))


@pytest.mark.parametrize(
    "forged", ["\u2192 You", "Claire \u2714 verified \u2500\u2500\u2500", "\u25b2\u25cb\u25cf\u25bd\u2713"]
)
def test_no_name_shows_a_sign_that_is_ours(forged: str) -> None:
    """T05: trust, direction and state are said by this client only."""
    assert not set(safe_name(forged)) & set("\u2192\u2714\u2713\u25cb\u25b2\u25bd\u25cf\u2500")
    assert len(safe_name(forged)) == len(forged)


@pytest.mark.parametrize("alias", ["You", "\u2192 You", "> You"])
def test_a_contact_cannot_pass_for_ourselves(alias: str) -> None:
    """T05: in the transcript and in printed lines."""

    def message(direction: Direction) -> MessageView:
        state = MessageState.DELIVERED
        return MessageView(1, "00", 1, alias, direction, state, "yes", "", NOW, NOW, readable=True)

    headings = [
        [row.content.plain[:5] for row in rows_of([message(way)], Setting(80, NOW))] for way in Direction
    ]
    assert [("\u2192 You" in heading) for heading in headings] == [way is Direction.OUT for way in Direction]
    printed = {way: message_line(message(way)) for way in Direction}
    assert printed[Direction.IN].startswith("< [")
    assert printed[Direction.OUT].startswith("> [")
    assert printed[Direction.OUT].index("(delivered)") < printed[Direction.OUT].index("yes")


@settings(max_examples=300)
@given(messages, st.lists(mixed_text, max_size=2), st.integers(1, 120))
def test_whatever_quotes_a_message_is_harmless(message: MessageView, before: list[str], width: int) -> None:
    """T05: card, earlier versions, answers, edits, the outbox, names of files."""
    history = [EditView(text, message.sent_at) for text in before]
    assert_harmless_lines(card(message, history))
    for content in (answering(message), editing(message), Waiting(message, NOW).line(width)):
        assert_harmless(content)
    if message.file is not None:
        assert_harmless(Content(shortened(message.file.name, width)))
        assert file_line(message.file, width).cell_length <= width


@settings(max_examples=200)
@given(mixed_text)
def test_what_is_begun_with_a_slash_is_harmless(text: str) -> None:
    """T05, T13: a command that does not exist is quoted."""
    assert_harmless(completions([], text))


@settings(max_examples=300)
@given(messages, mixed_text, st.integers(0, 120))
def test_results_status_and_command_output_are_harmless(
    message: MessageView, reason: str, width: int
) -> None:
    """T05: search results, error texts, printed lines."""
    assert_harmless(Found(message, NOW).line(width))
    assert_harmless(connection_line(ConnectionView(LinkState.OFFLINE, reason, NOW, NOW, 3), NOW))
    printed = message_line(message)
    assert not OBEYED.search(printed)
    first, *others = printed.split("\n")
    assert first.startswith("< [" if message.direction is Direction.IN else "> [")
    assert all(line.startswith("    | ") for line in others)


@settings(max_examples=500)
@given(st.lists(mixed_text, max_size=5))
def test_the_last_filter_stops_what_a_widget_let_through(texts: list[str]) -> None:
    """T01-T05: the same rule directly before the terminal."""
    segments = LastFilter().apply([Segment(text) for text in texts], Color(0, 0, 0))
    assert not any(OBEYED.search(segment.text) or "\n" in segment.text for segment in segments)


@pytest.mark.anyio
async def test_a_widget_without_the_gate_is_stopped_at_the_last_filter(tmp_path: Path) -> None:
    """T01-T05: a mistake of ours in some widget does not reach the terminal."""
    async with client(tmp_path / "new", (80, 40)) as (app, pilot):
        await app.screen.mount(Static(Content(f"careless {CLEAR_AND_LIE}")))
        await pilot.pause()
        assert "careless" in screen_text(app)
        assert not OBEYED.search(screen_text(app).replace("\n", ""))


@pytest.mark.anyio
async def test_hostile_names_and_bodies_are_shown_literally_everywhere(
    tmp_path: Path, relay: RelayProgram
) -> None:
    """T01-T05, T11: through the real engine onto the real screen."""
    home, other, contact = await acquaint(tmp_path, relay.address, "[b]Mal\u202elory[/]", alias=MARKUP[:40])
    async with connected(other, contact) as mallory, client(home, (120, 40)) as (app, pilot):
        await unlock(app, pilot)
        for attack in ATTACKS:
            await mallory.write(f"attack {attack} end")
        await until(pilot, lambda: screen_text(app).count(" end") >= len(ATTACKS) - 2)
        for key in (None, "f2", "f3", "f7", "f1", "escape", "ctrl+f"):
            if key is not None:
                await pilot.press(key)
            assert not OBEYED.search(screen_text(app).replace("\n", ""))
        await type_text(pilot, "attack")
        await until(pilot, lambda: "found" in screen_text(app))
        assert "[@click=app.leave]" in screen_text(app)
        assert not OBEYED.search(screen_text(app).replace("\n", ""))
        await pilot.click(offset=(60, 6))
        await pilot.pause()
        assert app._exit is False
