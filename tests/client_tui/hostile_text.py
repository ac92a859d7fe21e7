"""Texts that attack a terminal, and strategies that make more of them."""

import re

from hypothesis import strategies as st

CLEAR_AND_LIE = "\x1b[2J\x1b[1;1H\x1b[32mkey verified\x1b[0m"
TITLE = "\x1b]0;owned\x07\x1b]2;owned\x1b\\"
CLIPBOARD = "\x1b]52;c;b3duZWQ=\x07"
HYPERLINK = "\x1b]8;;https://evil.example\x1b\\bank.example\x1b]8;;\x1b\\"
DEVICE_STRINGS = "\x1bP+q544e\x1b\\\x1b_x\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\"
RESET = "\x1bc\x1b[?1049l\x1b[c\x1b[6n\x1b[>c"
C1 = "\x9b2J\x9d0;owned\x9c\x90x\x9c\x85"
OVERWRITE = "honest\rforged\x08\x08\x00\x7f\x0b\x0c"
MARKUP = "[@click=app.leave]here[/] [/] [link=https://evil.example]x[/link] [bold"
BIDI = "invoice\u202egnp.exe\u2066\u2069\u200f\u061c"
HIDDEN = "pay\u200bpal\ufeff\u2060\U000e0041\U000e0042 a\ufe0fb\u00ad"

ATTACKS = (
    CLEAR_AND_LIE,
    TITLE,
    CLIPBOARD,
    HYPERLINK,
    DEVICE_STRINGS,
    RESET,
    C1,
    OVERWRITE,
    MARKUP,
    BIDI,
    HIDDEN,
)

OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What no terminal may get from foreign text; line feeds are looked at apart."""

any_text = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x1b\x07\x9b\x9d\x00\x08\r\n\t\x7f\u202e\u2066\u200b\u200d\ufe0f\u0301\U0001f469[]()"
        ),
        st.sampled_from(["\ud800", "\U000e0041", "\U0001f3fd", "\ue000", "\u2028"]),
    ),
    max_size=300,
)
mixed_text = st.lists(st.one_of(any_text, st.sampled_from(ATTACKS)), max_size=6).map("".join)
