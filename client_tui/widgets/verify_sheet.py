"""Comparing safety numbers: digits to read aloud, a code to scan, what came of it; and the session."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from client_tui.text.healing import COMPARE, MEANING, NOT_BEGUN, TITLE, healing
from client_tui.text.language import N_, _
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.signs import Sign
from client_tui.text.spoken import spoken
from client_tui.text.trust import OWN_SCREEN, grouped
from client_tui.widgets.attach_sheet import judge_path, path_of
from client_tui.widgets.field import Entry, Field, Judgement
from client_tui.widgets.key_names import escape
from client_tui.widgets.sheet import QrCode, Sheet
from securemsg.client.views import ScannedCode, SessionView, Trust, VerificationView

GROUPS_IN_ROW = 3
GROUPS_IN_CODE_ROW = 6
BESIDE = 32
"""Columns that digits and keys need beside the code."""


class VerifySheet(Sheet):
    """Shows one contact's safety number; `v`, `d` and `k` say what came of the comparison."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "identical", show=False),
        Binding("d", "different", show=False),
        Binding("k", "keep", show=False),
        Binding("l", "aloud", show=False),
        Binding("s", "scan", show=False),
        Binding("c", "copy", show=False),
    ]

    DEFAULT_CSS = """
    VerifySheet VerticalScroll { scrollbar-size-vertical: 1; }
    VerifySheet #verification Horizontal { height: auto; }
    VerifySheet #session { height: auto; margin-top: 1; }
    VerifySheet #digits { width: 1fr; height: auto; min-width: 24; }
    """

    class Compared(Message):
        """The person compared this number: `verb` is `mark_verified` or `keep_previous`."""

        def __init__(self, view: VerificationView, verb: str) -> None:
            """Carry what was on the screen, and name what to do."""
            super().__init__()
            self.contact = view.contact
            self.number = view.safety_number
            self.verb = verb

    class Pictured(Message):
        """The code in a picture is to be compared."""

        def __init__(self, contact: int, path: str) -> None:
            """Name the contact and the file."""
            super().__init__()
            self.contact = contact
            self.path = path

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="verify-sheet")
        self._view: VerificationView | None = None
        self._differs = self._aloud = False
        self._scanned: tuple[str, str] | None = None
        self._picture = Field(_("Picture"), judge_picture, Entry())
        self._code = QrCode()
        self._digits = Static(Content(""), id="digits")
        self._session = Static(Content(""), id="session")

    def compose(self) -> ComposeResult:
        """Lay out the code beside the digits, the session below, all of it to be scrolled."""
        self._picture.display = False
        yield self._picture
        with VerticalScroll(id="verification"):
            with Horizontal():
                yield self._code
                yield self._digits
            yield self._session

    @property
    def contact(self) -> int:
        """Whose number is shown, 0 for nobody's."""
        return self._view.contact if self._view is not None else 0

    def open(self, view: VerificationView, session: SessionView | None) -> None:
        """Show number and session of one contact."""
        self._view, self._differs, self._aloud = view, False, False
        self._scanned = None
        self._picture.display = False
        self._picture.input.value = ""
        self._code.encode(view.qr)
        self._draw()
        self.show_session(session)
        scroll = self.query_one("#verification")
        scroll.scroll_home(animate=False)
        scroll.focus()

    def show_session(self, session: SessionView | None) -> None:
        """Show how the session stands now: codes change while two people talk."""
        # A changed contact is compared with another account than the session is with.
        shown = self._view is not None and self._view.trust is not Trust.CHANGED
        self._session.update(session_words(session) if shown else Content(""))

    def on_resize(self) -> None:
        """Decide again whether the code fits."""
        self._draw()

    def _draw(self) -> None:
        if self._view is not None and self.size.height:
            missing = self._code.fit(self.size.width - BESIDE, self.size.height)
            remark = self._different_words() if self._differs else missing
            self._digits.update(digits(self._view, remark, self._scanned, spoken_below=self._aloud))

    def action_identical(self) -> None:
        """State that both sides show the same number."""
        if self._view is not None and not self._differs:
            self.post_message(self.Compared(self._view, "mark_verified"))

    def action_different(self) -> None:
        """Explain; nothing is unblocked."""
        self._differs, self._scanned = True, None
        self._draw()

    def action_keep(self) -> None:
        """Drop the new identity of a changed contact."""
        if self._view is not None and self._view.trust is Trust.CHANGED:
            self.post_message(self.Compared(self._view, "keep_previous"))

    def action_aloud(self) -> None:
        """Write the number as it is read aloud, or as digits again."""
        self._aloud = not self._aloud
        self._draw()

    def action_copy(self) -> None:
        """Hand the number to the clipboard, for a channel that both trust."""
        if self._view is not None:
            self.app.copy_to_clipboard(" ".join(grouped(self._view.safety_number)))

    def action_scan(self) -> None:
        """Ask for a picture of their code."""
        self._picture.display = True
        self._picture.input.focus()

    @on(Input.Submitted)
    def scan(self, event: Input.Submitted) -> None:
        """Have the picture read."""
        event.stop()
        if self._picture.fine and self._view is not None:
            self.post_message(self.Pictured(self._view.contact, str(path_of(self._picture.value))))

    def compared(self, found: ScannedCode) -> None:
        """Say what the code in the picture told; the person alone knows where it was taken."""
        if found is ScannedCode.OWN_SCREEN:
            self.fail(_(OWN_SCREEN))
            return
        self._end_scan()
        if found is ScannedCode.SAME:
            self._scanned, self._differs = (_(SAME_CODE), "$success"), False
            self._draw()
        else:
            self.action_different()

    def fail(self, sentence: str) -> None:
        """Say why nothing was compared."""
        self._scanned = (sentence, "$warning")
        self._draw()

    def _end_scan(self) -> None:
        self._picture.display = False
        self.query_one("#verification").focus()

    def _different_words(self) -> str:
        words = _(
            "Different numbers mean that somebody may stand between you, or that you do not look at the same "
            "conversation. Do not send anything secret. Tell your administrator, "
            "and ask for a new link in person."
        )
        if self._view is not None and self._view.trust is Trust.CHANGED:
            return f"{words} {_('Press k to drop the new identity and keep the previous one.')}"
        return words


