"""Small memories with an end: tokens, what was received, notes, reports."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.errors import LocalError
from securemsg.identity.access import SendToken
from securemsg.ids import DeviceId, MessageId, SubmitId
from securemsg.instant import DAY, SECOND, Instant
from securemsg.store.messages import Direction
from securemsg.store.received import KEPT_FOR
from securemsg.store.settings import MAX_VALUE
from securemsg.store.upkeep import MAX_NOTES, NAMED_A_DAY, REPORT_PAUSE, REPORTS_A_DAY, Note
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, add_contact, entropy, make_text

DEVICE = DeviceId(bytes(16))


def test_a_token_is_given_to_one_contact_and_only_when_the_relay_knows_it(vault: Vault) -> None:
    """ID-8, CL-11: revoking one cuts off nobody else."""
    with vault.transaction() as transaction:
        bob, eve, ann = (add_contact(transaction, alias) for alias in ("bob", "eve", "ann"))
        made = [SendToken.generate(entropy) for _ in range(2)]
        tokens = transaction.tokens
        tokens.add(made, NOW)
        assert tokens.spare_count() == 0
        assert tokens.take_for(bob) is None
        assert sorted(token.expose() for token in tokens.unregistered()) == sorted(
            token.expose() for token in made
        )
        tokens.mark_registered(made[:1])
        assert tokens.unregistered() == made[1:]
        assert tokens.spare_count() == 1
        assert tokens.take_for(bob) == made[0]
        assert tokens.take_for(eve) is None
        assert tokens.take_for(bob) == made[0]
        tokens.mark_registered(made)
        assert tokens.take_for(bob) == made[0]
        assert tokens.take_for(eve) == made[1]
        assert tokens.take_for(ann) is None
        assert tokens.spare_count() == 0


def test_a_redelivery_is_known_for_forty_days(vault: Vault) -> None:
    """MB-8, CL-3."""
    submit_id = SubmitId(entropy(16))
    with vault.transaction() as transaction:
        assert transaction.received.mark(submit_id, NOW)
        assert not transaction.received.mark(submit_id, NOW)
    with vault.transaction() as transaction:
        transaction.received.purge(Instant(NOW + KEPT_FOR))
        assert not transaction.received.mark(submit_id, NOW)
        transaction.received.purge(Instant(NOW + KEPT_FOR + 1))
        assert transaction.received.mark(submit_id, NOW)


def test_the_id_of_an_erased_message_is_known_for_180_days(vault: Vault) -> None:
    """CT-2, ST-18."""
    said = make_text()
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        row = transaction.messages.add_incoming(contact, said, NOW)
        assert row is not None
        transaction.messages.erase([row], NOW)
        for later, known in ((180 * DAY, True), (180 * DAY + 1, False)):
            transaction.messages.purge_erased(Instant(NOW + later))
            assert transaction.messages.was_erased(contact, Direction.IN, said.message_id) is known


def test_what_came_before_its_message_is_kept_for_30_days(vault: Vault) -> None:
    """CT-17, ST-18."""
    target = MessageId(entropy(16))
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        transaction.early.keep(contact, target, b"content", NOW)
        for later, kept in ((30 * DAY, b"content"), (30 * DAY + 1, None)):
            transaction.early.purge(Instant(NOW + later))
            assert transaction.early.first(contact, target) == kept


def test_the_newest_notes_are_kept(vault: Vault) -> None:
    """SE-10, T19: however many a peer causes."""
    with vault.transaction() as transaction:
        for number in range(MAX_NOTES + 10):
            transaction.notes.add(Note(Instant(NOW + number), f"kind {number % 2}"))
        newest = transaction.notes.newest(MAX_NOTES * 2)
        assert [note.at - NOW for note in newest] == list(range(MAX_NOTES + 9, 9, -1))
        assert transaction.notes.counts() == {"kind 0": MAX_NOTES // 2, "kind 1": MAX_NOTES // 2}


def test_a_peer_gets_one_report_in_ten_minutes(vault: Vault) -> None:
    """SE-8."""
    with vault.transaction() as transaction:
        bob, eve = add_contact(transaction, "bob"), add_contact(transaction, "eve")
        reports = transaction.reports
        assert reports.allow(bob, DEVICE, NOW)
        assert not reports.allow(bob, DEVICE, Instant(NOW + REPORT_PAUSE - 1))
        assert reports.allow(eve, DEVICE, NOW)
        assert reports.allow(bob, DeviceId(bytes(15) + b"\1"), NOW)
        assert reports.allow(bob, DEVICE, Instant(NOW + REPORT_PAUSE))


def test_submits_named_to_a_peer_are_counted_apart_and_bounded(vault: Vault) -> None:
    """SE-8: openings that somebody forges in a contact's name cost a bounded number of words."""
    with vault.transaction() as transaction:
        bob, reports = add_contact(transaction), transaction.reports
        assert reports.allow(bob, DEVICE, NOW)
        named = [reports.allow_naming(bob, DEVICE, NOW) for _ in range(NAMED_A_DAY + 1)]
        assert named == [True] * NAMED_A_DAY + [False]
        assert reports.allow_naming(bob, DEVICE, Instant(NOW + DAY))


