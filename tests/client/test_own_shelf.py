"""What a profile keeps ready at its own relay (Spec: CL-8, HS-14)."""

import pytest

from securemsg.client import upkeep
from securemsg.client.step import Step
from securemsg.handshake.generation import LEAVES, REFILL_BELOW, WEEK
from securemsg.mailbox.answers import LowShelf
from securemsg.mailbox.requests import PublishLeaves, PublishManifest
from tests.client.post import Person, PostOffice, settle


def renewed(person: Person, generation: int, remaining: int) -> int:
    """Tell a person what the relay has; return the generation that the person has then."""
    told = LowShelf(person.mailbox, generation, remaining)

    def renew(step: Step) -> int:
        upkeep.renew_prekeys(step, told)
        return step.vault.prekeys.published().generation

    return person.profile.decide(renew)


def test_after_the_first_upkeep_others_can_write(office: PostOffice) -> None:
    """CL-8: a manifest, its leaves, and sixteen spare tokens beside that of the link."""
    ann = office.person("ann")
    assert (ann.box.generation, len(ann.box.leaves), len(ann.box.tokens)) == (1, LEAVES, 17)
    assert ann.profile.decide(upkeep.is_published)
    assert ann.profile.decide(upkeep.publish_request) is None
    assert ann.profile.decide(upkeep.tokens_request) is None


def test_tokens_that_were_given_are_replaced(office: PostOffice) -> None:
    """CL-8: sixteen are spare again."""
    ann, *others = office.friends("ann", "ben", "cem", "dot")
    for person in others:
        ann.write(person.name, "hello")
        settle(ann, person)
    ann.upkeep()
    assert len(ann.box.tokens) == 17 + len(others)
    assert ann.profile.decide(lambda step: step.vault.tokens.spare_count()) == 16


def test_enough_leaves_of_this_week_are_left_alone(office: PostOffice) -> None:
    """HS-14: nothing is due."""
    ann = office.person("ann")
    assert renewed(ann, 1, LEAVES) == 1
    assert renewed(ann, 1, REFILL_BELOW) == 1


def test_few_leaves_make_a_new_generation_with_the_same_weekly_keys(office: PostOffice) -> None:
    """CL-8, HS-14: fewer than twenty."""
    ann = office.person("ann")
    before = ann.profile.decide(lambda step: step.vault.prekeys.published())
    assert renewed(ann, 1, REFILL_BELOW - 1) == 2
    after = ann.profile.decide(lambda step: step.vault.prekeys.published())
    assert after.weekly is not None
    assert before.weekly is not None
    assert after.weekly.signed_prekey.prekey_id == before.weekly.signed_prekey.prekey_id
    ann.upkeep()
    assert (ann.box.generation, len(ann.box.leaves)) == (2, LEAVES)


def test_keys_a_week_old_are_replaced_also_without_a_word_of_the_relay(office: PostOffice) -> None:
    """CL-8, HS-14: a connection may last longer than a week."""
    ann = office.person("ann")
    office.pass_time(WEEK - 1)
    ann.profile.decide(lambda step: upkeep.renew_prekeys(step, None))
    assert ann.profile.decide(upkeep.publish_request) is None
    office.pass_time(1)
    ann.profile.decide(lambda step: upkeep.renew_prekeys(step, None))
    request = ann.profile.decide(upkeep.publish_request)
    assert isinstance(request, PublishManifest)
    assert request.generation == 2


def test_a_relay_that_lost_the_shelf_gets_a_new_generation(office: PostOffice) -> None:
    """CL-8: above the one that it has confirmed and forgotten."""
    ann, ben = office.friends("ann", "ben")
    ann.box.generation, ann.box.manifest, ann.box.leaves = 0, b"", {}
    ann.upkeep()
    assert (ann.box.generation, len(ann.box.leaves)) == (2, LEAVES)
    ben.write("ann", "still reachable")
    settle(ann, ben)
    assert ann.read("ben") == ["still reachable"]


@pytest.mark.parametrize("remaining", [0, LEAVES])
def test_a_relay_with_a_later_generation_gets_one_above_it(office: PostOffice, remaining: int) -> None:
    """CL-8: it is of a newer copy of this vault, whose keys we do not have, however many leaves are left."""
    ann = office.person("ann")
    assert renewed(ann, 7, remaining) == 8
    assert renewed(ann, 7, remaining) == 8


