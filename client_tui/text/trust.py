"""Words and glyphs for what is known of a contact; colour never stands alone."""

from client_tui.text.language import N_
from securemsg.client.views import Trust

TRUST_WORDS = {
    Trust.FIRST_SEEN: N_("not verified"),
    Trust.VERIFIED: N_("verified"),
    Trust.CHANGED: N_("identity changed"),
}

TRUST_GLYPHS = {Trust.FIRST_SEEN: "\u25cb", Trust.VERIFIED: "\u2714", Trust.CHANGED: "\u25b2"}

OWN_SCREEN = N_("The code in the picture is that of your own screen: take a picture of theirs.")


def grouped(safety_number: str) -> list[str]:
    """Return the 60 digits as 12 groups of five (Spec: ID-9)."""
    return [safety_number[start : start + 5] for start in range(0, len(safety_number), 5)]
