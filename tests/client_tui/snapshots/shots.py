"""What is on the screen as a text that people can read and compare.

A shot has the rows of the screen, then for each row which letter of the legend styles which number of
cells, then the legend: for each letter the style in every theme.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Final

from rich.style import Style
from textual.app import App

LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ATTRIBUTES: Final = ("bold", "dim", "italic", "underline", "reverse", "strike")

Cells = tuple[tuple[str, str], ...]
"""The cells of one row: character (empty behind a wide one) and style."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture in one theme."""

    rows: tuple[Cells, ...]

    @property
    def text(self) -> tuple[str, ...]:
        """The characters of each row."""
        return tuple("".join(character for character, _ in row).rstrip() for row in self.rows)


def shoot(app: App[int]) -> Shot:
    """Return what is on the screen now."""
    strips = app.screen._compositor.render_strips()
    rows = []
    for strip in strips:
        cells: list[tuple[str, str]] = []
        for text, style, control in strip:
            if not control:
                words = words_of(style)
                cells += [(character, words) for character in text]
        rows.append(tuple(cells))
    return Shot(tuple(rows))


@cache
def words_of(style: Style | None) -> str:
    """Return a style as `#d5daf0 on #16161e bold`."""
    if style is None:
        return "-"
    colours = [
        "-" if colour is None else (colour.triplet.hex if colour.triplet else colour.name)
        for colour in (style.color, style.bgcolor)
    ]
    return " ".join([colours[0], "on", colours[1], *(name for name in ATTRIBUTES if getattr(style, name))])


def page(title: str, shots: Mapping[str, Shot]) -> str:
    """Return the shots of one state in several themes as one text; they must say the same."""
    texts = {theme: shot.text for theme, shot in shots.items()}
    first = next(iter(texts))
    for theme, text in texts.items():
        if text != texts[first]:
            differing = [pair for pair in zip(texts[first], text, strict=False) if pair[0] != pair[1]]
            raise AssertionError(f"{title}: the words of {first} and {theme} differ: {differing[:3]}")
    lines = [title, "", *(f"|{row}" for row in texts[first]), ""]
    legend: dict[tuple[str, ...], str] = {}
    runs = [_runs(rows, legend) for rows in zip(*(shot.rows for shot in shots.values()), strict=True)]
    lines += _grouped(runs)
    lines.append("")
    for styles, letter in legend.items():
        named = zip(shots, styles, strict=True)
        lines.append(f"{letter}  " + "  |  ".join(f"{theme} {style}" for theme, style in named))
    return "\n".join(lines) + "\n"


def _runs(rows: Sequence[Cells], legend: dict[tuple[str, ...], str]) -> str:
    """Return the letters of one row with how many cells each has, adding to the legend."""
    styles = zip(*([style for _, style in row] for row in rows), strict=True)
    letters = [legend.setdefault(each, _letter(len(legend))) for each in styles]
    return " ".join(f"{letter}{len(list(cells))}" for letter, cells in groupby(letters))


def _letter(number: int) -> str:
    return LETTERS[number] if number < len(LETTERS) else f"{{{number}}}"


def _grouped(runs: Sequence[str]) -> list[str]:
    """Return the runs with the numbers of the rows that have them, neighbours that are alike together."""
    lines, row = [], 1
    for run, alike in groupby(runs):
        count = len(list(alike))
        rows = f"{row}" if count == 1 else f"{row}-{row + count - 1}"
        lines.append(f"{rows}: {run}")
        row += count
    return lines
