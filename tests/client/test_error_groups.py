"""What task groups wrap is told as it is."""

import pytest

from securemsg.client.groups import only
from securemsg.store.errors import StorageFailed

FIRST, SECOND, OTHER = StorageFailed("first"), StorageFailed("second"), ValueError("other")


@pytest.mark.parametrize(
    "group",
    [
        BaseExceptionGroup("", [FIRST]),
        BaseExceptionGroup("", [BaseExceptionGroup("", [FIRST])]),
        BaseExceptionGroup("", [BaseExceptionGroup("", [FIRST]), SECOND]),
    ],
)
def test_one_error_or_several_alike_are_the_first_of_them(group: BaseExceptionGroup[BaseException]) -> None:
    assert only(group) is FIRST


def test_different_errors_stay_together() -> None:
    group = BaseExceptionGroup("", [FIRST, OTHER])
    assert only(group) is group
