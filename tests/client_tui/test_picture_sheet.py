"""Pictures on the screen: drawn when asked for, and gone with the sheet (T16, FI-13)."""

from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from client_tui.pictures.decoder import Decoder
from client_tui.pictures.raster import Raster
from client_tui.screens.chat import ChatScreen
from client_tui.screens.lock import LockScreen
from client_tui.settings import change_setting, settings_file
from client_tui.text.signs import use_ascii
from client_tui.widgets.file_line import file_line
from client_tui.widgets.message_verbs import verbs
from client_tui.widgets.picture import Picture, no_picture_here
from client_tui.widgets.picture_sheet import PictureSheet
from client_tui.widgets.talk import Talk
from client_tui.widgets.verify_sheet import VerifySheet
from securemsg.client import Profile
from securemsg.client.transfer import steps
from securemsg.client.transfer.halt import Halt
from securemsg.client.transfer.preparing import prepare
from securemsg.client.transfer.progress import Progress
from securemsg.client.transfer.spool import Spool
from securemsg.client.views import MessageView, Trust
from securemsg.crypto.entropy import SystemEntropy
from securemsg.identity.safety import parse_verification, verification_text
from securemsg.store.ids import MessageRow
from tests.client_tui.hostile_pictures import BOMBS, WHOLE
from tests.client_tui.offspring import begin, children
from tests.client_tui.people import until
from tests.client_tui.rehearsing import chatting
from tests.client_tui.test_introductions import LINK

RED_OVER_BLUE = Raster(1, 3, bytes((200, 0, 0, 0, 0, 200, 0, 200, 0)))


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be on a terminal of all colours."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")


def kept(profile: Profile, path: Path) -> MessageView:
    """Return the message of a note whose file is here."""
    row = profile.queue_file(profile.note_to_self().contact, str(path)).row
    record = profile.decide(lambda step: step.vault.files.get(MessageRow(row)))
    sealed = prepare(record, Spool(profile.home), SystemEntropy(), Progress(), Halt())
    profile.decide(lambda step: steps.prepared(step, MessageRow(row), sealed))
    return profile.message(row)


def stored(screen: ChatScreen, folder: Path, name: str, picture: bytes) -> Callable[[Profile], MessageView]:
    """Return what keeps a picture in a note."""
    path = folder / name
    path.write_bytes(picture)
    del screen
    return lambda profile: kept(profile, path)


@pytest.fixture(autouse=True)
def only_our_children() -> None:
    """Leave out what other tests keep, a relay for example."""
    begin()


def remark(screen: ChatScreen) -> str:
    """Return what the sheet says of the picture."""
    return screen.sheets.picture._remark.text


def raster(screen: ChatScreen) -> Raster | None:
    """Return what the sheet draws."""
    return screen.sheets.picture.query_one(Picture)._raster


def files_in(folder: Path) -> set[Path]:
    """Return every file below a folder but those of the database."""
    return {path for path in folder.rglob("*") if path.is_file() and "vault" not in path.name}


async def view(pilot: Pilot[int], screen: ChatScreen, message: MessageView) -> None:
    """Ask for the picture of a message."""
    screen.post_message(Talk.SheetWanted("view", message))
    await until(pilot, lambda: remark(screen) not in {"", "Decoding\u2026"})


@pytest.mark.anyio
async def test_a_picture_is_drawn_and_gone_with_its_sheet(tmp_path: Path) -> None:
    """T16, FI-13: no file is written; a bomb is a sentence; larger when there is more room."""
    async with chatting(tmp_path, size=(80, 24)) as (_, screen, pilot):
        store = stored(screen, tmp_path, "photo.webp", WHOLE["webp"])
        message = await screen.bridge.perform(store)
        assert "view" in verbs(message)
        assert message.file is not None
        assert "v shows it" in file_line(message.file, 80).plain
        bomb = await screen.bridge.perform(stored(screen, tmp_path, "bomb.png", BOMBS["gif"]))
        before = files_in(tmp_path)
        await view(pilot, screen, message)
        drawn = raster(screen)
        assert drawn is not None
        assert (drawn.width, drawn.height) == (72, 36)
        await pilot.resize_terminal(60, 20)
        await until(pilot, lambda: (found := raster(screen)) is not None and found.width < 72)
        await pilot.press("escape")
        assert (raster(screen), screen.sheets.picture.display) == (None, False)
        decoded = screen._decoding
        screen.picture_wanted(PictureSheet.Wanted(message.row, 8, 4))
        assert screen._decoding is decoded
        await view(pilot, screen, bomb)
        assert (remark(screen), raster(screen)) == ("This picture is too large to be decoded here.", None)
        await pilot.press("escape")
        assert files_in(tmp_path) == before


@pytest.mark.anyio
async def test_the_lock_ends_a_decoder_that_hangs(tmp_path: Path) -> None:
    """T16: the sheet is closed, the process gone, and nothing of it is said."""
    async with chatting(tmp_path) as (app, screen, pilot):
        screen.decoder = Decoder(("/bin/sh", "-c", "exec sleep 60"))
        message = await screen.bridge.perform(stored(screen, tmp_path, "photo.png", WHOLE["png"]))
        screen.post_message(Talk.SheetWanted("view", message))
        await until(pilot, lambda: bool(children()))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        assert not children()


