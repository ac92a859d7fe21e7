"""Safety numbers and the text of their QR code."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.identity.safety import grouped, parse_verification, safety_number, verification_text
from securemsg.ids import AccountId
from tests.identity.people import account
from tests.reference import identity as reference

account_ids = st.binary(min_size=32, max_size=32).map(AccountId)

ALICE, BOB = account("alice").account_id, account("bob").account_id


@settings(max_examples=10)
@given(account_ids, account_ids)
def test_both_people_see_the_same_sixty_digits(mine: AccountId, theirs: AccountId) -> None:
    """ID-9, K30: full length, whoever looks."""
    number = safety_number(mine, theirs)
    assert re.fullmatch(r"[0-9]{60}", number)
    assert number == safety_number(theirs, mine) == reference.safety_number(mine, theirs)


def test_the_number_of_an_account_does_not_depend_on_the_other() -> None:
    carol = account("carol").account_id
    halves = {safety_number(ALICE, other)[at : at + 30] for other in (BOB, carol) for at in (0, 30)}
    assert len(halves) == 3


def test_one_bit_of_an_account_changes_the_number() -> None:
    near = AccountId(bytes((ALICE[0] ^ 1, *ALICE[1:])))
    assert safety_number(ALICE, BOB) != safety_number(near, BOB)


def test_a_number_is_shown_in_twelve_groups_of_five() -> None:
    """ID-9, K30: a constant layout."""
    number = safety_number(ALICE, BOB)
    assert re.fullmatch(r"([0-9]{5} ){11}[0-9]{5}", grouped(number))
    assert grouped(number).replace(" ", "") == number


@given(account_ids, account_ids)
def test_a_qr_text_tells_whose_screen_it_is_on(mine: AccountId, theirs: AccountId) -> None:
    """ID-10: the full account ids, in the compact mode of QR codes."""
    text = verification_text(mine, theirs)
    assert re.fullmatch(r"SECUREMSG-SN:[A-Z2-7]{104}", text)
    assert text == reference.safety_qr(mine, theirs)
    assert (text == verification_text(theirs, mine)) == (mine == theirs)


@given(account_ids, account_ids)
def test_a_scanned_code_gives_the_two_accounts_again(mine: AccountId, theirs: AccountId) -> None:
    """ID-14: but nobody compares with themselves."""
    if mine != theirs:
        assert parse_verification(verification_text(mine, theirs)) == (mine, theirs)
