"""The hour of the play and its vault."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from client_tui import clock
from client_tui.demo.abroad import ENGLISH, PRIYA
from client_tui.demo.cabinet import ANAIS, FRENCH, NOTES
from client_tui.demo.turns import Act, Part, Turn
from securemsg.client import Profile
from securemsg.client.rehearsal import Rehearsal, rehearsed_profile, scene
from securemsg.client.scene import Line, Scene
from securemsg.client.views import ConnectionView, LinkState
from securemsg.instant import DAY, SECOND, Instant

MINUTE = 60 * SECOND

ZONE = "CET-1CEST,M3.5.0,M10.5.0/3"
"""Paris, said so that no file of time zones is needed."""

MIDNIGHT = Instant(1_791_928_800 * SECOND)
"""Wednesday 14 October 2026, 00:00 in Paris."""

HOUR = Instant(MIDNIGHT + 521 * MINUTE + 30 * SECOND)
"""08:41:30: the instant at which the play stands still."""

NAME = "Camille Laurent"
PASSPHRASE = "lampe velours canal tulipe"  # noqa: S105 - of a vault of invented words, removed at the end

PARTS = (*ENGLISH, *FRENCH)


def stop_the_clock() -> None:
    """Let every clock of this program stand at the hour of the play, in its time zone."""
    os.environ["TZ"] = ZONE
    time.tzset()
    clock.hold(HOUR)


def staged(home: Path, parts: Sequence[Part] = PARTS) -> Profile:
    """Return the open profile of a new home in which `parts` were played."""
    profile = rehearsed_profile(home, PASSPHRASE, NAME, clock.now)
    with scene(profile) as played:
        people = {part.alias: _introduced(played, part) for part in parts}
        turns = [(turn, part) for part in parts for turn in part.turns]
        rows: dict[str, int] = {}
        # In the order of the hours: the list of conversations and their rows follow from it.
        for turn, part in sorted(turns, key=lambda pair: pair[0].minutes):
            if part.unread and turn is part.turns[-part.unread]:
                played.read(people[part.alias])
            _play(played, people[part.alias], turn, rows)
        for part in parts:
            if not part.unread:
                played.read(people[part.alias])
    _choices(profile, people)
    return profile


def stage_engine(profile: Profile) -> Rehearsal:
    """Return the engine of the play: it shows a connection and never makes one."""
    return Rehearsal(profile, online(profile.waiting()))


def online(waiting: int) -> ConnectionView:
    """Return a connection over which something came twenty seconds ago, while so much waits."""
    return ConnectionView(LinkState.ONLINE, "", None, Instant(HOUR - 20 * SECOND), waiting)


def _choices(profile: Profile, people: dict[str, int]) -> None:
    """Choose what somebody would choose who has used the client for a while."""
    if ANAIS.alias not in people:
        return
    # Yesterday: what is chosen today would stand above what was said today.
    clock.hold(Instant(HOUR - DAY))
    profile.save_draft(people[ANAIS.alias], "Entretien vendredi : oui, \u00e0 condition que")
    profile.mute(people[PRIYA.alias], Instant(HOUR + DAY))
    own = profile.note_to_self().contact
    for text in NOTES:
        profile.queue_text(own, text)
    profile.mark_read(own)
    clock.hold(HOUR)


def _play(played: Scene, contact: int, turn: Turn, rows: dict[str, int]) -> None:
    at = Instant(MIDNIGHT + turn.minutes * MINUTE)
    match turn.act:
        case Act.SAY:
            row = played.say(contact, _line(turn, at, rows))
            if turn.mark:
                rows[turn.mark] = row
        case Act.TIMER:
            played.set_timer(contact, turn.lifetime, at)
        case Act.NEWER:
            played.say_something_newer(contact, at)
        case Act.CLAIM:
            played.claim(contact, at)


def _introduced(played: Scene, part: Part) -> int:
    if part.accepted:
        return played.meet(part.alias, part.trust, part.name)
    return played.stranger(part.alias, part.name)


def _line(turn: Turn, at: Instant, rows: dict[str, int]) -> Line:
    answers = rows[turn.answers] if turn.answers else None
    return Line(
        turn.who,
        turn.text,
        at,
        turn.state,
        turn.reason,
        turn.lifetime,
        answers,
        turn.earlier,
        turn.deleted,
        turn.signs,
        turn.file,
    )
