"""How conversations are kept: put away, muted, marked, called, begun; and what the person set."""

import shutil
from pathlib import Path

import pytest

from securemsg.client import Profile
from securemsg.client.drafting import MAX_DRAFT
from securemsg.client.views import DraftView, MessageKind, MessageState, SettingsView
from securemsg.errors import LocalError
from securemsg.instant import DAY, HOUR, LAST_INSTANT, Instant, after
from securemsg.store.vault import Vault
from tests.client.post import Person, PostOffice, settle
from tests.store.vaults import PASSPHRASE


@pytest.fixture
def pair(office: PostOffice) -> tuple[Person, Person]:
    """Two people who have talked."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "hello")
    settle(ann, ben)
    ben.write("ann", "hello yourself")
    settle(ann, ben)
    return ann, ben


def test_an_archived_conversation_comes_back_with_a_message_unless_it_is_muted(
    office: PostOffice, pair: tuple[Person, Person]
) -> None:
    """CL-32."""
    ann, ben = pair
    assert ann.profile.archive(ann.of("ben")).archived
    ben.write("ann", "news")
    settle(ann, ben)
    assert not ann.view("ben").archived
    until = after(office.now, HOUR)
    assert ann.profile.mute(ann.of("ben"), until).muted_until == until
    ann.profile.archive(ann.of("ben"))
    ben.write("ann", "more news")
    settle(ann, ben)
    assert ann.view("ben").archived
    office.pass_time(HOUR)
    assert ann.view("ben").muted_until is None
    ben.profile.react(ben.messages("ann")[0].row, "\u2764")
    settle(ann, ben)
    assert ann.view("ben").archived
    ben.write("ann", "again")
    settle(ann, ben)
    assert not ann.view("ben").archived


def test_a_conversation_comes_back_when_the_person_wants_it(pair: tuple[Person, Person]) -> None:
    """CL-32: by hand, or by writing."""
    ann, _ = pair
    ann.profile.archive(ann.of("ben"))
    assert not ann.profile.unarchive(ann.of("ben")).archived
    ann.profile.archive(ann.of("ben"))
    ann.write("ben", "by the way")
    assert not ann.view("ben").archived
    assert ann.profile.mute(ann.of("ben"), Instant(LAST_INSTANT)).muted_until == LAST_INSTANT
    assert ann.profile.mute(ann.of("ben"), None).muted_until is None


def test_a_mark_stays_until_the_conversation_is_read(pair: tuple[Person, Person]) -> None:
    """CL-32."""
    ann, _ = pair
    ann.profile.mark_read(ann.of("ben"))
    assert ann.profile.mark_unread(ann.of("ben")).marked_unread
    assert (ann.view("ben").unread, ann.view("ben").marked_unread) == (0, True)
    ann.profile.mark_read(ann.of("ben"))
    assert not ann.view("ben").marked_unread


def test_a_contact_is_called_as_the_person_wants(office: PostOffice, pair: tuple[Person, Person]) -> None:
    """CL-10."""
    ann, _ = pair
    ann.add(office.person("cyd"))
    assert ann.profile.rename(ann.of("ben"), "  Ben   the baker ").alias == "Ben the baker"
    for alias in ("CYD", "", " ", "x" * 257, "\u202e"):
        with pytest.raises(LocalError):
            ann.profile.rename(ann.of("ben the baker"), alias)


def test_a_name_is_told_to_whom_the_person_accepted(office: PostOffice, pair: tuple[Person, Person]) -> None:
    """CL-33, CL-31, CL-34: not to strangers, not to who is blocked, and to oneself not at all."""
    ann, ben = pair
    cyd, dan = office.person("cyd"), office.person("dan")
    cyd.add(ann)
    cyd.write("ann", "hello")
    ann.add(dan)
    ann.write("dan", "hello")
    settle(ann, ben, cyd, dan)
    ann.profile.block(ann.of("dan"))
    ann.profile.note_to_self()
    office.submitted.clear()
    ann.profile.set_name("  Ann  Other ")
    assert (ann.profile.own().name, ann.profile.waiting()) == ("Ann Other", 1)
    settle(ann, ben, cyd, dan)
    view = ben.messages("ann")[-1]
    assert (view.kind, view.text, ben.view("ann").name) == (MessageKind.NAME, "Ann Other", "Ann Other")
    assert ben.view("ann").alias == "ann"
    ann.profile.set_name("Ann Other")
    assert ann.profile.waiting() == 0
    # Its receipt names what we know to have said.
    assert (ann.profile.alarms(), ann.notes()) == ([], {})
    ann.reopen()
    assert ann.profile.own().name == "Ann Other"
    for name in ("", "  ", "x" * 65):
        with pytest.raises(LocalError):
            ann.profile.set_name(name)


def test_a_note_to_oneself_never_leaves(office: PostOffice) -> None:
    """CL-34: whatever is done in it; it is delivered at once, and lives as long as its timer says."""
    ann = office.person("ann")
    note = ann.profile.note_to_self()
    assert (note.own, note.alias, note.request, ann.profile.note_to_self()) == (
        True,
        "Note to self",
        False,
        note,
    )
    view = ann.write("Note to self", "buy milk")
    assert view.state is MessageState.DELIVERED
    ann.profile.edit(view.row, "buy oat milk")
    ann.profile.react(view.row, "\u2764")
    ann.profile.set_timer(note.contact, 60)
    short = ann.write("Note to self", "for a minute")
    assert short.expires_at == office.now + 60_000
    ann.profile.delete_for_all([view.row])
    ann.profile.mark_read(note.contact)
    assert (ann.send(), ann.profile.waiting(), office.submitted) == (0, 0, [])
    for call in (ann.profile.block, ann.profile.unblock):
        with pytest.raises(LocalError, match="nobody else"):
            call(note.contact)
    ann.profile.delete_contact(note.contact)
    assert ann.profile.conversations() == []


def test_the_note_to_oneself_gives_way_to_who_is_called_so(office: PostOffice) -> None:
    """CL-34."""
    ann, ben = office.person("ann"), office.person("ben")
    ann.add(ben, "note to SELF")
    assert ann.profile.note_to_self().alias == "Note to self 2"


def test_a_draft_survives_and_is_shown_in_the_list(pair: tuple[Person, Person], tmp_path: Path) -> None:
    """CL-35: with what it answers, also where the program was killed at once."""
    ann, _ = pair
    row = ann.messages("ben")[-1].row
    ann.profile.save_draft(ann.of("ben"), "x" * 300, reply_to=row)
    left = shutil.copytree(ann.home, tmp_path / "left by a kill")
    killed = Profile(Vault.open(left, PASSPHRASE))
    assert killed.draft(killed.find_contact("ben").contact).text == "x" * 300
    killed.close()
    ann.reopen()
    assert ann.profile.draft(ann.of("ben")) == DraftView("x" * 300, row, None)
    assert ann.view("ben").draft == "x" * 200
    ann.profile.delete_for_me([row])
    assert ann.profile.draft(ann.of("ben")) == DraftView("x" * 300, None, None)
    own = ann.messages("ben")[0].row
    ann.profile.save_draft(ann.of("ben"), "other words", editing=own)
    assert ann.profile.draft(ann.of("ben")) == DraftView("other words", None, own)
    ann.profile.delete_for_all([own])
    assert ann.profile.draft(ann.of("ben")) == DraftView("")
    ann.profile.save_draft(ann.of("ben"), "again")
    ann.profile.save_draft(ann.of("ben"), "")
    assert (ann.profile.draft(ann.of("ben")), ann.view("ben").draft) == (DraftView(""), "")


def test_a_draft_refers_to_its_own_conversation(office: PostOffice, pair: tuple[Person, Person]) -> None:
    """CL-35."""
    ann, _ = pair
    ann.add(office.person("cyd"))
    row = ann.messages("ben")[-1].row
    with pytest.raises(LocalError, match="another conversation"):
        ann.profile.save_draft(ann.of("cyd"), "text", reply_to=row)
    with pytest.raises(LocalError, match="too long"):
        ann.profile.save_draft(ann.of("ben"), "x" * (MAX_DRAFT + 1))
    with pytest.raises(LocalError, match="half a character"):
        ann.profile.save_draft(ann.of("ben"), "\ud800")


def test_settings_are_as_they_come_until_they_are_changed(office: PostOffice) -> None:
    """CL-36."""
    ann = office.person("ann")
    assert ann.profile.settings() == SettingsView(
        read_receipts=False, typing=False, strip_metadata=True, lock_minutes=10, notify="bell generic"
    )
    for name, value in (
        ("typing", "on"),
        ("strip_metadata", "off"),
        ("lock_minutes", "0"),
        ("notify", "off full"),
    ):
        ann.profile.change_setting(name, value)
    ann.reopen()
    assert ann.profile.settings() == SettingsView(
        read_receipts=False, typing=True, strip_metadata=False, lock_minutes=0, notify="off full"
    )
    assert ann.profile.change_setting("typing", "off").typing is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("link_preview", "on"),
        ("proxy", "socks5://evil:1"),
        ("typing", "yes"),
        ("typing", ""),
        ("lock_minutes", "-1"),
        ("lock_minutes", "1441"),
        ("lock_minutes", "\u0661"),
        ("lock_minutes", "9" * 5_000),
        ("notify", "bell"),
        ("notify", "bell generic full"),
        ("notify", "shout full"),
    ],
)
def test_a_setting_that_there_is_not_is_refused(office: PostOffice, name: str, value: str) -> None:
    """CL-36: names of other parts of the vault, too."""
    ann = office.person("ann")
    with pytest.raises(LocalError):
        ann.profile.change_setting(name, value)
    assert ann.profile.settings() == SettingsView()


def test_the_list_tells_what_is_kept(pair: tuple[Person, Person]) -> None:
    """CL-32: all of it in one look."""
    ann, _ = pair
    ann.profile.set_timer(ann.of("ben"), 60)
    ann.profile.mute(ann.of("ben"), Instant(ann.clock() + DAY))
    view = ann.profile.conversations()[0]
    assert view == ann.view("ben")
    assert (view.lifetime, view.last_kind, view.last_mine) == (60, MessageKind.TIMER, True)
    assert (view.own, view.request, view.blocked, view.was_verified) == (False, False, False, False)
