"""Lifetimes on the command line: `30s`, `5m`, `8h`, `7d`, `4w`, `off`."""

import argparse
import re

from client_tui.text.language import _

OFF = "off"
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_WRITTEN = re.compile(r"([0-9]{1,8})([smhdw])")


def lifetime(text: str) -> int:
    """Return seconds, 0 for `off`; argparse reports the error."""
    if text.casefold() == OFF:
        return 0
    written = _WRITTEN.fullmatch(text.casefold())
    if written is None:
        raise argparse.ArgumentTypeError(_("must be off, or a number with s, m, h, d or w"))
    return int(written[1]) * UNITS[written[2]]
