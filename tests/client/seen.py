"""A conversation as both sides should see it."""

from securemsg.client.views import Direction, MessageView
from tests.client.post import Person

THUMB, HEART = "\U0001f44d", "\u2764\ufe0f"


def last(person: Person, alias: str) -> MessageView:
    """Return the newest message of a conversation."""
    return person.messages(alias)[-1]


def shown(person: Person, alias: str) -> list[tuple[object, ...]]:
    """Return a conversation as both sides should see it: what was said, and what is beside it.

    Of a message that was taken back before it came, only one side has the place.
    """
    found = []
    for each in person.messages(alias):
        if each.deleted:
            assert (each.text, each.reactions, each.edited_at, each.quoted) == ("", (), None, None)
            continue
        mine = each.direction is Direction.OUT
        signs = sorted((sign.emoji, sign.mine if mine else sign.theirs) for sign in each.reactions)
        quoted = None if each.quoted is None else (each.quoted.text, each.quoted.row is None)
        found.append((each.id, each.text, each.edited_at, signs, quoted))
    return sorted(found)


def outgoing(person: Person) -> int:
    """Count what was not confirmed yet, and can be."""
    sql = "select count(*) from outbox where content_id <> x''"
    return person.profile.decide(lambda step: step.vault.outbox._rows.number(sql))
