"""The processes that a test has started, beside those that others keep for the whole run."""

import os
from pathlib import Path

_CHILDREN = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
_OTHERS: set[str] = set()


def begin() -> None:
    """Count none of those that are there now."""
    _OTHERS.clear()
    _OTHERS.update(_CHILDREN.read_text().split())


def children() -> list[str]:
    """Return the numbers of the processes that were started since and not taken back."""
    return [number for number in _CHILDREN.read_text().split() if number not in _OTHERS]
