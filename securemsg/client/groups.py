"""Task groups wrap what their tasks raise; callers are told the error itself."""

from collections.abc import Iterator


def only(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the error inside nested groups; of several of one type the first, of different ones the group.

    *Reason: a disk that fails can fail two tasks before the second one is cancelled.*
    """
    errors = list(_leaves(group))
    return errors[0] if len({type(error) for error in errors}) == 1 else group


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    for inner in error.exceptions:
        yield from _leaves(inner)
