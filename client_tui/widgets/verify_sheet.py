"""Comparing safety numbers: digits to read aloud, a code to scan, and the person's own statement."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from client_tui.text.safe import safe_line, safe_name
from client_tui.text.trust import grouped
from client_tui.widgets.sheet import QrCode, Sheet
from securemsg.client.views import Trust, VerificationView

GROUPS_IN_ROW = 3
BESIDE = 32
"""Columns that digits and keys need beside the code."""


class VerifySheet(Sheet):
    """Shows one contact's safety number; `v`, `d` and `k` say what came of the comparison."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "identical", show=False),
        Binding("d", "different", show=False),
        Binding("k", "keep", show=False),
    ]

    DEFAULT_CSS = """
    VerifySheet Horizontal { height: auto; }
    VerifySheet #digits { width: 1fr; height: auto; min-width: 24; }
    """

    class Compared(Message):
        """The person compared: `verb` is `mark_verified` or `keep_previous`."""

        def __init__(self, contact: int, verb: str) -> None:
            """Name the contact and what to do."""
            super().__init__()
            self.contact = contact
            self.verb = verb

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="verify-sheet")
        self._view: VerificationView | None = None
        self._differs = False
        self._code = QrCode()
        self._digits = Static(Content(""), id="digits")

    def compose(self) -> ComposeResult:
        """Lay out the code beside the digits."""
        with Horizontal():
            yield self._code
            yield self._digits

    def open(self, view: VerificationView) -> None:
        """Show the number of one contact."""
        self._view, self._differs = view, False
        self._code.encode(view.qr)
        self._draw()

    def on_resize(self) -> None:
        """Decide again whether the code fits."""
        self._draw()

    def _draw(self) -> None:
        if self._view is not None and self.size.height:
            missing = self._code.fit(self.size.width - BESIDE, self.size.height)
            self._digits.update(digits(self._view, self._different_words() if self._differs else missing))

    def action_identical(self) -> None:
        """State that both sides show the same number."""
        if self._view is not None and not self._differs:
            self.post_message(self.Compared(self._view.contact, "mark_verified"))

    def action_different(self) -> None:
        """Explain; nothing is unblocked."""
        self._differs = True
        self._draw()

    def action_keep(self) -> None:
        """Drop the new identity of a changed contact."""
        if self._view is not None and self._view.trust is Trust.CHANGED:
            self.post_message(self.Compared(self._view.contact, "keep_previous"))

    def _different_words(self) -> str:
        keep = "Press k to drop the new identity and keep the previous one. "
        dropped = keep if self._view is not None and self._view.trust is Trust.CHANGED else ""
        return (
            "Different numbers mean that somebody may stand between you, or that you do not look at the same "
            f"conversation. Do not send anything secret. {dropped}Ask for a new link in person."
        )


def digits(view: VerificationView, remark: str) -> Content:
    """Return heading, 12 groups of five digits, and the keys."""
    groups = grouped(safe_line(view.safety_number))
    rows = [" ".join(groups[at : at + GROUPS_IN_ROW]) for at in range(0, len(groups), GROUPS_IN_ROW)]
    keys = [
        ("v", "they are identical", "$success"),
        ("d", "they differ", "$error"),
        ("Esc", "later", "$muted"),
    ]
    if view.trust is Trust.CHANGED:
        keys.insert(2, ("k", "keep the previous identity", "$warning"))
    parts: list[str | tuple[str, str]] = [
        (f"Verify {safe_name(view.alias)}\n\n", "bold $strong"),
        "Compare by voice or in person, not in a message:\n\n",
        *((f"  {row}\n", "bold $accent") for row in rows),
        "\n",
    ]
    for key, words, style in keys:
        parts += [(f"[ {key} ] ", "bold $strong"), (f"{words}\n", style)]
    if view.trust is Trust.VERIFIED:
        parts.append(("\n\u2714 You have verified this contact.\n", "$success"))
    parts.append((f"\n{remark}", "$warning"))
    return Content.assemble(*parts)
