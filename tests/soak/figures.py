"""What a relay's process takes over time, and whether that grows."""

import re
import statistics
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

MEBIBYTE: Final = 1024 * 1024

WARM_UP: Final = 0.25
"""The part of a run before which growth is expected: caches fill, allocators take what they keep."""

_BOUNDS: Final = {
    # What a fitted line may gain from the end of the warm-up to the end of the run.
    "memory": 8 * MEBIBYTE,
    # Connections come and go; one leaked in a minute of an hour would be 45.
    "descriptors": 8,
    "threads": 2,
    # It is truncated once a minute, and after each backup.
    "log": 32 * MEBIBYTE,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: seconds since the start, bytes, numbers, and the mean lateness of the loop (s) since then."""

    at: float
    memory: int
    descriptors: int
    threads: int
    log: int
    lag: float


class Sampler:
    """Looks at the process of a relay, its WAL and its metrics."""

    def __init__(self, process: int, log: Path, metrics: str) -> None:
        self._process = Path(f"/proc/{process}")
        self._log = log
        self._metrics = metrics
        self._begun = time.monotonic()
        self._late = (0.0, 0.0)
        self.samples: list[Sample] = []

    def look(self) -> None:
        """Take a sample."""
        status = (self._process / "status").read_text()
        said = dict(line.split(":", 1) for line in status.splitlines())
        late, self._late = self._late, self._lateness()
        beats = self._late[1] - late[1]
        self.samples.append(
            Sample(
                at=time.monotonic() - self._begun,
                memory=int(said["VmRSS"].split()[0]) * 1024,
                descriptors=sum(1 for _ in (self._process / "fd").iterdir()),
                threads=int(said["Threads"]),
                log=self._log.stat().st_size if self._log.exists() else 0,
                lag=(self._late[0] - late[0]) / beats if beats else 0.0,
            )
        )

    def _lateness(self) -> tuple[float, float]:
        """Seconds that the loop was late in all, and how often it was looked at."""
        with urllib.request.urlopen(f"http://{self._metrics}/metrics", timeout=30) as page:
            text = page.read().decode()
        late, beats = (
            float(re.findall(rf"loop_lag_seconds_{name} (\S+)", text)[0]) for name in ("sum", "count")
        )
        return late, beats


def growth(samples: Sequence[Sample], name: str) -> float:
    """What the line fitted to one figure gains over the part after the warm-up (least squares)."""
    settled = [one for one in samples if one.at >= WARM_UP * samples[-1].at]
    times = [one.at for one in settled]
    slope, _ = statistics.linear_regression(times, [getattr(one, name) for one in settled])
    return slope * (times[-1] - times[0])


_FILLED_SECONDS: Final = 45 * 60
_PAGE_CACHE: Final = 32 * MEBIBYTE
"""What the database keeps in memory; a quarter of a shorter run does not fill it."""


def refuse_growth(samples: Sequence[Sample]) -> None:
    """Raise `AssertionError` where a figure grows by more than its bound."""
    for name, settled in _BOUNDS.items():
        is_filling = name == "memory" and samples[-1].at < _FILLED_SECONDS
        bound = settled + _PAGE_CACHE if is_filling else settled
        found = growth(samples, name)
        assert found <= bound, f"{name} grew by {found:.0f} after the warm-up; {bound} are allowed"


def table(samples: Sequence[Sample]) -> str:
    """Every figure after the warm-up in a line: least, median, greatest, and the fitted growth."""
    settled = [one for one in samples if one.at >= WARM_UP * samples[-1].at]
    lines = []
    for name in [one.name for one in fields(Sample) if one.name != "at"]:
        scale, unit = _UNITS.get(name, (1, ""))
        values = [getattr(one, name) / scale for one in settled]
        told = f"{min(values):.1f} / {statistics.median(values):.1f} / {max(values):.1f} {unit}".rstrip()
        lines.append(f"{name}: {told}, fitted growth {growth(samples, name) / scale:+.2f}")
    return "\n".join(lines)


_UNITS: Final = {"memory": (MEBIBYTE, "MiB"), "log": (MEBIBYTE, "MiB"), "lag": (0.001, "ms")}
