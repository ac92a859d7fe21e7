"""Conversations of the invented campaign, those in English. Nobody in them exists."""

from client_tui.demo.turns import IN, OUT, Part, Turn
from securemsg.client.views import MessageState, Trust

PRIYA = Part(
    "Priya Natarajan",
    Trust.FIRST_SEEN,
    (
        Turn(
            -1,
            "10:12",
            IN,
            "Hi! The London correspondents would like ten minutes on Friday, after the speech.",
        ),
        Turn(-1, "10:20", OUT, "On the record or background?"),
        Turn(-1, "10:21", IN, 'Background, attributed to "a member of the team".'),
        Turn(-1, "10:25", OUT, "Fine. No recording, please."),
        Turn(-1, "10:26", IN, "Of course. I'll collect phones at the door ;-)"),
        Turn(-1, "18:40", IN, "Three of them confirmed. I have put them at the back of the room."),
        Turn(-1, "18:52", OUT, "Perfect, thank you.", MessageState.DELIVERED),
    ),
)

DANIEL = Part(
    "Daniel Okafor",
    Trust.VERIFIED,
    (
        Turn(-4, "15:02", IN, "First pass of the housing costings is done. 11 pages, 4 tables."),
        Turn(-4, "15:30", OUT, "Which assumption moves the total most?"),
        Turn(-4, "15:41", IN, "Vacancy rate. One point is about 140 million a year."),
        Turn(-4, "15:44", OUT, "Then we publish the range, not the middle."),
        Turn(-4, "15:45", IN, "Agreed. That's the honest way, and nobody can pull it apart."),
        Turn(0, "08:02", IN, "Morning. Table 3 has the 2026 figures now."),
        Turn(
            0,
            "08:03",
            IN,
            "Sources are in the footnotes:\n  - national statistics, September\n  - city of Lyon, open data",
        ),
    ),
    unread=2,
)

ENGLISH = (DANIEL, PRIYA)
