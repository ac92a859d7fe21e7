"""Instants and durations in words, in local time. Instants in messages come from others: any will do."""

from datetime import UTC, datetime, timedelta

from client_tui.text.language import N_, _, ngettext
from securemsg.instant import SECOND, Instant

MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)
SHORT_MONTHS = (
    *(N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun")),
    *(N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")),
)
WEEKDAYS = (
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday")),
    *(N_("Friday"), N_("Saturday"), N_("Sunday")),
)
SHORT_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))

LAST_SHOWN = 253_370_764_800 * SECOND
"""9999-01-01: beyond it the calendar of Python ends, and nobody's clock is right."""

DAYS_NAMED = 7
"""Younger than a week: a weekday alone is unambiguous."""

WEEK = 604_800
DAY = 86_400
HOUR = 3_600
MINUTE = 60


def local(instant: Instant) -> datetime:
    """Return `instant` as local time, capped at the last one that can be shown."""
    return datetime.fromtimestamp(min(instant, LAST_SHOWN) / SECOND, tz=UTC).astimezone()


def time_of_day(instant: Instant) -> str:
    """Return `08:41`."""
    return f"{local(instant):%H:%M}"


def full(instant: Instant) -> str:
    """Return `2026-10-14 08:41`."""
    return f"{local(instant):%Y-%m-%d %H:%M}"


def day(instant: Instant, now: Instant) -> str:
    """Return a day as a heading: `Today`, `Yesterday`, `Wednesday 14 October`."""
    moment, present = local(instant), local(now)
    if moment.date() == present.date():
        return _("Today")
    if moment.date() == present.date() - timedelta(days=1):
        return _("Yesterday")
    pattern = _("{weekday} {day} {month}") if moment.day > 1 else _("{weekday} 1 {month}")
    name = pattern.format(
        weekday=_(WEEKDAYS[moment.weekday()]), day=moment.day, month=_(MONTHS[moment.month - 1])
    )
    return name if moment.year == present.year else f"{name} {moment.year}"


def brief(instant: Instant, now: Instant) -> str:
    """Return the shortest clear form for a list: `08:41`, `Mon`, `14 Oct`, `2024`."""
    moment, present = local(instant), local(now)
    if moment.date() == present.date():
        return time_of_day(instant)
    if moment.date() == present.date() - timedelta(days=1):
        return _("yesterday")
    if timedelta(0) < present.date() - moment.date() < timedelta(days=DAYS_NAMED):
        return _(SHORT_WEEKDAYS[moment.weekday()])
    return _day_and_month(moment) if moment.year == present.year else str(moment.year)


def said(sent_at: Instant, stored_at: Instant) -> str:
    """Return when something was said: the time, with the day where that is not the day it came."""
    sent, stored = local(sent_at), local(stored_at)
    if sent.date() == stored.date():
        return time_of_day(sent_at)
    return f"{_day_and_month(sent)} {sent:%H:%M}"


def _day_and_month(moment: datetime) -> str:
    return _("{day} {month}").format(day=moment.day, month=_(SHORT_MONTHS[moment.month - 1]))


def left(until: Instant, now: Instant) -> str:
    """Return what is left until then: `6 d 23 h`, `23 h 5 min`, `42 s`; never less than a second."""
    seconds = max(-(-(until - now) // SECOND), 1)
    if seconds < MINUTE:
        return _("{n} s").format(n=seconds)
    if seconds < HOUR:
        return _("{n} min").format(n=seconds // MINUTE)
    hours, minutes = divmod(seconds // MINUTE, 60)
    if seconds < DAY:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    days, hours = divmod(hours, 24)
    return _("{days} d {hours} h").format(days=days, hours=hours)


def lasting(seconds: int) -> str:
    """Return a lifetime in words: `1 week`, `30 seconds`."""
    if seconds % WEEK == 0:
        return ngettext("{n} week", "{n} weeks", seconds // WEEK).format(n=seconds // WEEK)
    if seconds % DAY == 0:
        return ngettext("{n} day", "{n} days", seconds // DAY).format(n=seconds // DAY)
    if seconds % HOUR == 0:
        return ngettext("{n} hour", "{n} hours", seconds // HOUR).format(n=seconds // HOUR)
    if seconds % MINUTE == 0:
        return ngettext("{n} minute", "{n} minutes", seconds // MINUTE).format(n=seconds // MINUTE)
    return ngettext("{n} second", "{n} seconds", seconds).format(n=seconds)
