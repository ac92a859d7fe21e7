"""Instants in words, in local time. Instants in messages come from others: any value must do."""

from datetime import UTC, datetime, timedelta

from securemsg.instant import SECOND, Instant

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ABBREVIATION = 3

LAST_SHOWN = 253_370_764_800 * SECOND
"""9999-01-01: beyond it the calendar of Python ends, and nobody's clock is right."""

DAYS_NAMED = 7
"""Younger than a week: a weekday alone is unambiguous."""


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
        return "Today"
    if moment.date() == present.date() - timedelta(days=1):
        return "Yesterday"
    name = f"{WEEKDAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]}"
    return name if moment.year == present.year else f"{name} {moment.year}"


def brief(instant: Instant, now: Instant) -> str:
    """Return the shortest clear form for a list: `08:41`, `Mon`, `14 Oct`, `2024`."""
    moment, present = local(instant), local(now)
    if moment.date() == present.date():
        return time_of_day(instant)
    if timedelta(0) < present.date() - moment.date() < timedelta(days=DAYS_NAMED):
        return WEEKDAYS[moment.weekday()][:ABBREVIATION]
    if moment.year == present.year:
        return f"{moment.day} {MONTHS[moment.month - 1][:ABBREVIATION]}"
    return str(moment.year)


def said(sent_at: Instant, stored_at: Instant) -> str:
    """Return when something was said: the time, with the day where that is not the day it came."""
    sent, stored = local(sent_at), local(stored_at)
    if sent.date() == stored.date():
        return time_of_day(sent_at)
    return f"{sent.day} {MONTHS[sent.month - 1][:ABBREVIATION]} {sent:%H:%M}"