def test_a_clock_that_was_a_year_ahead_delays_reports_no_longer_than_it_should(vault: Vault) -> None:
    """SE-8: what was counted in the future counts as now."""
    with vault.transaction() as transaction:
        bob, reports = add_contact(transaction), transaction.reports
        ahead = Instant(NOW + 365 * DAY)
        assert reports.allow(bob, DEVICE, ahead)
        assert [reports.allow_naming(bob, DEVICE, ahead) for _ in range(NAMED_A_DAY)] == [True] * NAMED_A_DAY
        assert not reports.allow(bob, DEVICE, NOW)
        assert not reports.allow_naming(bob, DEVICE, NOW)
        assert not reports.allow(bob, DEVICE, Instant(NOW + REPORT_PAUSE - 1))
        assert reports.allow(bob, DEVICE, Instant(NOW + REPORT_PAUSE))
        assert reports.allow_naming(bob, DEVICE, Instant(NOW + DAY))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 4 * 3600), min_size=1, max_size=60))
def test_however_often_a_peer_asks_the_limits_hold(vault: Vault, gaps: list[int]) -> None:
    """SE-8: at most one in 10 minutes and 5 in any 24 hours."""
    with vault.transaction() as transaction:
        contact = add_contact(transaction, f"peer {len(transaction.contacts.all())}")
        now, allowed = int(NOW), []
        for gap in gaps:
            now += gap * SECOND
            if transaction.reports.allow(contact, DEVICE, Instant(now)):
                allowed.append(now)
    assert all(later - earlier >= REPORT_PAUSE for earlier, later in pairwise(allowed))
    for number, first in enumerate(allowed):
        assert sum(first <= instant < first + DAY for instant in allowed[number:]) <= REPORTS_A_DAY
    assert allowed


@pytest.mark.parametrize("back", [SECOND, DAY, 400 * DAY])
def test_a_clock_that_was_set_back_does_not_open_the_gate(vault: Vault, back: int) -> None:
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        assert transaction.reports.allow(bob, DEVICE, NOW)
        assert not transaction.reports.allow(bob, DEVICE, Instant(NOW - back))


def test_a_setting_has_an_end(vault: Vault) -> None:
    """A longer one is refused, and what was there stays."""
    with vault.transaction() as transaction:
        transaction.settings.put("way", "é" * MAX_VALUE)
        with pytest.raises(LocalError, match="at most 4,096"):
            transaction.settings.put("way", "é" * (MAX_VALUE + 1))
        assert len(transaction.settings.get("way")) == MAX_VALUE
        transaction.settings.put("way", "")
        assert transaction.settings.get("way") == ""
