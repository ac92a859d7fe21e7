"""What is said of the fields of the first run while they are filled."""

import re
from dataclasses import dataclass, field
from typing import Final

from client_tui.text.language import _
from client_tui.text.passphrase import complaint, strength
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.sentences import sentence_of
from client_tui.widgets.field import Judgement
from securemsg.client.invitations import read_invitation
from securemsg.errors import LocalError

LONGEST_NAME: Final = 64
"""Bytes (Spec: ID-8)."""

ADDRESS: Final = re.compile(r"(?:[^\s:#\[\]]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):\d{1,5}#[A-Za-z0-9_-]{43}")

SCHEME: Final = "securemsg:"


@dataclass(frozen=True, slots=True)
class Way:
    """Where to register, and who invites: read from an invitation, or from a relay's address alone."""

    relay: str
    token: str = field(repr=False, default="")
    link: str = field(repr=False, default="")
    name: str = ""

    @property
    def host(self) -> str:
        """The relay without its pin, to be shown."""
        return safe_line(self.relay.partition("#")[0])


def read_way(text: str) -> Way | None:
    """Return what `text` leads to; `None` for nothing yet. Raises `LocalError` where it cannot be read."""
    joined = "".join(text.split())
    if ADDRESS.fullmatch(joined):
        return Way(joined)
    if not joined or not joined.lower().startswith(SCHEME):
        return None
    found = read_invitation(joined)
    return Way(found.relay, found.token, found.link, found.name)


def judge_way(text: str) -> Judgement:
    """Say who invites to which relay."""
    try:
        way = read_way(text)
    except LocalError as error:
        return Judgement(fine=False, words=sentence_of(error))
    if way is None:
        return Judgement(fine=False, words=_no_way("".join(text.split())))
    if way.name:
        words = _("{name} invites you to {host}").format(name=safe_name(way.name), host=way.host)
    else:
        words = _("the relay {host}").format(host=way.host)
    return Judgement(fine=True, words=f"\u2714 {words}")


def _no_way(joined: str) -> str:
    """Say what is expected; and, of what can never become a link, that it is none."""
    if SCHEME.startswith(joined.lower()):
        return _("The link you were sent, or a relay's HOST:PORT#PIN.")
    return _("Neither a link nor HOST:PORT#PIN: copy all of it again.")


def judge_name(text: str) -> Judgement:
    """A name is not empty and fits the format."""
    if not text.strip():
        return Judgement(fine=False, words=_("How your contacts will see you."))
    fits = len(text.strip().encode(errors="replace")) <= LONGEST_NAME
    return Judgement(fine=fits, words="" if fits else _("That is too long."))


def judge_code(text: str) -> Judgement:
    """Anything is fine; the relay knows."""
    return Judgement(fine=True, words="" if text.strip() else _("Leave it empty if you were given none."))


def judge_passphrase(text: str) -> Judgement:
    """Long enough, with a word about its strength."""
    if not text:
        words = _("Four or five unrelated words; Ctrl+G proposes some.")
        return Judgement(fine=False, words=words)
    if why := complaint(text):
        return Judgement(fine=False, words=why)
    if (word := strength(text)) == "weak":
        return Judgement(fine=True, words=_("strength: weak; another word or two would help"), doubtful=True)
    return Judgement(fine=True, words="\u2714 " + _("strength: {word}").format(word=_(word)))
