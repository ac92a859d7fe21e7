"""Sizes of files as people read them."""

from typing import Final

from client_tui.text.language import N_, _

_UNITS: Final = (N_("{n} B"), N_("{n} kB"), N_("{n} MB"), N_("{n} GB"))
_THOUSAND: Final = 1_000
_TEN: Final = 10


def size_words(size: int) -> str:
    """Return a size: `214 kB`, `1.4 MB`."""
    amount, unit = float(size), 0
    while amount >= _THOUSAND and unit + 1 < len(_UNITS):
        amount, unit = amount / _THOUSAND, unit + 1
    shown = f"{amount:.1f}" if unit and amount < _TEN else f"{amount:.0f}"
    return _(_UNITS[unit]).format(n=shown.replace(".", _(".")))
