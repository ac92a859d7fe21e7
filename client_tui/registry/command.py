"""What is known of a command."""

from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding

from client_tui.text.language import N_


class Place(StrEnum):
    """Where a command works; the values are titles of the help, to be translated when shown."""

    EVERYWHERE = N_("Everywhere")
    WRITING = N_("While writing")
    MESSAGES = N_("Among messages")
    SHEET = N_("In a sheet")


@dataclass(frozen=True, slots=True)
class Slash:
    """The names under which a command is written: `/verify`, `/verifier`; both are known in every language.

    `takes` says what follows the name, in words; where it is empty nothing does.
    """

    english: str
    french: str
    takes: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    `name` is stable: keymaps say it. `action` is the one of Textual, `keys` its names of the default keys;
    `title` and `help` are English, marked with `N_`. `footer` ranks the hint in the last row, 0 for none.
    `after` is the key that runs it after Ctrl+X, with Ctrl or without (but for h and m: terminals send
    Ctrl+H as Backspace and Ctrl+M as Enter).
    """

    name: str
    action: str
    keys: tuple[str, ...]
    title: str
    help: str
    place: Place = Place.EVERYWHERE
    footer: int = 0
    after: str = ""
    slash: Slash | None = None

    def binding(self) -> Binding | None:
        """Return the key binding, none for a command without keys.

        Commands that work everywhere come before the focused field.
        """
        if not self.keys:
            return None
        everywhere = self.place is Place.EVERYWHERE
        return Binding(",".join(self.keys), self.action, show=False, priority=everywhere, id=self.name)

    def call(self, argument: str) -> str:
        """Return the action with the `argument` that was written behind the slash name."""
        return f"{self.action}({argument!r})" if self.slash is not None and self.slash.takes else self.action
