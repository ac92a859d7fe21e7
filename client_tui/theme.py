"""The colours of the client: four themes, each colour with one meaning.

State colours never stand alone: a word and a sign stand beside them.
"""

from typing import Final

from textual.theme import Theme


def _theme(name: str, colours: dict[str, str], **more: str) -> Theme:
    """Return a theme of our names; what Textual's own widgets need follows from them."""
    ground = colours["background"]
    return Theme(
        name=name,
        primary=colours["primary"],
        secondary=colours["secondary"],
        accent=colours["accent"],
        success=colours["success"],
        warning=colours["warning"],
        error=colours["error"],
        foreground=colours["foreground"],
        background=ground,
        surface=colours["surface"],
        panel=colours["panel"],
        dark=name != "day",
        variables={
            "muted": colours["muted"],
            "rule": colours["rule"],
            "strong": colours["strong"],
            "unread-ground": colours["primary"],
            "unread-text": ground,
            "input-cursor-background": colours["foreground"],
            "input-cursor-foreground": ground,
            "input-selection-background": colours["selection"],
            "screen-selection-background": colours["selection"],
            "scrollbar": colours["rule"],
            "scrollbar-background": ground,
            "scrollbar-corner-color": ground,
            "scrollbar-hover": colours["rule"],
            "scrollbar-active": colours["muted"],
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            **more,
        },
    )


NIGHT: Final = _theme(
    "night",
    {
        "primary": "#7aa2f7",
        "secondary": "#9ece6a",
        "accent": "#7dcfff",
        "success": "#73daca",
        "warning": "#e0af68",
        "error": "#f7768e",
        "foreground": "#d5daf0",
        "background": "#16161e",
        "surface": "#1a1b26",
        "panel": "#24283b",
        "muted": "#8f98c4",
        "rule": "#3b4261",
        "strong": "#ffffff",
        "selection": "#33467c",
    },
)

DAY: Final = _theme(
    "day",
    {
        "primary": "#1f4fb8",
        "secondary": "#2f6a12",
        "accent": "#005e85",
        "success": "#00664f",
        "warning": "#7d4a00",
        "error": "#a8123a",
        "foreground": "#20242f",
        "background": "#fbfbfd",
        "surface": "#f3f4f8",
        "panel": "#e6e9f2",
        "muted": "#545c74",
        "rule": "#c3c9da",
        "strong": "#000000",
        "selection": "#c2d3f7",
    },
)

CONTRAST: Final = _theme(
    "contrast",
    {
        "primary": "#8ab8ff",
        "secondary": "#a6f06a",
        "accent": "#00d7ff",
        "success": "#30ff70",
        "warning": "#ffd500",
        "error": "#ff9a9a",
        "foreground": "#ffffff",
        "background": "#000000",
        "surface": "#000000",
        "panel": "#1a1a1a",
        "muted": "#d0d0d0",
        "rule": "#565656",
        "strong": "#ffffff",
        "selection": "#00308a",
    },
)

ANSI: Final = Theme(
    name="ansi",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    accent="ansi_cyan",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "muted": "ansi_default",
        "rule": "ansi_default",
        "strong": "ansi_default",
        "unread-ground": "ansi_blue",
        "unread-text": "ansi_bright_white",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_blue",
        "input-selection-foreground": "ansi_bright_white",
        "screen-selection-background": "ansi_blue",
        "screen-selection-foreground": "ansi_bright_white",
    },
)
"""The terminal's own palette, dark or light as it is: plain text in its default colours."""

THEMES: Final = {theme.name: theme for theme in (NIGHT, DAY, CONTRAST, ANSI)}
