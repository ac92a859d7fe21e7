"""What is worth telling when the list of conversations changed, and how much of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from textual.message import Message

from client_tui.settings import Settings, hours_of
from client_tui.text.language import _, ngettext
from client_tui.text.safe import SafeText, safe_line, safe_name
from client_tui.text.when import local
from securemsg.client.views import ConversationView
from securemsg.instant import Instant

EXCERPT = 100
"""Characters of a message in a notification, where the person wants any."""


class ListRead(Message):
    """The screen has read the conversations again."""

    def __init__(self, views: Sequence[ConversationView]) -> None:
        """Carry them."""
        super().__init__()
        self.views = views


@dataclass(frozen=True, slots=True)
class Seen:
    """How many unread messages each conversation had at the last look; `None` before the first one."""

    unread: Mapping[int, int] | None = None

    def look(self, views: Sequence[ConversationView]) -> "Seen":
        """Return what is known after a look at `views`."""
        return Seen({view.contact: view.unread for view in views})

    def news(self, views: Sequence[ConversationView], now: Instant) -> list[ConversationView]:
        """Return the conversations in which something came that the person wants to hear of."""
        if self.unread is None:
            return []
        return [
            view for view in views if view.unread > self.unread.get(view.contact, 0) and _is_heard(view, now)
        ]


def _is_heard(view: ConversationView, now: Instant) -> bool:
    muted = view.muted_until is not None and view.muted_until > now
    return not (muted or view.blocked or view.own)


def is_quiet(settings: Settings, now: Instant) -> bool:
    """Tell whether these are the hours in which nothing is told."""
    hours = hours_of(settings.quiet_hours)
    if hours is None:
        return False
    return is_within(hours, local(now))


def is_within(hours: tuple[int, int], moment: datetime) -> bool:
    """Tell whether `moment` is between two minutes of the day, perhaps over midnight."""
    begin, end = hours
    minute = moment.hour * 60 + moment.minute
    return begin <= minute < end if begin <= end else minute >= begin or minute < end


def words(news: Sequence[ConversationView], content: str) -> SafeText:
    """Return what is told of `news`: nothing of it, who wrote, or the words too."""
    count = len(news)
    if content == "generic" or not news:
        return SafeText(_("New message"))
    if count > 1:
        told = ngettext("{name} and {count} other", "{name} and {count} others", count - 1)
        return SafeText(told.format(name=safe_name(news[0].alias), count=count - 1))
    name = safe_name(news[0].alias)
    if content == "sender" or news[0].request or not news[0].last_text or news[0].last_mine:
        return SafeText(_("Message from {name}").format(name=name))
    return SafeText(_("{name}: {text}").format(name=name, text=safe_line(news[0].last_text, EXCERPT)))
