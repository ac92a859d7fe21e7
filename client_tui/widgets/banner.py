"""What takes the place of the composer where one may not simply write: the reason, and the keys to go on.

A changed identity (Spec: ID-11), a stranger's request (Spec: CL-10), somebody who is blocked.
"""

from enum import Enum
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from client_tui.text.language import N_, _
from client_tui.text.safe import safe_name
from client_tui.text.signs import Sign
from client_tui.widgets.key_names import key_for
from securemsg.client.views import ConversationView, Trust


class Bar(Enum):
    """Why one may not write."""

    CHANGED = "changed"
    REQUEST = "request"
    BLOCKED = "blocked"


def bar_of(view: ConversationView) -> Bar | None:
    """Return what stands in the way of writing to a contact."""
    if view.blocked:
        return Bar.BLOCKED
    if view.trust is Trust.CHANGED:
        return Bar.CHANGED
    return Bar.REQUEST if view.request else None


SENTENCES = {
    Bar.CHANGED: N_(
        "The safety number of {name} has changed: a new account, or somebody who pretends to be {name}. "
        "Sending is paused."
    ),
    Bar.REQUEST: N_(
        "{name} is new here and wrote to you. Before you accept, they learn nothing, "
        "not even that it arrived."
    ),
    Bar.BLOCKED: N_("You have blocked {name}: nothing comes from them and nothing goes to them."),
}

KEYS = {
    Bar.CHANGED: (("verify", N_("verify now")), ("proceed", N_("continue without verifying"))),
    Bar.REQUEST: (("a", N_("accept")), ("b", N_("block")), ("v", N_("verify"))),
    Bar.BLOCKED: (("u", N_("unblock")),),
}

SIGNS = {Bar.CHANGED: Sign.CHANGED, Bar.REQUEST: Sign.REQUEST, Bar.BLOCKED: Sign.BLOCKED}

WORD = N_("yes")
"""What is to be written before one goes on with somebody who had been verified."""

LONGEST_WORD = 12

COMMANDS = {"verify", "proceed"}
"""What is shown with the key that the person gave it; everything else is a letter."""

VERBS = {Bar.CHANGED: {"verify"}, Bar.REQUEST: {"accept", "block", "verify"}, Bar.BLOCKED: {"unblock"}}


class Banner(Static, can_focus=True):
    """Says why sending is paused and what the person can do; a draft stays behind it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide('accept')", show=False),
        Binding("b", "decide('block')", show=False),
        Binding("u", "decide('unblock')", show=False),
        Binding("v", "decide('verify')", show=False),
    ]

    DEFAULT_CSS = """
    Banner { height: auto; min-height: 3; max-height: 8; padding: 0 1; background: $panel; color: $warning; }
    """

    class Decided(Message):
        """The person chose `verb`: accept, block, unblock or verify."""

        def __init__(self, contact: int, verb: str) -> None:
            """Name the contact and the choice."""
            super().__init__()
            self.contact = contact
            self.verb = verb

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(Content(""), id="banner")
        self.display = False
        self._view: ConversationView | None = None
        self._typed: str | None = None

    def explain(self, view: ConversationView) -> None:
        """Show what happened with a contact, or nothing."""
        self._view, self._typed = view, None
        bar = bar_of(view)
        if bar is not None:
            words = _(SENTENCES[bar]).format(name=safe_name(view.alias))
            self._say(f"{SIGNS[bar]} {words}", KEYS[bar])

    def confirm(self, view: ConversationView) -> None:
        """Ask once more before going on without verifying; who was verified before costs a written word."""
        self._view = view
        if view.was_verified and self._typed is None:
            self._typed = ""
        words = _("If somebody pretends to be {name}, what you write next goes to them.")
        again = _("Press {key} again to go on; Esc takes it back.")
        keys = (KEYS[Bar.CHANGED][0], ("proceed", N_("go on, not verified")))
        if self._typed is not None:
            again = _(
                "You had verified them before. Write {word} and press Enter to go on; Esc takes it back."
            )
            keys = (KEYS[Bar.CHANGED][0], (f"> {self._typed}_", ""))
        sentence = f"{words} {again}".format(name=safe_name(view.alias), word=_(WORD), key=key_for("proceed"))
        self._say(f"{Sign.CHANGED} {sentence}", keys)

    def on_key(self, event: events.Key) -> None:
        """Take the letters of the word that is asked for."""
        if self._typed is None or self._view is None:
            return
        if event.key == "enter" and self._typed.casefold() == _(WORD).casefold():
            self.post_message(self.Decided(self._view.contact, "proceed"))
        elif event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.character is not None and event.character.isalpha():
            self._typed = (self._typed + event.character)[:LONGEST_WORD]
        else:
            return
        event.stop()
        event.prevent_default()
        self.confirm(self._view)

    def action_decide(self, verb: str) -> None:
        """Choose, where this choice is offered."""
        bar = bar_of(self._view) if self._view is not None else None
        if self._view is not None and bar is not None and verb in VERBS[bar]:
            self.post_message(self.Decided(self._view.contact, verb))

    def _say(self, sentence: str, keys: tuple[tuple[str, str], ...]) -> None:
        parts: list[tuple[str, str]] = [(f"{sentence}\n", "bold $warning")]
        for key, words in keys:
            shown = key_for(key) if key in COMMANDS else key
            parts += [(shown, "bold $strong"), (f" {_(words) if words else ''}    ", "$foreground")]
        self.update(Content.assemble(*parts))
