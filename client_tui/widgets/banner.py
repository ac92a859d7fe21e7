"""A changed identity takes the place of the composer: what happened, and two keys (Spec: ID-11)."""

from textual.content import Content
from textual.widgets import Static

from client_tui.text.safe import safe_name


class Banner(Static):
    """Says why sending is paused and what the person can do; a draft stays behind it."""

    DEFAULT_CSS = """
    Banner { height: auto; min-height: 3; max-height: 8; padding: 0 1; background: $panel; color: $warning; }
    """

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(Content(""), id="banner")
        self.display = False

    def explain(self, alias: str) -> None:
        """Show what happened with the contact called `alias`."""
        name = safe_name(alias)
        self._say(
            f"\u25b2 The safety number of {name} has changed: a new account, "
            f"or somebody who pretends to be {name}. Sending is paused.",
            "continue without verifying",
        )

    def confirm(self, alias: str) -> None:
        """Ask once more before going on without verifying."""
        self._say(
            f"\u25b2 If somebody pretends to be {safe_name(alias)}, what you write next goes to them. "
            "Press F4 again to go on; Esc takes it back.",
            "go on, not verified",
        )

    def _say(self, sentence: str, proceed: str) -> None:
        keys = Content.assemble(
            ("F2", "bold $strong"), " verify now    ", ("F4", "bold $strong"), f" {proceed}"
        )
        self.update(Content.assemble((sentence, "bold"), "\n", keys))
