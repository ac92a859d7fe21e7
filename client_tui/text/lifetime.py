"""Times after which messages disappear, as people write them."""

import re

SECONDS = {"s": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400, "j": 86_400, "w": 604_800, "sem": 604_800}
"""Units in English and French; a number alone is seconds."""

SHORTEST, LONGEST = 5, 31_622_400
"""Spec: CT-2 table: from five seconds to 366 days, or 0 for messages that stay."""

OFF = {"0", "off", "no", "non"}

CHOICES = (0, 30, 300, 3_600, 28_800, 86_400, 604_800, 2_419_200)
"""Offered: off, 30 seconds, 5 minutes, 1 hour, 8 hours, 1 day, 1 week, 4 weeks."""

WRITTEN = re.compile(r"(\d{1,9})\s*([a-z]*)")


def parse_lifetime(text: str) -> int | None:
    """Return seconds from `90 s`, `3 d`, `off`; None where it is no time that messages can have."""
    wanted = text.strip().lower()
    if wanted in OFF:
        return 0
    found = WRITTEN.fullmatch(wanted)
    if found is None:
        return None
    unit = next((SECONDS[name] for name in (found[2], found[2].rstrip("s")) if name in SECONDS), None)
    if unit is None:
        unit = _word(found[2])
    seconds = int(found[1]) * (unit or 0)
    return seconds if SHORTEST <= seconds <= LONGEST else None


def _word(unit: str) -> int | None:
    """Return the seconds of a unit that is written out, or of none."""
    if not unit:
        return 1
    for beginning, seconds in (("sec", 1), ("min", 60), ("h", 3_600), ("d", 86_400), ("jour", 86_400)):
        if unit.startswith(beginning):
            return seconds
    return 604_800 if unit.startswith(("week", "sem")) else None
