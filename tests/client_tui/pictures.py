"""The pictures of the README, taken among invented people: `python -m tests.client_tui.pictures`."""

import re
from pathlib import Path
from typing import Final

import anyio

from tests.client_tui.snapshots.gallery import opened, still_world
from tests.client_tui.snapshots.states import STATES

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDE: Final = (120, 36)
NARROW: Final = (80, 24)

PICTURES: Final = (
    ("conversation", "pending-sent-delivered", "en", WIDE, "night"),
    ("verify", "verify", "fr", WIDE, "contrast"),
    ("identity-changed", "identity-changed", "en", NARROW, "day"),
)
"""File, state, language, size, theme."""

FONTS: Final = re.compile(r"@font-face\s*\{.*?\}\s*", re.DOTALL)
"""A picture fetches nothing from anywhere: the reader's own fixed-width font will do."""


async def take() -> dict[str, str]:
    """Return each picture as SVG."""
    taken = {}
    for file, state, language, size, theme in PICTURES:
        with still_world(language):
            async with opened(size, theme) as place:
                await STATES[state](place)
                await place.settle()
                svg = place.pilot.app.export_screenshot(title="securemsg")
        lines = FONTS.sub("", svg).splitlines()
        taken[file] = "\n".join(line.rstrip() for line in lines) + "\n"
    return taken


def main() -> None:
    """Write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, svg in anyio.run(take, backend="asyncio").items():
        (FOLDER / f"{file}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