def judge_picture(text: str) -> Judgement:
    """Say whether there is a file that can be read."""
    if not text.strip():
        return Judgement(fine=False, words=_("The path of a picture that you took of their screen."))
    return judge_path(text)


KEYS = (
    ("v", N_("they are identical"), "$success"),
    ("d", N_("they differ"), "$error"),
    ("l", N_("read aloud"), "$foreground"),
    ("s", N_("read their code in a picture"), "$foreground"),
    ("c", N_("copy"), "$foreground"),
    ("", N_("later"), "$muted"),
)
KEEP = ("k", N_("keep the previous identity"), "$warning")


SAME_CODE = N_(
    "The code in the picture is the same. Press v if you took the picture yourself, of their screen: "
    "one that was sent to you proves nothing."
)


def digits(
    view: VerificationView,
    remark: str,
    scanned: tuple[str, str] | None = None,
    *,
    spoken_below: bool = False,
) -> Content:
    """Return heading, 12 groups of five digits, the keys, and a remark.

    What came of a picture stands at the top, with its style: there is always room for it.
    """
    rows = _rows(view.safety_number, GROUPS_IN_ROW)
    keys = [*KEYS[:2], KEEP, *KEYS[2:]] if view.trust is Trust.CHANGED else list(KEYS)
    title = _("Verify {name}").format(name=safe_name(view.alias))
    parts: list[str | tuple[str, str]] = [
        (f"{title}\n\n", "bold $strong"),
        scanned or (_("Compare by voice or in person, not in a message:"), ""),
        "\n\n",
    ]
    for row in rows:
        parts.append((f"  {row}\n", "bold $accent"))
        if spoken_below:
            parts.append((f"  {spoken(row)}\n", "$foreground"))
    parts.append("\n")
    for key, words, style in keys:
        parts += [(f"[ {key or escape()} ] ", "bold $strong"), (f"{_(words)}\n", style)]
    if view.trust is Trust.VERIFIED:
        parts.append((f"\n{Sign.VERIFIED} {_('You have verified this contact.')}\n", "$success"))
    parts.append((f"\n{remark}", "$warning"))
    return Content.assemble(*parts)


def session_words(session: SessionView | None) -> Content:
    """Return how a session stands, and its codes (Spec: CL-20)."""
    parts: list[str | tuple[str, str]] = [(f"{_(TITLE)}\n\n", "bold $strong")]
    if session is None:
        return Content.assemble(*parts, (_(NOT_BEGUN), "$muted"))
    parts.append(f"{healing(session)}\n")
    if session.confirmed:
        parts.append((f"{_(MEANING)}\n", "$muted"))
        for code in session.codes:
            parts.append((f"\n{_('Code of epoch {number}').format(number=code.epoch)}\n", "bold"))
            parts += [(f"  {row}\n", "$accent") for row in _rows(code.digits, GROUPS_IN_CODE_ROW)]
        parts.append(f"\n{_(COMPARE)}")
    return Content.assemble(*parts)


def _rows(number: str, groups_in_row: int) -> list[str]:
    groups = grouped(safe_line(number))
    return [" ".join(groups[at : at + groups_in_row]) for at in range(0, len(groups), groups_in_row)]
