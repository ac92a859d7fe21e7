"""What becomes of a message that cannot leave: order, waits, final refusals, retry, cancel."""

import pytest

from securemsg.client import outgoing
from securemsg.client.backoff import LONGEST, Backoff, wait_milliseconds
from securemsg.client.problems import NotTrusted, Refused, Unreachable
from securemsg.client.reasons import sentence, word_of
from securemsg.client.views import MessageState
from securemsg.errors import LocalError
from securemsg.instant import HOUR, SECOND
from securemsg.mailbox.answers import ErrorCode, Failed
from tests.client.post import Person, PostOffice, settle
from tests.support.entropy import SeededEntropy

QUEUED, DELIVERED, FAILED = (
    MessageState.QUEUED,
    MessageState.DELIVERED,
    MessageState.FAILED,
)
PASSING = [
    code for code in ErrorCode if code not in (ErrorCode.REFUSED, ErrorCode.TOO_LARGE, ErrorCode.VIOLATION)
]


def talked(office: PostOffice) -> tuple[Person, Person]:
    """Return two people with a confirmed session."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "first")
    settle(ann, ben)
    return ann, ben


@pytest.mark.parametrize("code", PASSING)
def test_a_passing_refusal_keeps_the_message_its_order_and_says_why(
    office: PostOffice, code: ErrorCode
) -> None:
    """N05, CL-5, CL-6: a full mailbox and its like lose nothing and turn nothing around."""
    ann, ben = talked(office)
    ben.box.failure = Failed(code, 30)
    for text in ("one", "two", "three"):
        ann.write("ben", text)
    ann.send()
    assert ann.states("ben")[1:] == [QUEUED] * 3
    assert ann.messages("ben")[1].reason != ""
    ben.box.failure = None
    assert ann.due() == []
    office.pass_time(29 * SECOND)
    assert ann.due() == []
    office.pass_time(HOUR)
    settle(ann, ben)
    assert ben.read("ann") == ["first", "one", "two", "three"]
    assert ann.states("ben") == [DELIVERED] * 4


def test_one_contact_whose_relay_refuses_does_not_hold_up_another(office: PostOffice) -> None:
    """CL-5: different contacts do not wait for each other."""
    ann, ben, cem = office.friends("ann", "ben", "cem")
    ben.box.failure = Failed(ErrorCode.FULL, 600)
    ann.write("ben", "for the full one")
    ann.write("cem", "for the other")
    settle(ann, ben, cem)
    assert (ann.states("ben"), ann.states("cem")) == ([QUEUED], [DELIVERED])


@pytest.mark.parametrize("code", [ErrorCode.REFUSED, ErrorCode.TOO_LARGE])
def test_a_final_refusal_fails_the_message_and_those_behind_it_go_on(
    office: PostOffice, code: ErrorCode
) -> None:
    """CL-6: with a sentence; a retry takes its place behind what waits."""
    ann, ben = talked(office)
    ben.box.failure = Failed(code)
    failed = ann.write("ben", "refused")
    ann.send()
    ben.box.failure = None
    assert ann.states("ben") == [DELIVERED, FAILED]
    assert ann.messages("ben")[1].reason != ""
    ann.write("ben", "behind it")
    settle(ann, ben)
    ann.profile.retry(failed.row)
    assert ann.states("ben") == [DELIVERED, QUEUED, DELIVERED]
    settle(ann, ben)
    assert ben.read("ann") == ["first", "behind it", "refused"]
    assert ann.states("ben") == [DELIVERED] * 3


def test_a_revoked_token_fails_the_first_message_to_a_contact(office: PostOffice) -> None:
    """CL-6: also where only prekeys were fetched."""
    ann, ben = office.friends("ann", "ben")
    ben.box.tokens.clear()
    ann.write("ben", "never")
    ann.send()
    assert ann.states("ben") == [FAILED]
    assert "contact link" in ann.messages("ben")[0].reason
    assert ann.profile.waiting() == 0


def test_a_contact_without_prekeys_is_waited_for(office: PostOffice) -> None:
    """CL-6: somebody who has not published is not gone."""
    ann, ben = office.friends("ann", "ben")
    manifest, ben.box.manifest = ben.box.manifest, b""
    ann.write("ben", "patience")
    ann.send()
    assert ann.states("ben") == [QUEUED]
    assert "published" in ann.messages("ben")[0].reason
    ben.box.manifest = manifest
    office.pass_time(HOUR)
    settle(ann, ben)
    assert ben.read("ann") == ["patience"]


def test_when_the_person_writes_again_what_waits_is_tried_at_once(office: PostOffice) -> None:
    """CL-6: who acts may know that it helps now."""
    ann, ben = talked(office)
    ben.box.failure = Failed(ErrorCode.UNAVAILABLE, 600)
    ann.write("ben", "one")
    ann.send()
    ben.box.failure = None
    assert ann.due() == []
    ann.write("ben", "two")
    settle(ann, ben)
    assert ben.read("ann") == ["first", "one", "two"]


def test_only_what_failed_can_be_retried_and_only_what_stayed_here_cancelled(office: PostOffice) -> None:
    """CL-6: a message that may have left is not said to be gone."""
    ann, ben = talked(office)
    waiting = ann.write("ben", "sealed, and perhaps gone")
    for row in (waiting.row, ann.messages("ben")[0].row):
        with pytest.raises(LocalError):
            ann.profile.retry(row)
        with pytest.raises(LocalError):
            ann.profile.cancel(row)
    ben.write("ann", "incoming")
    settle(ann, ben)
    with pytest.raises(LocalError):
        ann.profile.cancel(ann.messages("ben")[-1].row)


def test_a_cancelled_message_never_leaves(office: PostOffice) -> None:
    """CL-6: neither one that was not sealed nor one that failed."""
    ann, ben = office.friends("ann", "ben")
    row = ann.write("ben", "thought better of it").row
    ann.profile.cancel(row)
    ann.write("ben", "instead")
    settle(ann, ben)
    ben.box.failure = Failed(ErrorCode.TOO_LARGE)
    failed = ann.write("ben", "failed").row
    ann.send()
    ann.profile.cancel(failed)
    ben.box.failure = None
    settle(ann, ben)
    assert ben.read("ann") == ["instead"]
    assert [view.text for view in ann.messages("ben")] == ["instead"]


def test_an_answer_about_what_was_decided_otherwise_meanwhile_changes_nothing(office: PostOffice) -> None:
    """CL-6: the old account's relay refuses, the new account's message does not fail."""
    ann, ben = talked(office)
    ann.write("ben", "for whoever it is")
    (entry,) = ann.due()
    ann.add(office.person("mallory"), "ben")
    ann.profile.verification(ann.of("ben"))
    ann.profile.accept_changed(ann.of("ben"))
    ann.profile.decide(lambda step: outgoing.put_off(step, entry, Refused(Failed(ErrorCode.REFUSED))))
    assert ann.states("ben") == [QUEUED]
    assert ann.states("ben 2") == [DELIVERED]
    ann.profile.cancel(ann.messages("ben")[0].row)
    ann.profile.decide(lambda step: outgoing.put_off(step, entry, Unreachable("down")))
    assert ben.read("ann") == ["first"]


def test_waits_double_from_half_a_second_to_a_minute(office: PostOffice) -> None:
    """CL-6, MB-13: with jitter, and never shorter than the relay asks for."""
    entropy = SeededEntropy(office.now)
    for attempts in range(40):
        limit = min(LONGEST, 500 * 2**attempts)
        assert all(limit // 2 <= wait_milliseconds(attempts, entropy) <= limit for _ in range(20))
    assert len({wait_milliseconds(9, entropy) for _ in range(20)}) > 10


def test_connections_that_break_at_once_are_dialled_ever_more_rarely() -> None:
    """MB-13: only one that lasted begins anew; what the relay asks for is the least."""
    backoff, lost = Backoff(SeededEntropy()), Unreachable("x")
    waits = [backoff.after(0.0, lost) for _ in range(12)]
    assert waits[0] <= 500
    assert waits[-1] >= LONGEST // 2
    assert 300_000 < backoff.after(0.0, Unreachable("x", 300)) <= 600_000
    assert backoff.after(61.0, lost) <= 500


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_reason_has_a_sentence_that_says_what_to_do(code: ErrorCode) -> None:
    """CL-6: a waiting or failed message says why."""
    told = sentence(word_of(Refused(Failed(code))))
    assert told.endswith(".")
    assert ":" in told or ";" in told


def test_reasons_of_connections_have_sentences_too() -> None:
    """CL-6: whoever waits is told for what; no reason is no sentence."""
    unreachable, untrusted = (sentence(word_of(kind("x"))) for kind in (Unreachable, NotTrusted))
    assert unreachable != untrusted
    assert sentence("") == ""
