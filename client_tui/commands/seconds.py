"""Durations on the command line."""

import argparse
import math

from client_tui.text.language import _

LONGEST_WAIT = 366 * 86_400.0
"""Seconds: whoever wants more uses --follow."""


DIGITS = 9
"""Of a count: nobody has a thousand million messages."""


def seconds(text: str) -> float:
    """Return a duration; argparse reports the error."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("must be a number of seconds")) from None
    if not math.isfinite(value) or not 0 <= value <= LONGEST_WAIT:
        raise argparse.ArgumentTypeError(_("must be a number of seconds, 0 or more"))
    return value


def count(text: str) -> int:
    """Return how many; argparse reports the error."""
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS and int(text)):
        raise argparse.ArgumentTypeError(_("must be a whole number from 1"))
    return int(text)
