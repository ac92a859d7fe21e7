"""Why a relay did not do what was asked: numbers that both sides know."""

from enum import IntEnum


class ErrorCode(IntEnum):
    """Why a relay did not do what was asked (Spec: MB-10)."""

    REFUSED = 1
    FULL = 2
    SLOW_DOWN = 3
    REGISTRATION_REFUSED = 4
    TOO_LARGE = 5
    NOT_PROVEN = 6
    VERSION = 7
    UNAVAILABLE = 8
    NO_PREKEYS = 9
    CONFLICT = 10
    VIOLATION = 11
