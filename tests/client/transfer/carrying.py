"""People who send each other files, in one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from securemsg.client import Engine, Profile
from securemsg.client.views import Direction, FileState, FileView, MessageView
from tests.client.live import PATIENCE, reached, running


def contents(size: int) -> bytes:
    """Return bytes of a file that repeat nowhere near each other."""
    return b"".join(number.to_bytes(8, "big") for number in range(size // 8 + 1))[:size]


def written(folder: Path, size: int, name: str = "report.bin") -> Path:
    """Write a file to send."""
    path = folder / name
    path.write_bytes(contents(size))
    return path


def bytes_at(path: str) -> bytes:
    """Return what is in a file."""
    return Path(path).read_bytes()


def spooled(profile: Profile) -> list[Path]:
    """Return the ciphertexts in a home."""
    folder = profile.home / "files"
    return sorted(folder.iterdir()) if folder.exists() else []


def file_of(profile: Profile, row: int) -> FileView:
    """Return the file of a message."""
    view = profile.message(row).file
    assert view is not None
    return view


def offers(profile: Profile) -> list[MessageView]:
    """Return messages of others with files, the oldest first."""
    return [view for view in reversed(profile.files()) if view.direction is Direction.IN]


async def send(engine: Engine, alias: str, path: Path, caption: str = "") -> int:
    """Queue a file; return its row."""
    return await engine.perform(
        lambda held: held.queue_file(held.find_contact(alias).contact, str(path), caption=caption).row
    )


async def offered(profile: Profile, count: int = 1) -> MessageView:
    """Return the newest offer once there are so many."""
    await reached(lambda: len(offers(profile)) >= count)
    return offers(profile)[-1]


async def fetched(engine: Engine, profile: Profile, row: int, seconds: float = PATIENCE) -> FileView:
    """Fetch a file; return it once it came to rest."""
    await engine.perform(lambda held: held.fetch_file(row))
    moving = (FileState.DOWNLOADING, FileState.OFFERED)
    await reached(lambda: file_of(profile, row).state not in moving, seconds)
    return file_of(profile, row)


@asynccontextmanager
async def talking(*profiles: Profile) -> AsyncIterator[list[Engine]]:
    """Run engines whose prekeys are published."""
    async with running(*profiles) as engines:
        with anyio.fail_after(PATIENCE):
            for engine in engines:
                await engine.published()
        yield engines
