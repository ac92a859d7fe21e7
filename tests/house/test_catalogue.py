"""The catalogue of bad inputs and faults is kept: every row that is due has a test (Spec: HO-6)."""

from tests.house.catalogue import covered, rows_listed, rows_named


def test_every_row_that_is_due_is_named_by_a_test() -> None:
    due = {row for row, mark in rows_listed().items() if mark == "now"}
    assert sorted(due - set(covered())) == []


def test_a_range_names_each_row_in_it() -> None:
    assert rows_named("E02-E04 and K10") == {"E02", "E03", "E04", "K10"}
