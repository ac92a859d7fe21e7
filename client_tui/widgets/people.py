"""The conversations as rows: trust, name, time of the last message, number of unread ones."""

from dataclasses import dataclass

from textual.content import Content

from client_tui.text.safe import safe_name
from client_tui.text.trust import TRUST_GLYPHS
from client_tui.text.when import brief
from client_tui.widgets.line import fitted, sides
from securemsg.client.views import ConversationView, Trust
from securemsg.instant import Instant

TRUST_STYLES = {Trust.FIRST_SEEN: "$muted", Trust.VERIFIED: "$success", Trust.CHANGED: "$warning bold"}

MOST_COUNTED = 999


@dataclass(frozen=True, slots=True)
class Conversation:
    """One row of the list."""

    view: ConversationView
    now: Instant

    @property
    def key(self) -> int:
        """The contact."""
        return self.view.contact

    def line(self, width: int) -> Content:
        """Return the row."""
        glyph = (f"{TRUST_GLYPHS[self.view.trust]} ", TRUST_STYLES[self.view.trust])
        name = (safe_name(self.view.alias), "bold $strong" if self.view.unread else "")
        return fitted(sides(Content.assemble(glyph, name), self._right(), width), width)

    def _right(self) -> Content:
        at = f" {brief(self.view.last_at, self.now)} " if self.view.last_at is not None else " "
        unread = self.view.unread
        count = (f" {min(unread, MOST_COUNTED)} ", "bold $unread-text on $unread-ground") if unread else ""
        return Content.assemble((at, "$muted"), count)


def trust_badge(view: ConversationView) -> tuple[str, str]:
    """Return glyph and word with their style, for a heading."""
    words = {
        Trust.FIRST_SEEN: "not verified",
        Trust.VERIFIED: "verified",
        Trust.CHANGED: "safety number changed",
    }
    return f"{TRUST_GLYPHS[view.trust]} {words[view.trust]}", TRUST_STYLES[view.trust]
