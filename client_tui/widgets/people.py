"""The conversations as rows: trust, name, time of the last message, number of unread ones."""

from dataclasses import dataclass

from textual.content import Content

from client_tui.text.alphabets import mixes_alphabets
from client_tui.text.language import N_, _
from client_tui.text.safe import safe_name
from client_tui.text.signs import Sign
from client_tui.text.when import brief
from client_tui.widgets.line import fitted, sides
from securemsg.client.views import ConversationView, Trust
from securemsg.instant import Instant

TRUST_SIGNS = {Trust.FIRST_SEEN: Sign.UNVERIFIED, Trust.VERIFIED: Sign.VERIFIED, Trust.CHANGED: Sign.CHANGED}
TRUST_WORDS = {
    Trust.FIRST_SEEN: N_("not verified"),
    Trust.VERIFIED: N_("verified"),
    Trust.CHANGED: N_("safety number changed"),
}
TRUST_STYLES = {Trust.FIRST_SEEN: "$muted", Trust.VERIFIED: "$success", Trust.CHANGED: "$warning bold"}

MOST_COUNTED = 999

ARCHIVE = -1
"""The key of the row behind which the archived ones are."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One row of the list; `typing` tells that they are writing now."""

    view: ConversationView
    now: Instant
    typing: bool = False

    @property
    def key(self) -> int:
        """The contact."""
        return self.view.contact

    def line(self, width: int) -> Content:
        """Return the row; what is unread stands at the right edge, whatever else has to give way."""
        muted = is_muted(self.view, self.now)
        style = "bold $strong" if self.view.unread and not muted else ("$muted" if self.view.archived else "")
        left = Content.assemble(
            _sign(self.view), (shown_name(self.view), style), *_marks(self.view, muted=muted)
        )
        return fitted(sides(left, self._right(muted=muted), width), width)

    def _right(self, *, muted: bool) -> Content:
        view = self.view
        if self.typing:
            at = (f" {_('writing…')} ", "italic $success")
        elif view.draft and not view.unread:
            at = (f" {Sign.DRAFT} {_('draft')} ", "$warning")
        else:
            at = (f" {brief(view.last_at, self.now)} " if view.last_at is not None else " ", "$muted")
        if not (view.unread or view.marked_unread):
            return Content.assemble(at)
        style = "$foreground on $rule" if muted else "bold $unread-text on $unread-ground"
        count = f" {min(view.unread, MOST_COUNTED)} " if view.unread else f" {Sign.ONLINE} "
        return Content.assemble(at, (count, style))


@dataclass(frozen=True, slots=True)
class Archive:
    """The row behind which archived conversations are."""

    count: int
    opened: bool

    @property
    def key(self) -> int:
        """No contact has this."""
        return ARCHIVE

    def line(self, width: int) -> Content:
        """Return the row."""
        arrow = Sign.OPENED if self.opened else Sign.FOLDED
        words = _("archived ({n})").format(n=self.count)
        return fitted(Content.styled(f"{arrow} {words}", "$muted"), width)


def is_muted(view: ConversationView, now: Instant) -> bool:
    """Tell whether a conversation is to be quiet now."""
    return view.muted_until is not None and view.muted_until > now


def shown_name(view: ConversationView) -> str:
    """Return how a conversation is called in lists and headings."""
    return _("Note to self") if view.own else safe_name(view.alias)


def trust_badge(view: ConversationView) -> tuple[str, str]:
    """Return sign and word with their style, for a heading."""
    return f"{TRUST_SIGNS[view.trust]} {_(TRUST_WORDS[view.trust])}", TRUST_STYLES[view.trust]


def warning_of(view: ConversationView) -> str:
    """Return what is odd about the names of somebody whom nobody has compared, else nothing."""
    if view.own or view.trust is Trust.VERIFIED:
        return ""
    odd = mixes_alphabets(view.alias) or mixes_alphabets(view.name)
    return (
        f"{Sign.CHANGED} {_('the name mixes alphabets: it may be made to look like another one')}"
        if odd
        else ""
    )


def _sign(view: ConversationView) -> tuple[str, str]:
    if view.own:
        return f"{Sign.OWN} ", "$accent"
    if view.blocked:
        return f"{Sign.BLOCKED} ", "$error"
    if view.request:
        return f"{Sign.REQUEST} ", "bold $warning"
    return f"{TRUST_SIGNS[view.trust]} ", TRUST_STYLES[view.trust]


def _marks(view: ConversationView, *, muted: bool) -> list[tuple[str, str]]:
    marks = [str(Sign.TIMER)] if view.lifetime else []
    if muted:
        marks.append(str(Sign.MUTED))
    return [(f" {''.join(marks)}", "$muted")] if marks else []


def listed(
    views: list[ConversationView], now: Instant, typing: frozenset[int], *, archive_open: bool
) -> list[Conversation | Archive]:
    """Return the rows of the list: the newest first, what is archived folded away below them."""
    here = [Conversation(view, now, view.contact in typing) for view in views if not view.archived]
    away = [Conversation(view, now, view.contact in typing) for view in views if view.archived]
    rows: list[Conversation | Archive] = list(here)
    if away:
        rows.append(Archive(len(away), archive_open))
        rows += away if archive_open else []
    return rows