def test_a_relay_that_names_an_absurd_generation_is_not_followed(office: PostOffice) -> None:
    """HS-3: the numbers would be used up."""
    ann = office.person("ann")
    assert renewed(ann, 2**32 - 1, 0) == 1


def test_what_is_not_confirmed_is_asked_again_until_it_is(office: PostOffice) -> None:
    """CL-4: page by page, and no second generation meanwhile."""
    ann = office.person("ann")
    renewed(ann, 1, 0)
    first = ann.profile.decide(upkeep.publish_request)
    assert first == ann.profile.decide(upkeep.publish_request)
    assert renewed(ann, 1, 0) == 2
    assert first == ann.profile.decide(upkeep.publish_request)
    ann.upkeep()
    assert (ann.box.generation, len(ann.box.leaves)) == (2, LEAVES)


def test_a_late_confirmation_of_an_earlier_generation_confirms_nothing(office: PostOffice) -> None:
    """CL-8: else leaves of the new one would never be laid out."""
    ann = office.person("ann")
    late = PublishLeaves(ann.mailbox, 1, 0, (b"leaf",) * 16)
    renewed(ann, 1, 0)
    manifest = ann.profile.decide(upkeep.publish_request)
    assert isinstance(manifest, PublishManifest)
    ann.profile.decide(lambda step: upkeep.publish_done(step, manifest))
    ann.profile.decide(lambda step: upkeep.publish_done(step, late))
    following = ann.profile.decide(upkeep.publish_request)
    assert isinstance(following, PublishLeaves)
    assert following.first_position == 0


def test_an_opening_to_the_generation_before_is_still_opened(office: PostOffice) -> None:
    """HS-14: who fetched before the renewal is not turned away."""
    ann, ben = office.friends("ann", "ben")
    ben.write("ann", "fetched before")
    ben.send()
    renewed(ann, 1, 0)
    ann.upkeep()
    settle(ann, ben)
    assert ann.read("ben") == ["fetched before"]


def test_an_unregistered_mailbox_is_registered_once(office: PostOffice) -> None:
    """CL-8: with the token of the link, and not again when the relay has said yes."""
    ann = office.person("ann")
    request = ann.profile.decide(upkeep.create_request)
    assert request is not None
    assert request.tokens == (upkeep.token_hash(ann.profile.owner.link.token),)
    ann.profile.decide(lambda step: step.vault.owner.mark_registered())
    assert ann.profile.decide(upkeep.create_request) is None


def test_a_shelf_that_takes_no_leaves_gets_another_generation(office: PostOffice) -> None:
    """HS-16, RL-11: a relay that was restored in the middle of a publication."""
    ann = office.person("ann")
    renewed(ann, 1, 0)
    manifest = ann.profile.decide(upkeep.publish_request)
    assert isinstance(manifest, PublishManifest)
    ann.profile.decide(lambda step: upkeep.publish_done(step, manifest))
    leaves = ann.profile.decide(upkeep.publish_request)
    assert isinstance(leaves, PublishLeaves)
    told = ann.profile.decide(lambda step: upkeep.publish_refused(step, leaves))
    assert told == LowShelf(ann.mailbox, 2, 0)
    assert ann.profile.decide(upkeep.publish_request) is None
    assert renewed(ann, told.generation, told.remaining) == 3
    assert ann.profile.alarms() == []


def test_a_chore_that_comes_too_soon_says_so(office: PostOffice) -> None:
    """HS-15: two generations in fifteen minutes, then a pause."""
    ann = office.person("ann")
    for _ in range(2):
        assert renewed(ann, ann.box.generation, 0) == ann.box.generation + 1
        ann.upkeep()
    empty = LowShelf(ann.mailbox, ann.box.generation, 0)
    assert not ann.profile.decide(lambda step: upkeep.renew_prekeys(step, empty))
    office.pass_time(upkeep.REFILL_PAUSE)
    assert ann.profile.decide(lambda step: upkeep.renew_prekeys(step, empty))
    assert ann.profile.decide(lambda step: step.vault.prekeys.published()).generation == 4
