"""How many files the relay may open, and so how many connections it can take (Spec: RL-36)."""

import resource
from typing import Final

from securemsg.errors import LocalError

OTHER_DESCRIPTORS: Final = 64
"""Open files besides connections: the store, the control socket, what the event loop needs."""

DEFAULT_CONNECTIONS: Final = 12_000
"""What is taken where nobody says a number: about half a gibibyte of memory."""

_MOST: Final = 1_048_576
"""Some systems allow more than a kernel gives, which costs time wherever all of them are gone through."""


def raise_descriptors() -> int:
    """Raise the limit of open files to what the system allows, and tell it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft == resource.RLIM_INFINITY or soft >= allowed:
        return _MOST if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


def connections_within(descriptors: int, wanted: int) -> int:
    """How many connections to take; raises `LocalError` when a number that somebody chose does not fit."""
    room = max(descriptors - OTHER_DESCRIPTORS, 1)
    if wanted <= room:
        return wanted
    if wanted == DEFAULT_CONNECTIONS:
        return room
    raise LocalError(
        f"In [limits], connections is {wanted}, but this process may open {descriptors} files only:"
        f" raise its limit (LimitNOFILE= of systemd, or `ulimit -n`) to {wanted + OTHER_DESCRIPTORS},"
        " or take fewer."
    )
