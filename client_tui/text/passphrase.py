"""What makes a passphrase acceptable, and a frank word about its strength."""

import math

from client_tui.text.language import N_, _, ngettext

SHORTEST = 8
"""Characters: below this even a slow key derivation does not help."""

FAIR_BITS, GOOD_BITS, STRONG_BITS = 45.0, 60.0, 80.0
"""Estimated bits; with the vault's Argon2id each guess costs about half a second of one core."""

WAITS = (1, 2, 4, 8, 15, 30)
"""Seconds after each wrong passphrase, the last one for all further ones."""

PAUSE = 1.0
"""Seconds without a key after which nobody is typing any more."""

COMMON = (
    "password",
    "passphrase",
    "motdepasse",
    "azerty",
    "qwerty",
    "12345",
    "letmein",
    "securemsg",
    "abcdef",
)

ADVICE = N_("Four or five unrelated words are hard to guess.")


def complaint(passphrase: str) -> str:
    """Return what a new passphrase lacks, or nothing."""
    if len(passphrase) < SHORTEST:
        return _("It needs at least {count} characters.").format(count=SHORTEST)
    if len(set(passphrase)) < SHORTEST // 2:
        return _("It repeats too few different characters.")
    return ""


def strength(passphrase: str) -> str:
    """Return one word, to be translated when shown: `weak`, `fair`, `good` or `strong`; a modest estimate."""
    bits = _bits(passphrase)
    if complaint(passphrase) or bits < FAIR_BITS:
        return N_("weak")
    if bits < GOOD_BITS:
        return N_("fair")
    return N_("good") if bits < STRONG_BITS else N_("strong")


def _bits(passphrase: str) -> float:
    lowered = passphrase.lower()
    for word in COMMON:
        lowered = lowered.replace(word, word[0])
    pool = sum(
        size
        for size, present in (
            (26, any(c.islower() for c in passphrase)),
            (26, any(c.isupper() for c in passphrase)),
            (10, any(c.isdigit() for c in passphrase)),
            (20, any(not c.isalnum() for c in passphrase)),
        )
        if present
    )
    # Words are guessed as words: half of what random characters would give; repeats count once.
    distinct = sum(1 for index, c in enumerate(lowered) if c not in lowered[max(0, index - 3) : index])
    return distinct * math.log2(max(pool, 2)) / 2


def wait_after(wrong: int) -> int:
    """Return how many seconds nobody may try after the wrong passphrase number `wrong`, from 0."""
    return WAITS[min(wrong, len(WAITS) - 1)]


def wrong_until(seconds: int) -> str:
    """Say that it was wrong, and in how many seconds one may try again."""
    again = ngettext("again in {count} second", "again in {count} seconds", seconds).format(count=seconds)
    return _("Wrong passphrase; {again}.").format(again=again)
