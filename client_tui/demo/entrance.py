"""`securemsg --demo`: the play on this terminal, or line by line."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from client_tui.app import Start, run_client
from client_tui.demo.stage import stage_engine, staged, stop_the_clock
from client_tui.settings import FILE
from securemsg.client import Profile
from securemsg.client.rehearsal import Rehearsal


def run_demo() -> int:
    """Open the client among invented people; returns the exit status."""
    with staged_home() as (home, profile, engine):
        # What is tried here ends with the play: the person's own settings stay as they are.
        kept = home.with_name(FILE)
        return run_client(
            Start(home=home, profile=profile, engine=engine, engine_after=stage_engine, settings_kept=kept)
        )


@contextmanager
def staged_home() -> Iterator[tuple[Path, Profile, Rehearsal]]:
    """Play everything into a folder of our own (0700), which is removed at the end."""
    stop_the_clock()
    with tempfile.TemporaryDirectory(prefix="securemsg-demo-") as folder:
        home = Path(folder) / "home"
        profile = staged(home)
        try:
            yield home, profile, stage_engine(profile)
        finally:
            profile.close()
