"""Two people who say, change and take back, while deliveries come in pieces, twice, and in another order."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.client.views import Direction
from tests.client.copies import copy_home, put_back
from tests.client.post import Person, PostOffice, settle
from tests.client.seen import HEART, THUMB, outgoing, shown


def test_after_a_restore_both_sides_show_the_same(office: PostOffice) -> None:
    """CT-17, CL-23: edits, signs and deletions are sealed anew like texts."""
    ann, ben = office.friends("ann", "ben")
    rows = [ann.write("ben", f"text {number}").row for number in range(3)]
    settle(ann, ben)
    copy_home(ben)
    ann.profile.edit(rows[0], "edited")
    ann.profile.react(rows[1], THUMB)
    ann.profile.delete_for_all([rows[2]])
    ann.send()
    put_back(ben)
    settle(ann, ben)
    ann.write("ben", "and on")
    settle(ann, ben)
    ben.write("ann", "yes")
    settle(ann, ben)
    assert shown(ann, "ben") == shown(ben, "ann")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.integers(0, 4)), min_size=5, max_size=40))
def test_whatever_two_people_do_they_see_the_same_in_the_end(
    office: PostOffice, acts: list[tuple[bool, int, int]]
) -> None:
    """CT-17: with deliveries in pieces, twice and in another order."""
    names = [f"{name} {len(office.people)}" for name in ("ann", "ben")]
    ann, ben = office.friends(*names)
    pair = ((ann, ben.name), (ben, ann.name))
    for first, act, which in acts:
        person, alias = pair[first]
        _do(person, alias, act, which)
    settle(ann, ben)
    assert shown(ann, ben.name) == shown(ben, ann.name)
    assert ann.profile.alarms() == ben.profile.alarms() == []
    assert outgoing(ann) == outgoing(ben) == 0


def _do(person: Person, alias: str, act: int, which: int) -> None:
    messages = [each for each in person.messages(alias) if not each.deleted]
    chosen = messages[which % len(messages)] if messages else None
    mine = chosen is not None and chosen.direction is Direction.OUT
    match act:
        case 0 | 1:
            person.write(alias, f"{person.name} {len(messages)}")
        case 2 if chosen is not None:
            person.profile.queue_text(person.of(alias), "answer", reply_to=chosen.row)
        case 3 if chosen is not None and mine:
            person.profile.edit(chosen.row, f"edit {which}")
        case 4 if chosen is not None and mine:
            person.profile.delete_for_all([chosen.row])
        case 5 if chosen is not None:
            person.profile.react(chosen.row, ("", THUMB, HEART, "!", "?")[which])
        case 6:
            person.send(which)
        case _:
            box = person.box.queue
            person.collect([*box[:which][::-1], *box[:1]])
