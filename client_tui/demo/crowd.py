"""Very many invented messages, for measuring: two long conversations and the words to search in them."""

from collections.abc import Iterator

from securemsg.client import Profile
from securemsg.client.rehearsal import scene
from securemsg.client.scene import Line
from securemsg.client.views import Direction, Trust
from securemsg.instant import SECOND, Instant

CROWDS = ("Cellule riposte", "Cellule terrain")
"""The two who say nearly everything."""

AT_ONCE = 10_000
"""Messages written in one transaction."""

GAP = 40 * SECOND
"""Between two messages."""

BEGINNINGS = (
    "R\u00e9union \u00e0 {h} h en salle {n}",
    "Relecture du tract n\u00b0 {n} termin\u00e9e",
    "Le train de {h} h {n} est complet",
    "Can you send me the minutes of item {n}?",
    "{n} inscrits de plus depuis {h} h",
    "Draft {n} is in the folder, comments before {h} please",
    "La pr\u00e9fecture r\u00e9pond pour la place {n}",
)
ENDINGS = (
    ".",
    ", je confirme ce soir.",
    " ; qui s'en charge ? Il faudrait quelqu'un de l'\u00e9quipe qui conna\u00eet d\u00e9j\u00e0 le dossier.",
    ", thanks.",
    ". Merci \u00e0 tous, et \u00e0 demain matin pour la suite.",
)

RARE = "z\u00e8bre"
"""A word that one message in all has."""


LAST = "C'est tout pour aujourd'hui"
"""How each of the two conversations ends."""


def crowded(profile: Profile, count: int, until: Instant) -> None:
    """Let the two crowds say `count` messages in turn, the last one at `until`."""
    with scene(profile, b"crowds") as played:
        contacts = [played.meet(alias, Trust.VERIFIED) for alias in CROWDS]
    texts = enumerate(said(count))
    for start in range(0, count, AT_ONCE):
        with scene(profile, b"crowd%d" % start) as played:
            for _, (index, text) in zip(range(AT_ONCE), texts, strict=False):
                who = Direction.OUT if index % 5 == 0 else Direction.IN
                at = Instant(until - (count - index) * GAP)
                played.say(contacts[index // 2 % len(contacts)], Line(who, text, at))
    with scene(profile, b"reading") as played:
        for contact in contacts:
            played.read(contact)


def said(count: int) -> Iterator[str]:
    """Yield `count` texts that differ; the one in the middle has the rare word."""
    for index in range(count):
        if index == count // 2:
            yield f"Le mot du jour est {RARE}."
            continue
        if index >= count - 2 * len(CROWDS):
            yield f"{LAST} ({index})."
            continue
        beginning = BEGINNINGS[index % len(BEGINNINGS)].format(h=7 + index % 13, n=index)
        yield beginning + ENDINGS[index * 7 % len(ENDINGS)]
