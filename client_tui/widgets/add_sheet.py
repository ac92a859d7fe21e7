"""Adding a contact: a pasted link, how one calls them, and what the link says before they are added."""

import re

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from client_tui.pictures.codes import picture_named
from client_tui.text.introduction import introduction
from client_tui.text.language import _
from client_tui.text.safe import safe_line
from client_tui.text.sentences import sentence_of
from client_tui.text.signs import Sign
from client_tui.widgets.field import Entry, Field, Judgement
from client_tui.widgets.sheet import Sheet, Title
from securemsg.errors import LocalError

SENTENCE = 400
"""Characters of a refusal: a sentence or two."""

LINK = re.compile(r"securemsg:[a-z2-7]{150,1000}(?:\.[a-z2-7]{7,140})?", re.IGNORECASE)


def judge_link(text: str) -> Judgement:
    """Say whether `text` can be a link; the library checks it to the last bit when it is added."""
    joined = "".join(text.split())
    if not joined:
        return Judgement(fine=False, words=_("It may be wrapped over several lines."))
    if LINK.fullmatch(joined):
        return Judgement(fine=True, words=f"{Sign.VERIFIED} {_('looks like a link')}")
    if picture_named(text):
        return Judgement(fine=True, words=_("Enter reads the QR code in this picture."))
    if not joined.lower().startswith("securemsg:"):
        return Judgement(fine=False, words=_("A contact link starts with securemsg:"))
    return Judgement(fine=False, words=_("Something is missing or does not belong in a link."))


def judge_alias(text: str) -> Judgement:
    """Any name or none is fine."""
    return Judgement(fine=True, words="" if text.strip() else _("Optional."))


class AddSheet(Sheet):
    """Two fields; Enter goes on, and once more when what the link says was shown (catalogue T23)."""

    DEFAULT_CSS = """
    AddSheet #add-introduction { color: $strong; height: auto; }
    AddSheet #add-failure { color: $error; height: auto; }
    AddSheet Title { margin-bottom: 1; }
    """

    class Pictured(Message):
        """The link is to be read from the QR code in a picture."""

        def __init__(self, path: str) -> None:
            """Carry its path."""
            super().__init__()
            self.path = path

    class Requested(Message):
        """The person wants to add this contact."""

        def __init__(self, link: str, alias: str) -> None:
            """Carry the two fields."""
            super().__init__()
            self.link = link
            self.alias = alias

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="add-sheet")
        asked = _("paste it here, or the path of a picture of its QR code")
        self._link = Field(_("Link"), judge_link, Entry(asked))
        self._alias = Field(_("Call them"), judge_alias, Entry())
        self._introduced = ""
        self._introduction = Static(Content(""), id="add-introduction")
        self._failure = Static(Content(""), id="add-failure")

    def compose(self) -> ComposeResult:
        """Lay out the fields."""
        yield Title(Content.styled(_("Add a contact"), "bold $strong"))
        yield self._link
        yield self._alias
        yield self._introduction
        yield self._failure
        words = _("Enter goes on. Your own link, to give away, is under F7.")
        yield Static(Content.styled(words, "$muted"))

    def open(self) -> None:
        """Start with empty fields."""
        self._link.input.value = self._alias.input.value = ""
        self._forget()
        self._link.input.focus()

    def fail(self, sentence: str) -> None:
        """Say why it was refused; what was typed stays."""
        self._failure.update(Content(safe_line(sentence, SENTENCE)))

    def take(self, link: str) -> None:
        """Go on with the link that was in the picture."""
        self._link.input.value = link
        self._alias.input.focus()

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Go to the name, then show what the link says, then ask to add."""
        event.stop()
        if not self._link.fine:
            self._link.input.focus()
        elif picture := picture_named(self._link.value):
            self.post_message(self.Pictured(picture))
        elif event.input is self._link.input:
            self._alias.input.focus()
        elif self._introduced != (link := "".join(self._link.value.split())):
            self._introduce(link)
        else:
            self.post_message(self.Requested(link, self._alias.value.strip()))

    @on(Input.Changed)
    def _forget(self) -> None:
        """Ask again about a link that is not the one that was shown."""
        if self._introduced != "".join(self._link.value.split()):
            self._introduced = ""
            self._introduction.update(Content(""))
        self.fail("")

    def _introduce(self, link: str) -> None:
        """Show what the link says: whoever sent it chose every word of it."""
        try:
            said = introduction(link)
        except LocalError as error:
            self.fail(sentence_of(error))
            return
        self._introduced = link
        self._introduction.update(Content("\n".join([*said, _("Enter adds this contact; Esc does not.")])))
