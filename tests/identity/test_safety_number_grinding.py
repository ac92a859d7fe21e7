"""Safety numbers against one who tries accounts until theirs looks like another (catalogue K30)."""

import functools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client_tui.commands.verify import _number
from client_tui.widgets.verify_sheet import digits
from securemsg.client.views import Trust, VerificationView
from securemsg.identity.safety import safety_number, verification_text
from securemsg.ids import AccountId
from tests.identity.people import account
from tests.support.entropy import SeededEntropy

ALICE, BOB = account("alice").account_id, account("bob").account_id
HALF = 30
TRIES = 400
HOSTILE_NAMES = [
    "Bob",
    "",
    "12345 67890 12345 67890",
    "Bob\n    00000 00000 00000 00000",
    "\u0661\u0662\u0663\u0664\u0665",
    "\uff11\uff12\uff13\uff14\uff15",
    "Bob\u202e00000 00000",
    "B\u043eb\r\n\t",
    "x" * 64,
]


def half_of(account_id: AccountId) -> str:
    """Return the digits of one account: it is the lower one beside the highest id there is."""
    return safety_number(account_id, AccountId(b"\xff" * 32))[:HALF]


@functools.cache
def tried() -> dict[AccountId, str]:
    """Return the accounts that an attacker made and their digits."""
    entropy = SeededEntropy(30)
    return {guess: half_of(guess) for guess in (AccountId(entropy(32)) for _ in range(TRIES))}


def view(number: str, name: str = "Bob") -> VerificationView:
    return VerificationView(1, name, number, verification_text(ALICE, BOB), Trust.FIRST_SEEN)


def shown_numbers(view: VerificationView) -> list[list[str]]:
    """Return the lines of digits that each of both displays has, indented as no other line is."""
    command, sheet = _number(view)[1:], digits(view, "").plain.split("\n")
    rows = [line for line in sheet if line.startswith("  ") and line.strip()]
    return [command, rows]


@pytest.mark.parametrize("bit", [*range(0, 256, 11), 255])
def test_every_bit_of_an_account_changes_the_number_everywhere(bit: int) -> None:
    """K30, ID-9: no part of an account can be chosen without starting again."""
    near = AccountId((int.from_bytes(BOB, "big") ^ 1 << bit).to_bytes(32, "big"))
    groups = [(half_of(one)[at : at + 5]) for at in range(0, HALF, 5) for one in (BOB, near)]
    assert sum(first == second for first, second in zip(groups[::2], groups[1::2], strict=True)) == 0
    assert verification_text(ALICE, near) != verification_text(ALICE, BOB)


def test_what_deceives_a_glance_at_both_ends_does_not_deceive_who_compares_all() -> None:
    """K30: among 400 accounts one matches in its first and last digit, none in six together."""
    target = half_of(BOB)
    alike = [half for half in tried().values() if (half[0], half[-1]) == (target[0], target[-1])]
    assert alike
    assert target not in tried().values()
    for half in tried().values():
        assert not any(half[at : at + 6] == target[at : at + 6] for at in range(HALF - 5))


def test_digits_follow_no_pattern_that_makes_guessing_cheaper() -> None:
    """K30: in every one of the thirty places every digit occurs about as often as every other."""
    for place in range(HALF):
        counts = [sum(half[place] == digit for half in tried().values()) for digit in "0123456789"]
        # Chi-square with 9 degrees of freedom: 33 is exceeded once in ten thousand.
        assert sum((count - TRIES / 10) ** 2 / (TRIES / 10) for count in counts) < 33


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(tried())), st.sampled_from(sorted(tried())))
def test_the_layout_is_the_same_for_everybody(mine: AccountId, theirs: AccountId) -> None:
    """K30, ID-9: sixty ASCII digits, zeros in front included, in both displays."""
    number = safety_number(mine, theirs)
    assert re.fullmatch(r"[0-9]{60}", number, re.ASCII)
    command, sheet = shown_numbers(view(number))
    assert all(re.fullmatch(r"    [0-9]{5}( [0-9]{5}){3}", row, re.ASCII) for row in command)
    assert all(re.fullmatch(r"  [0-9]{5}( [0-9]{5}){2}", row, re.ASCII) for row in sheet)
    for rows in (command, sheet):
        assert "".join(rows).replace(" ", "") == number


def test_a_group_keeps_its_zeros_in_front() -> None:
    """K30, ID-9: else a shorter number would pass for a longer one."""
    zeros = [half for half in tried().values() if any(half[at] == "0" for at in range(0, HALF, 5))]
    assert zeros
    for rows in shown_numbers(view(zeros[0] * 2)):
        assert "".join(rows).replace(" ", "") == zeros[0] * 2


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_adds_digits_or_moves_them(name: str) -> None:
    """K30: a contact chooses its name, and would like to bring a number of its own."""
    number = safety_number(ALICE, BOB)
    assert shown_numbers(view(number, name)) == shown_numbers(view(number))


def test_the_code_holds_both_accounts_in_full() -> None:
    """K30, ID-10: all 512 bits and the version, so that there is nothing to grind."""
    text = verification_text(ALICE, BOB)
    assert len(text.partition(":")[2]) * 5 >= 8 * (1 + 2 * 32)
    assert len({verification_text(ALICE, guess) for guess in tried()}) == TRIES
