"""Takes every shot in one process: languages outside, then themes and sizes, states innermost."""

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, chdir, contextmanager
from pathlib import Path
from typing import Final

from textual.screen import Screen
from textual.widgets import Input, TextArea

from client_tui import clock
from client_tui.app import SecureApp, Start
from client_tui.demo.entrance import staged_home
from client_tui.screens.chat import ChatScreen
from client_tui.text.language import VARIABLE, use_language
from tests.client_tui.snapshots.place import Place
from tests.client_tui.snapshots.shots import Shot, page, shoot
from tests.client_tui.snapshots.states import STATES

PAGES: Final = Path(__file__).parent / "pages"
LANGUAGES: Final = ("en", "fr")
SIZES: Final = ((80, 24), (120, 36))
LOOKS: Final = ((SIZES[0], "night"), (SIZES[1], "day"), (SIZES[1], "contrast"))
"""Themes differ in colours only: each is taken in one size, and each size in one theme at least."""

TRIES: Final = 40
"""Looks at the screen until two in a row see the same."""

CHANGED: Final = ("TZ", "XDG_CONFIG_HOME", "NO_COLOR", "COLORTERM", VARIABLE)
"""Variables that decide about pictures; they are put back afterwards."""

_Shots = dict[str, dict[str, Shot]]


def names() -> Iterator[str]:
    """Yield the name of every page."""
    for language in LANGUAGES:
        for columns, rows in SIZES:
            for state in STATES:
                yield f"{state}.{language}.{columns}x{rows}"


async def gallery() -> dict[str, str]:
    """Return every page by its name."""
    shots: _Shots = {name: {} for name in names()}
    for language in LANGUAGES:
        for size, theme in LOOKS:
            # Anew for each: what was read is not unread again, and where one looked from shows.
            with still_world(language):
                async with opened(size, theme) as place:
                    for state, reach in STATES.items():
                        await reach(place)
                        name = f"{state}.{language}.{size[0]}x{size[1]}"
                        shots[name][theme] = await _still(place)
    return {name: page(name, themes) for name, themes in shots.items()}


@contextmanager
def still_world(language: str) -> Iterator[None]:
    """Let the machine, its settings and its clock have no say in the pictures of the block."""
    before = {name: os.environ.pop(name, None) for name in CHANGED}
    os.environ["XDG_CONFIG_HOME"] = os.devnull
    os.environ[VARIABLE] = language
    use_language(language)
    try:
        yield
    finally:
        clock.hold(None)
        use_language("en")
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        time.tzset()


@asynccontextmanager
async def opened(size: tuple[int, int], theme: str) -> AsyncIterator[Place]:
    """Open the client among the invented people."""
    with undrawn(), staged_home() as (home, profile, engine), chdir(_documents(home.parent)):
        app = SecureApp(Start(home=home, profile=profile, engine=engine))
        async with app.run_test(size=size) as pilot:
            app.theme = theme
            await pilot.pause()
            screen = app.screen
            assert isinstance(screen, ChatScreen)
            people = {view.alias: view.contact for view in profile.conversations()}
            yield Place(pilot, screen, profile, engine, people)


@contextmanager
def undrawn() -> Iterator[None]:
    """Let Textual draw nothing between the shots: nobody looks, and it is half of the work."""
    draw = Screen._compositor_refresh
    Screen._compositor_refresh = lambda _screen: None  # type: ignore[assignment, method-assign] # for the block
    try:
        yield
    finally:
        Screen._compositor_refresh = draw  # type: ignore[method-assign] # as it was


def _documents(folder: Path) -> Path:
    """Return a folder with a few files, for the sheet that shows those that are here."""
    documents = folder / "documents"
    (documents / "affiches").mkdir(parents=True)
    for name, size in (("budget.ods", 48_213), ("discours-lyon.odt", 21_907), ("salle.jpg", 2_310_442)):
        with (documents / name).open("wb") as file:
            file.truncate(size)
    return documents


async def _still(place: Place) -> Shot:
    """Return the screen once nothing moves on it any more."""
    for field in (*place.pilot.app.screen.query(TextArea), *place.pilot.app.screen.query(Input)):
        field.cursor_blink = False
    await place.settle()
    shot = shoot(place.pilot.app)
    for _ in range(TRIES):
        await place.settle()
        before, shot = shot, shoot(place.pilot.app)
        if before == shot:
            break
    return shot
