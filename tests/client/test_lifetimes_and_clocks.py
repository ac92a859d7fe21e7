"""R25: clocks that are set, back and forth, while a vault is open and while it is not."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.client.countdown import NOTED_EACH, TOLERATED, erase_expired
from securemsg.client.views import MessageKind
from securemsg.instant import DAY, HOUR, SECOND
from tests.client.post import Person, PostOffice, settle

YEARS = 3_653 * DAY
"""Ten of them."""


@pytest.fixture
def ann(office: PostOffice) -> Person:
    """Somebody with a message that is to go in an hour, and one that stays."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "stays")
    ann.profile.set_timer(ann.of("ben"), 3_600)
    ann.write("ben", "goes")
    settle(ann, ben)
    return ann


def texts(ann: Person) -> list[str]:
    """Return what is there when the engine has looked."""
    while ann.profile.decide(erase_expired):
        pass
    return [view.text for view in ann.messages("ben") if view.kind is MessageKind.TEXT]


@pytest.mark.parametrize("jump", [YEARS, -YEARS, HOUR, -HOUR, 26 * HOUR])
def test_a_clock_that_is_set_while_the_vault_is_open_changes_no_end(
    office: PostOffice, ann: Person, jump: int
) -> None:
    """R25, CL-28: an hour is an hour; what is shown counts down by the clock as it is now."""
    office.pass_time(HOUR // 2)
    ann.skew = jump
    assert texts(ann) == ["stays", "goes"]
    assert ann.messages("ben")[-1].expires_at == ann.clock() + HOUR // 2
    office.pass_time(HOUR // 2 - 1)
    assert texts(ann) == ["stays", "goes"]
    office.pass_time(1)
    assert texts(ann) == ["stays"]


def test_a_clock_that_goes_back_between_two_openings_lengthens_nothing(
    office: PostOffice, ann: Person
) -> None:
    """R25, CL-28: what was left at the last look is left at the opening."""
    office.pass_time(HOUR // 2)
    assert texts(ann) == ["stays", "goes"]
    ann.profile.close()
    ann.skew = -YEARS
    ann.reopen()
    assert texts(ann) == ["stays", "goes"]
    left = ann.messages("ben")[-1].expires_at
    assert left is not None
    assert left - ann.clock() <= HOUR // 2 + NOTED_EACH
    office.pass_time(HOUR // 2)
    assert texts(ann) == ["stays"]


@pytest.mark.parametrize("ahead", [HOUR, YEARS])
def test_a_clock_that_goes_on_between_two_openings_is_believed(
    office: PostOffice, ann: Person, ahead: int
) -> None:
    """R25, CL-28: nobody can tell whether that time went by; what is to go goes too early, never too late."""
    ann.profile.close()
    ann.skew = ahead
    office.pass_time(SECOND)
    ann.reopen()
    assert texts(ann) == ["stays"]


def test_a_clock_that_was_wrong_and_is_put_right_while_closed_keeps_what_is_left(
    office: PostOffice, ann: Person
) -> None:
    """R25, CL-28: counted ten years ahead, opened again today."""
    ann.skew = YEARS
    assert texts(ann) == ["stays", "goes"]
    ann.profile.close()
    ann.skew = 0
    ann.reopen()
    assert texts(ann) == ["stays", "goes"]
    office.pass_time(HOUR + TOLERATED)
    assert texts(ann) == ["stays"]


def test_a_step_that_fails_leaves_the_clock_to_the_next(office: PostOffice, ann: Person) -> None:
    """CL-1, CL-28: what was not committed was not followed."""
    ann.skew = YEARS

    def fail() -> None:
        with ann.profile.step():
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    office.pass_time(HOUR - 1)
    assert texts(ann) == ["stays", "goes"]
    office.pass_time(1)
    assert texts(ann) == ["stays"]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["pass", "set", "reopen"]),
        st.integers(min_value=-YEARS // SECOND, max_value=YEARS // SECOND),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_whatever_clocks_do_nothing_lives_longer_while_open(
    office: PostOffice, ann: Person, events: list[tuple[str, int]]
) -> None:
    """R25, CL-28: what is left never grows, and shrinks by what goes by while the vault is open."""
    ann.write("ben", "goes")
    settle(*office.people)
    row = ann.messages("ben")[-1].row
    left = HOUR
    for kind, amount in events:
        if kind == "pass":
            office.pass_time(abs(amount) % 600 * SECOND)
            left -= abs(amount) % 600 * SECOND
        elif kind == "set":
            ann.skew = amount * SECOND
        else:
            ann.reopen()
        shown = {view.row: view.expires_at for view in ann.messages("ben")}
        expires_at = shown.get(row)
        if expires_at is None:
            return
        assert expires_at - ann.clock() <= left + TOLERATED
