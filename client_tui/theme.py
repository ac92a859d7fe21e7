"""The colours of the client: one dark theme, every text at 4.8:1 or better on its ground."""

from textual.theme import Theme

NIGHT = Theme(
    name="night",
    primary="#7aa2f7",
    secondary="#9ece6a",
    accent="#7dcfff",
    success="#73daca",
    warning="#e0af68",
    error="#f7768e",
    foreground="#d5daf0",
    background="#16161e",
    surface="#1a1b26",
    panel="#24283b",
    dark=True,
    variables={
        "muted": "#8f98c4",
        "rule": "#3b4261",
        "strong": "#ffffff",
        "unread-ground": "#7aa2f7",
        "unread-text": "#10121a",
        "input-cursor-background": "#d5daf0",
        "input-cursor-foreground": "#16161e",
        "input-selection-background": "#33467c",
        "scrollbar": "#2f3550",
        "scrollbar-background": "#16161e",
        "scrollbar-corner-color": "#16161e",
        "scrollbar-hover": "#3b4261",
        "scrollbar-active": "#565f89",
        "scrollbar-background-hover": "#16161e",
        "scrollbar-background-active": "#16161e",
    },
)
