"""Others on the same terminal, where they are installed: weechat, and one application made with Textual."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TEXTUAL_VARIABLE: Final = "SECUREMSG_BENCH_TEXTUAL"
"""Path to a program made with Textual, as `/opt/posting/bin/posting`."""


WORDS: Final = {"harlequin": "Data Catalog", "posting": "Collection", "elia": "New chat"}
"""What stands on the screen of one that can be used; before it some show their name alone."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program, and a word that stands on its first complete screen."""

    name: str
    command: Sequence[str]
    word: str


def weechat() -> Peer | None:
    """Return weechat with a folder of its own, if it is installed."""
    program = shutil.which("weechat")
    if program is None:
        return None
    folder = tempfile.mkdtemp(prefix="securemsg-bench-weechat-")
    return Peer("weechat", (program, "--no-connect", "--dir", folder), "WeeChat")


def textual_application() -> Peer | None:
    """Return the program that the environment names, if there is one."""
    program = os.environ.get(TEXTUAL_VARIABLE)
    if not program or not Path(program).is_file():
        return None
    name = Path(program).name
    return Peer(name, (program,), WORDS.get(name, name.capitalize()))
