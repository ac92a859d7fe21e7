"""Every case that Wycheproof publishes is decided as published, or refused for a written reason."""

from dataclasses import replace

import pytest

from tests.crypto.wycheproof import NOT_EXPOSED, TABLE, Column, tally
from tests.crypto.wycheproof_doors import Verdict
from tests.support.vectors import Case, wycheproof, wycheproof_count, wycheproof_files

columns = pytest.mark.parametrize("column", TABLE, ids=lambda column: f"{column.file}-{column.door}")


@columns
def test_every_published_case_is_decided_as_published_or_its_deviation_is_explained(column: Column) -> None:
    """K01, K02, K04, K05, K06, K08, K09, K10: PR-3, PR-6..PR-14 at the doors of securemsg/crypto."""
    found = tally(column, wycheproof(column.file))
    explained = tuple(deviation.cases for deviation in column.deviations)
    assert (found.unexplained, found.deviating) == ((), explained)
    assert found.passed == column.cases - sum(explained)


@columns
def test_no_case_of_a_file_is_left_out(column: Column) -> None:
    cases = list(wycheproof(column.file))
    assert column.cases == len(cases) == wycheproof_count(column.file)
    assert len({case.number for case in cases}) == len(cases)


def test_every_published_file_concerns_us_or_is_said_not_to() -> None:
    concerning = {column.file for column in TABLE}
    assert concerning.isdisjoint(NOT_EXPOSED)
    assert concerning | set(NOT_EXPOSED) == wycheproof_files()


def test_only_the_key_and_nonce_widths_of_gcm_and_weak_x25519_keys_deviate() -> None:
    """PR-6, PR-12, PR-13: every other file passes without exception."""
    deviating = {(column.file, column.door) for column in TABLE if column.deviations}
    assert deviating == {
        ("aes_gcm_test", "aead.Gcm"),
        ("x25519_test", "x25519"),
        ("x25519_test", "hpke.SealingKey"),
    }


@columns
@pytest.mark.parametrize("always", Verdict)
def test_a_door_that_always_says_the_same_is_found_out(column: Column, always: Verdict) -> None:
    """The tally can fail: it takes an answer for and one against (but for the file of valid seeds)."""

    def stuck(_case: Case) -> Verdict:
        return always

    cases = list(wycheproof(column.file))
    found = tally(replace(column, judge=stuck), cases)
    assert found.unexplained or (always is Verdict.EQUAL and all(case.valid for case in cases))


@columns
def test_a_case_that_goes_another_way_than_its_reason_is_found_out(column: Column) -> None:
    """The tally can fail: turning the verdict on any one case shows that case."""

    def opposite(case: Case) -> Verdict:
        return Verdict.EQUAL if column.judge(case) is Verdict.REFUSED else Verdict.REFUSED

    cases = list(wycheproof(column.file))
    for case in cases[:: len(cases) // 20]:
        assert tally(replace(column, judge=opposite), [case]).unexplained == (case.number,)