@pytest.mark.anyio
async def test_a_picture_closes_when_its_message_goes(tmp_path: Path) -> None:
    """CL-30: a message that disappears is not looked at any longer."""
    async with chatting(tmp_path) as (_, screen, pilot):
        message = await screen.bridge.perform(stored(screen, tmp_path, "photo.png", WHOLE["png"]))
        await view(pilot, screen, message)
        await screen.bridge.perform(lambda profile: profile.delete_for_me([message.row]))
        await until(pilot, lambda: not screen.sheets.picture.display)
        assert raster(screen) is None


def code(folder: Path, text: str) -> str:
    """Write a picture of a QR code."""
    path = folder / f"{len(text)}.png"
    segno.make(text, error="l", micro=False).save(str(path), scale=3)
    return str(path)


@pytest.mark.anyio
async def test_a_code_in_a_picture_is_compared_and_decides_nothing(tmp_path: Path) -> None:
    """ID-14, K20: what the last picture told counts, and only while that number is shown."""
    async with chatting(tmp_path) as (_, screen, pilot):
        view = screen.talk.view
        assert view is not None
        number = await screen.bridge.perform(lambda profile: profile.verification(view.contact))
        theirs = verification_text(*reversed(parse_verification(number.qr)))
        told = {
            theirs: "is the same",
            screen.bridge.own.link_qr: "is a contact link",
            number.qr: "of your own screen",
        }
        said = screen.sheets.verify.query(Static)
        for text, words in told.items():
            await pilot.press("f2", "d", "s")
            screen.sheets.verify._picture.input.value = code(tmp_path, text)
            await pilot.press("enter")
            await until(pilot, lambda words=words: any(words in str(each.render()) for each in said))
            assert screen.sheets.verify._differs is (text != theirs)
            await pilot.press("escape")
        decoded = screen._decoding
        screen.comparison_wanted(VerifySheet.Pictured(view.contact, code(tmp_path, number.qr)))
        assert screen._decoding is decoded
        trust = (await screen.bridge.perform(lambda profile: profile.conversations()))[0].trust
        assert trust is view.trust


@pytest.mark.anyio
async def test_only_the_number_on_the_screen_is_verified(tmp_path: Path) -> None:
    """ID-11: also where another account came meanwhile, and one asked what going on with it would mean."""
    async with chatting(tmp_path) as (_, screen, pilot):
        view = screen.talk.view
        assert view is not None
        await pilot.press("f2")
        await until(pilot, lambda: screen.sheets.verify.contact == view.contact)
        await screen.bridge.perform(lambda profile: profile.add_contact(LINK.text, view.alias))
        await until(pilot, lambda: screen.views[view.contact].trust is Trust.CHANGED)
        await pilot.press("f4")
        screen.sheets.verify.query_one("#verification").focus()
        await pilot.press("v")
        await until(pilot, lambda: "look again" in screen.keys.text)
        trusts = {each.trust for each in await screen.bridge.perform(Profile.conversations)}
        assert Trust.CHANGED in trusts


@pytest.mark.anyio
async def test_a_link_is_added_from_a_picture(tmp_path: Path) -> None:
    """ID-6, T23: what it says is shown first, as of one that was pasted."""
    async with chatting(tmp_path) as (_, screen, pilot):
        add = screen.sheets.add
        await pilot.press("f3")
        add._link.input.value = code(tmp_path, screen.bridge.own.link_qr)
        await pilot.press("enter")
        await until(pilot, lambda: add._link.value == screen.bridge.own.link_qr)
        assert add._alias.input.has_focus
        await pilot.press("enter")
        assert "account" in str(add._introduction.render())
        add._link.input.value = code(tmp_path, "https://evil.example/")
        add._link.input.focus()
        await pilot.press("enter")
        await until(pilot, lambda: "none of this program" in str(add._failure.render()))


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, ""),
        ({"COLORTERM": ""}, ""),
        ({"COLORTERM": "", "TERM": "linux"}, "too few colours"),
        ({"COLORTERM": "", "TERM": "dumb"}, "too few colours"),
        ({"NO_COLOR": "1"}, "too few colours"),
    ],
)
def test_a_terminal_without_colours_is_told_why(
    environment: dict[str, str], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert reason in no_picture_here(App[int]())
    assert bool(no_picture_here(App[int]())) is bool(reason)


def test_nothing_is_drawn_for_a_screen_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    change_setting(settings_file({"XDG_CONFIG_HOME": str(tmp_path)}), "screen_reader", True)  # noqa: FBT003 - the value of a setting
    assert "screen reader" in no_picture_here(App[int]())


def test_plain_signs_and_pictures_exclude_each_other() -> None:
    use_ascii(wanted=True)
    try:
        assert "plain signs" in no_picture_here(App[int]())
    finally:
        use_ascii(wanted=False)


@pytest.mark.anyio
async def test_two_colours_stand_in_each_cell(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (_, screen, pilot):
        await screen.show_sheet(screen.sheets.picture)
        await pilot.pause()
        picture = screen.sheets.picture.query_one(Picture)
        picture.show(RED_OVER_BLUE)
        rows = [picture.render_line(row) for row in range(3)]
        assert [row.text.rstrip() for row in rows] == ["\u2580", "\u2580", ""]
        assert {row.cell_length for row in rows} == {picture.size.width}
        styles = [next(iter(row)).style for row in rows[:2]]
        assert all(styles)
        shown = [(style.color, style.bgcolor) for style in styles if style]
        assert [colour.triplet.hex for colour in shown[0] if colour and colour.triplet] == [
            "#c80000",
            "#0000c8",
        ]
        assert shown[1][0] is not None
        assert shown[1][1] == picture.rich_style.bgcolor
