"""Lifetimes on the command line, written as on the screen: `30s`, `45min`, `8h`, `7d`, `4w`, `off`."""

import argparse

from client_tui.text.language import _
from client_tui.text.lifetime import parse_lifetime


def lifetime(text: str) -> int:
    """Return seconds, 0 for `off`; argparse reports the error, also of a number without a unit."""
    seconds = parse_lifetime(text) if text.isascii() and not text.strip().isdigit() else None
    if seconds is None:
        raise argparse.ArgumentTypeError(
            _("must be off, or from 5 seconds to 366 days: 90s, 45min, 8h, 3d, 2w")
        )
    return seconds
