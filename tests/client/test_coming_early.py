"""What comes before the message that it is about, and lines under ids that are used twice."""

import unicodedata

import pytest

from securemsg.client.views import MessageKind
from securemsg.wire.messages.content import MAX_TEXT, Name, Timer
from tests.client.ear import Ear
from tests.client.post import PostOffice
from tests.support.entropy import SeededEntropy

GROWING = "\U0001d160"
"""A note of music, of which the normal form has three times as many bytes."""


@pytest.fixture(scope="module")
def ear(tmp_path_factory: pytest.TempPathFactory) -> Ear:
    office = PostOffice(tmp_path_factory.mktemp("office"))
    ann, ben = office.friends("ann", "ben")
    return Ear(ann, ben.profile.owner.account.account_id, SeededEntropy(8))


def test_an_edit_that_comes_early_is_taken_as_it_stands(ear: Ear) -> None:
    """CT-6, CT-17: also where its normal form would be longer than a text may be."""
    words = GROWING * (MAX_TEXT // 4)
    assert len(unicodedata.normalize("NFC", words).encode()) > MAX_TEXT
    said = ear.text("first")
    ear.hear(ear.edit(said.message_id, words, 5), said)
    assert ear.seen(said.message_id).text == words


def test_words_do_not_wait_for_a_message_that_was_taken_back(ear: Ear) -> None:
    """CT-11, CT-17: neither those that came before the deletion nor those that come after it."""
    said = ear.text("secret")
    target = said.message_id
    before = ear.kept_early()
    ear.hear(ear.edit(target, "one", 5), ear.reaction(target, "!", 6), ear.edit(target, "two", 7))
    assert ear.kept_early() == before + 3
    ear.hear(ear.delete(target), ear.edit(target, "three", 8), ear.delete(target))
    assert ear.kept_early() == before + 1
    ear.hear(said)
    assert (ear.seen(target).deleted, ear.seen(target).text, ear.kept_early()) == (True, "", before)


def test_no_id_hides_the_line_of_a_timer_or_a_name(ear: Ear) -> None:
    """CL-26, CL-33, ST-14: a contact that used it for a text before changes nothing in silence."""
    said = ear.text("hello")
    ear.hear(said, Timer(said.message_id, ear.at(1), 60, 1), Name(said.message_id, ear.at(2), "Mallory"))
    *_, timer, name = ear.ann.messages("ben")
    assert (timer.kind, timer.lifetime) == (MessageKind.TIMER, 60)
    assert (name.kind, name.text) == (MessageKind.NAME, "Mallory")
