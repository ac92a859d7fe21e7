"""Task groups wrap what their tasks raise; callers are told the error itself."""


def only(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one error inside nested groups, or the innermost group that holds several."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
