"""Every text can be read on every ground it stands on, by computation (WCAG 2.2, relative luminance)."""

from itertools import product

import pytest
from textual.color import Color
from textual.theme import Theme

from client_tui.theme import CONTRAST, DAY, NIGHT, THEMES

GROUNDS = ("background", "surface", "panel")
TEXTS = ("foreground", "strong", "primary", "secondary", "accent", "success", "warning", "error")


def colour(theme: Theme, name: str) -> Color:
    own = theme.variables.get(name)
    return Color.parse(own if own is not None else getattr(theme, name))


def luminance(found: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in found.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(theme: Theme, text: str, ground: str) -> float:
    dark, light = sorted((luminance(colour(theme, text)), luminance(colour(theme, ground))))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("theme", "least", "muted"), [(NIGHT, 4.8, 4.5), (DAY, 4.8, 4.5), (CONTRAST, 7.0, 7.0)]
)
def test_text_stands_out_from_every_ground(theme: Theme, least: float, muted: float) -> None:
    pairs = dict.fromkeys(product(TEXTS, GROUNDS), least)
    pairs |= {("muted", ground): muted for ground in GROUNDS}
    pairs |= {("unread-text", "unread-ground"): least, ("foreground", "input-selection-background"): least}
    pairs |= {("foreground", "rule"): least}
    poor = {pair: ratio(theme, *pair) for pair, wanted in pairs.items() if ratio(theme, *pair) < wanted}
    assert poor == {}


def test_the_ansi_theme_leaves_plain_text_to_the_terminal() -> None:
    theme = THEMES["ansi"]
    assert {theme.foreground, theme.background, theme.surface, theme.panel} == {"ansi_default"}
    assert theme.variables["muted"] == "ansi_default"
