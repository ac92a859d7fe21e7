"""The clipboard: a program of the desktop where there is one, else the terminal; and an honest word about it.

Nothing is copied unless the person asks. What was copied by a program is taken away again after a while, or
when the client is left before, if nothing else was copied meanwhile; what a terminal did with a sequence,
nobody can ask.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from client_tui.terminal.multiplexer import passed_through, tmux_option
from client_tui.terminal.programs import DEVNULL, PIPE, child_of

PATIENCE: Final = 2.0
"""Seconds for a program of the desktop: it is asked while a person waits."""

KEPT: Final = 30.0
"""Seconds until what was copied is taken away: long enough to paste it."""

MOST: Final = 74_994
"""Bytes that terminals take in one sequence: 100,000 characters of base64 less the frame."""


@dataclass(frozen=True, slots=True)
class Tool:
    """Programs that write, read and clear a clipboard; each reads or writes plain text."""

    write: Sequence[str]
    read: Sequence[str]
    clear: Sequence[str]


WAYLAND: Final = Tool(("wl-copy",), ("wl-paste", "--no-newline"), ("wl-copy", "--clear"))
XCLIP: Final = Tool(
    ("xclip", "-selection", "clipboard", "-in"),
    ("xclip", "-selection", "clipboard", "-out"),
    ("xclip", "-selection", "clipboard", "-in"),
)
XSEL: Final = Tool(
    ("xsel", "--clipboard", "--input"),
    ("xsel", "--clipboard", "--output"),
    ("xsel", "--clipboard", "--clear"),
)
MAC: Final = Tool(("pbcopy",), ("pbpaste",), ("pbcopy",))


def tool_here(environment: Mapping[str, str], platform: str = sys.platform) -> Tool | None:
    """Return the programs of this desktop; none over ssh: theirs is the clipboard of another machine."""
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return None
    wanted = [MAC] if platform == "darwin" else []
    if environment.get("WAYLAND_DISPLAY"):
        wanted.append(WAYLAND)
    if environment.get("DISPLAY"):
        wanted += [XCLIP, XSEL]
    return next((tool for tool in wanted if shutil.which(tool.write[0]) is not None), None)


async def copy_by(tool: Tool, text: str) -> bool:
    """Copy `text`; tells whether the program took it."""
    return await _run(tool.write, text.encode()) is not None


async def clear_if_unchanged(tool: Tool, digest: bytes) -> None:
    """Empty the clipboard if what is in it is still what was copied."""
    held = await _run(tool.read, None)
    if held is not None and hmac.compare_digest(digest_of(held), digest):
        await _run(tool.clear, b"")


def digest_of(copied: bytes) -> bytes:
    """Return what is remembered of a copied text."""
    return hashlib.sha256(copied).digest()


def terminal_sequence(text: str, environment: Mapping[str, str]) -> str:
    """Return what asks the terminal to copy `text` (OSC 52), empty where that would be in vain.

    tmux would keep the text in a buffer of its own, or drop it: only what it hands on is asked for.
    """
    if len(text.encode()) > MOST:
        return ""
    if environment.get("TMUX") and tmux_option("allow-passthrough") not in {"on", "all"}:
        return ""
    coded = base64.b64encode(text.encode()).decode()
    return passed_through(f"\x1b]52;c;{coded}\x07", environment)


async def _run(command: Sequence[str], given: bytes | None) -> bytes | None:
    """Run a program without a shell; returns what it wrote, `None` where it failed."""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE):
            # A program that stays to serve the clipboard must not hold our pipe: only readers get one.
            streams = (DEVNULL, PIPE) if given is None else (PIPE, DEVNULL)
            async with child_of(command, *streams) as child:
                written, _nothing = await child.communicate(given)
                return (written or b"") if child.returncode == 0 else None
    return None
