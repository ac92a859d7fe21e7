"""Finding by a few letters: `clr` finds `Claire`, `cm` finds `Campagne · Matinale`."""

START = 8
"""Of a letter at the beginning of a word: people type initials."""

NEXT = 5
"""Of a letter that follows the one found before."""

FIRST = 4
"""Of the first letter of the whole text."""


def fitness(query: str, text: str) -> int | None:
    """Return how well `query` fits `text` (both folded), None where its letters are not in it in order."""
    if not query:
        return 0
    whole = text.find(query)
    if whole >= 0:
        at_word = whole == 0 or not text[whole - 1].isalnum()
        return len(query) * (START + NEXT) + (FIRST if whole == 0 else 0) + (START if at_word else 0)
    score, place = 0, -1
    for letter in query:
        if letter == " ":
            continue
        found = _best(text, letter, place + 1)
        if found is None:
            return None
        if found == place + 1:
            score += NEXT
        if found == 0 or not text[found - 1].isalnum():
            score += START
        score += 1
        place = found
    return score


def _best(text: str, letter: str, start: int) -> int | None:
    """Return where `letter` comes next: at once, else at the beginning of a word, else anywhere."""
    first = text.find(letter, start)
    if first < 0:
        return None
    if first == start:
        return first
    place = first
    while place >= 0:
        if place == 0 or not text[place - 1].isalnum():
            return place
        place = text.find(letter, place + 1)
    return first
