"""What people see of a session: when it healed, and codes to compare (Spec: CL-20, KR-10)."""

import pytest

from securemsg.client import healing
from securemsg.client.problems import Refused
from securemsg.client.views import CheckView, SessionView
from securemsg.instant import DAY
from securemsg.mailbox.answers import ErrorCode, Failed, Prekeys
from tests.client.post import MORNING, Person, PostOffice, settle


def session(person: Person, alias: str) -> SessionView:
    """Return the session in use."""
    shown = person.profile.session(person.of(alias))
    assert shown is not None
    return shown


def say(speaker: Person, listener: Person) -> None:
    """Bring one text over; the listener answers nothing yet."""
    speaker.write(listener.name, "hello")
    speaker.send()
    listener.collect()


def overdue(person: Person) -> list[CheckView]:
    """Return what `doctor` says of sessions."""
    return [check for check in person.profile.checks() if check.check == "session"]


def withheld(_prekeys: Prekeys) -> Prekeys:
    """Return no prekeys, whatever is asked."""
    raise Refused(Failed(ErrorCode.NO_PREKEYS))


WELL = [CheckView("session", ok=True, advice="")]


def test_before_anything_is_sent_there_is_no_session(office: PostOffice) -> None:
    """CL-20."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "waits")
    assert ann.profile.session(ann.of("ben")) is None
    assert ben.profile.session(99) is None


def test_a_session_that_nobody_answered_says_so(office: PostOffice) -> None:
    """CL-20: its initiator has heard nothing in it, its responder has healed once."""
    ann, ben = office.friends("ann", "ben")
    say(ann, ben)
    first, second = session(ann, "ben"), session(ben, "ann")
    assert (first.confirmed, first.healed_at, first.since_healing) == (False, None, 1)
    assert (second.confirmed, second.healed_at) == (True, office.now)
    assert first.opened_at == second.opened_at == MORNING
    assert first.codes == second.codes
    assert [code.epoch for code in first.codes] == [0]


def test_the_figures_count_what_was_said_since_each_ratchet_took_a_step(office: PostOffice) -> None:
    """CL-20, KR-10: in both directions, receipts too: here one text and its receipt."""
    ann, ben = office.friends("ann", "ben")
    settle(ann, ben)
    say(ann, ben)
    office.pass_time(DAY)
    say(ben, ann)
    assert session(ann, "ben").healed_at == office.now
    before = session(ann, "ben")
    office.pass_time(DAY)
    say(ben, ann)
    after = session(ann, "ben")
    assert after.since_healing == before.since_healing + 2
    assert after.since_epoch == before.since_epoch + 2
    assert after.healed_at == before.healed_at


def test_the_codes_of_an_epoch_are_the_same_on_both_sides(office: PostOffice) -> None:
    """CL-20, KR-10: at any moment there is an epoch that both can read out, and no code comes twice."""
    ann, ben = office.friends("ann", "ben")
    seen: dict[int, str] = {}
    for turn in range(12):
        say(*((ann, ben), (ben, ann))[turn % 2])
        ours, theirs = (
            {code.epoch: code.digits for code in session(one, other).codes}
            for one, other in ((ann, "ben"), (ben, "ann"))
        )
        assert ours.keys() & theirs.keys()
        for epoch, digits in [*ours.items(), *theirs.items()]:
            assert seen.setdefault(epoch, digits) == digits
    assert max(seen) >= 3
    assert len(set(seen.values())) == len(seen)
    assert all(len(digits) == 60 and digits.isdigit() for digits in seen.values())
    assert session(ann, "ben").epoch in {code.epoch for code in session(ann, "ben").codes}


def test_a_conversation_that_goes_on_without_healing_is_named_with_the_day(office: PostOffice) -> None:
    """S10: who writes and hears nothing is told since when, until an answer comes."""
    ann, ben = office.friends("ann", "ben")
    say(ann, ben)
    settle(ann, ben)
    office.on_fetch = withheld
    for _ in range(8):
        assert overdue(ann) == WELL
        say(ann, ben)
        office.pass_time(DAY)
    say(ann, ben)
    (told,) = overdue(ann)
    assert told.ok
    assert "with ben has not healed since 2023-11-14 (" in told.advice
    settle(ann, ben)
    assert overdue(ann) == WELL


def test_who_is_written_to_for_ever_and_never_answers_is_told_too(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S10: with a shorter for ever than the true one of 1,000 messages."""
    monkeypatch.setattr(healing, "RENEW_AFTER", 5)
    ann, ben = office.person("ann"), office.person("ben")
    ann.add(ben)
    for _ in range(4):
        say(ann, ben)
    assert overdue(ben) == WELL
    say(ann, ben)
    assert ["with ann has not healed" in check.advice for check in overdue(ben)] == [True]


def test_quiet_conversations_are_not_named(office: PostOffice) -> None:
    """S10: what nobody sealed needs no healing."""
    ann, ben = office.friends("ann", "ben")
    say(ann, ben)
    settle(ann, ben)
    say(ben, ann)
    settle(ann, ben)
    office.pass_time(40 * DAY)
    assert overdue(ben) + overdue(ann) == WELL + WELL
