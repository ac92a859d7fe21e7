"""Commands about this device and its settings."""

from typing import Final

from client_tui.registry.command import Command, Slash
from client_tui.text.language import N_

DEVICE: Final = (
    Command(
        "settings",
        "app.settings",
        (),
        N_("settings"),
        N_("Language, colours, keys, notifications, receipts."),
        after="s",
        slash=Slash("settings", "r\u00e9glages"),
    ),
    Command(
        "language",
        "app.language",
        (),
        N_("language"),
        N_("Speak another language."),
        slash=Slash("lang", "langue", N_("en or fr")),
    ),
    Command(
        "theme",
        "app.theme_named",
        (),
        N_("theme"),
        N_("Use other colours."),
        slash=Slash("theme", "th\u00e8me", N_("night, day, contrast or ansi")),
    ),
    Command(
        "keys",
        "app.keys",
        (),
        N_("test keys"),
        N_("See what the terminal sends when you press a key."),
        after="k",
        slash=Slash("keys", "touches", N_("test")),
    ),
    Command(
        "wipe",
        "app.wipe",
        (),
        N_("wipe"),
        N_("Destroy this account on this device. Asks for a word and the passphrase."),
        slash=Slash("wipe", "effacer"),
    ),
)
