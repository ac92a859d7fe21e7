"""The window over a conversation and the place in it: nothing that is read moves away."""

from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from client_tui.widgets.message_rows import Row
from client_tui.widgets.message_verbs import verbs
from client_tui.widgets.viewport import Viewport
from client_tui.widgets.window import MOST_HELD, PAGE, Window, around, latest
from securemsg.client.views import MessageView
from securemsg.instant import Instant
from tests.client_tui.messages import NOW, theirs


def page(first: int, count: int) -> tuple[MessageView, ...]:
    """Return messages with consecutive rows."""
    return tuple(theirs(row) for row in range(first, first + count))


def test_a_window_knows_its_ends_from_the_length_of_pages() -> None:
    window = latest(page(1_000, PAGE))
    assert not window.at_start
    assert window.at_end
    window = window.with_older(page(950, 50))
    assert window.at_start
    assert (window.first, window.last) == (950, 1_149)
    middle = around(page(1, PAGE // 2), page(76, PAGE // 2))
    assert not middle.at_start
    assert not middle.at_end
    assert middle.with_newer(page(151, 3)).at_end


def test_a_window_holds_a_bounded_number_of_messages_and_gives_back_the_far_end() -> None:
    window = latest(page(100_000, PAGE))
    for first in range(100_000 - PAGE, 100_000 - 20 * PAGE, -PAGE):
        window = window.with_older(page(first, PAGE))
        assert len(window.messages) <= MOST_HELD
    assert not window.at_end
    while not window.at_end:
        window = window.with_newer(page(window.last + 1, min(PAGE, 100_150 - window.last - 1)))
        assert len(window.messages) <= MOST_HELD
    assert window.last == 100_149
    assert not window.at_start


def test_what_expires_while_it_is_looked_at_leaves_a_line_without_words() -> None:
    """The words are gone from memory as well as from the vault."""
    old = Window((theirs(1), theirs(2, "secret", expires_at=Instant(NOW - 1)), theirs(3)))
    fresh = Window((theirs(1), theirs(3)))
    shown, expired = fresh.over(old, NOW)
    assert [message.row for message in shown.messages] == [1, 2, 3]
    assert expired == {2}
    assert shown.messages[1].text == ""
    assert verbs(shown.messages[1]) == ("info", "delete_here")
    unread = Window((theirs(1), theirs(2, expires_at=Instant(NOW + 1)), theirs(3)))
    assert fresh.over(unread, NOW) == (fresh, frozenset())


def rows(heights: dict[int, int]) -> list[Row]:
    """Return rows as a transcript has them: a heading, then the lines of each message."""
    made: list[Row] = []
    for message, height in heights.items():
        made += [Row(Content("")), *(Row(Content(f"{message}.{line}"), message) for line in range(height))]
    return made


def seen(viewport: Viewport) -> list[int | None]:
    """Return whose rows are seen, from top to bottom."""
    shown = viewport.rows[viewport.top : viewport.top + viewport.height]
    return [row.message for row in shown]


heights = st.dictionaries(st.integers(1, 60), st.integers(1, 6), min_size=1, max_size=40)


@given(heights, st.integers(1, 30), st.integers(0, 200))
def test_the_viewport_never_leaves_the_rows(found: dict[int, int], height: int, top: int) -> None:
    viewport = Viewport()
    viewport.resize(height)
    viewport.replace(rows(found))
    viewport.go(top)
    assert 0 <= viewport.top <= max(len(viewport.rows) - height, 0)
    start, stop = viewport.thumb()
    assert 0 <= start <= stop <= height
    places = [place for y in range(height) if (place := viewport.row_at(y)) is not None]
    assert places == list(range(viewport.top, min(viewport.top + height, len(viewport.rows))))


@given(heights, heights, st.integers(3, 30), st.integers(0, 200))
def test_whoever_reads_stays_with_the_message_that_was_read(
    before: dict[int, int], added: dict[int, int], height: int, top: int
) -> None:
    """Whatever comes above and below, the first message that was seen stays where it was."""
    viewport = Viewport()
    viewport.resize(height)
    held = {100 + key: lines for key, lines in sorted(before.items())}
    viewport.replace(rows(held))
    viewport.go(top)
    follows, was = viewport.follows, seen(viewport)
    above = dict(sorted(added.items()))
    below = {200 + key: lines for key, lines in sorted(added.items())}
    viewport.replace(rows({**above, **held, **below}))
    if follows:
        assert viewport.top == viewport.end
    elif viewport.top < viewport.end:
        assert seen(viewport) == was


def test_at_the_end_new_messages_scroll_in_and_resizing_keeps_the_lowest_row() -> None:
    viewport = Viewport()
    viewport.resize(4)
    viewport.replace(rows({1: 3, 2: 3}))
    viewport.go(viewport.end)
    viewport.replace(rows({1: 3, 2: 3, 3: 3}))
    assert seen(viewport)[-1] == 3
    viewport.resize(8)
    assert seen(viewport)[-1] == 3
    viewport.resize(2)
    assert seen(viewport)[-1] == 3


def test_a_short_conversation_stands_at_the_bottom() -> None:
    viewport = Viewport()
    viewport.resize(10)
    viewport.replace(rows({1: 2}))
    assert viewport.row_at(0) is None
    assert viewport.row_at(9) == 2
    assert viewport.thumb() == (0, 0)
