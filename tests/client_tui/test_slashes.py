"""What begins with a slash runs nothing that the person did not write and see."""

from pathlib import Path

import pytest
from textual import events

from tests.client_tui.people import screen_text, type_text, until
from tests.client_tui.rehearsing import chatting

pytestmark = pytest.mark.anyio


async def test_words_that_begin_with_a_slash_are_edited_as_words(tmp_path: Path) -> None:
    """An own message `/lock` is not run when it is changed."""
    async with chatting(tmp_path) as (_app, screen, pilot):
        await type_text(pilot, "//lock")
        await pilot.press("enter")
        await until(pilot, lambda: screen.talk.transcript.messages[-1].text == "/lock")
        screen.talk.writer.edit(screen.talk.transcript.messages[-1])
        assert screen.talk.composer.text == "//lock"


async def test_a_command_with_further_lines_is_neither_run_nor_sent(tmp_path: Path) -> None:
    """T13: it was pasted."""
    async with chatting(tmp_path) as (app, screen, pilot):
        count = len(screen.talk.transcript.messages)
        screen.talk.composer.post_message(events.Paste("/rename Ann\nof whom I spoke"))
        await until(pilot, lambda: "Ann\nof" in screen.talk.composer.text)
        await pilot.press("enter")
        await until(pilot, lambda: "No such command" in screen_text(app))
        assert screen.talk.composer.text == "/rename Ann\nof whom I spoke"
        view = screen.view_of_now()
        assert view is not None
        assert view.alias == "Ben"
        assert len(screen.talk.transcript.messages) == count
