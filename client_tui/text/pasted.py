"""What a terminal hands over as one paste: text, or the path of a file that was dropped onto it."""

import re
from pathlib import Path
from urllib.parse import unquote

LINES = 5
"""A paste of more lines is asked about: it may come from a clipboard that one no longer has in mind."""

LONGEST_PATH = 4_096
QUOTES = "'\""
ESCAPED = re.compile(r"\\(.)")


def needs_asking(text: str) -> bool:
    """Tell whether a paste has so many lines that it may be a mistake."""
    return len(text.strip("\n").split("\n")) > LINES


def dropped_file(text: str) -> Path | None:
    """Return the file whose path was pasted, as terminals write it when one drops a file."""
    line = text.strip()
    if not line or "\n" in line or len(line) > LONGEST_PATH:
        return None
    if line[0] in QUOTES and line[-1] == line[0]:
        line = line[1:-1]
    elif line.startswith("file://"):
        line = unquote(line.removeprefix("file://"))
    else:
        line = ESCAPED.sub(r"\1", line)
    if not line.startswith(("/", "~/")):
        return None
    try:
        path = Path(line).expanduser()
        return path if path.is_file() else None
    except (OSError, RuntimeError, ValueError):
        # Too long a name, no home, a zero byte: no file.
        return None
