"""The vault beside SQLite alone and SQLCipher, and a vault of a million messages: `make bench-store`.

`BENCH_FOLDER` names the place; on a disk, because every commit is synced there. It needs a
gigabyte and some minutes.
"""

import os
import tempfile
from pathlib import Path

from bench.bench_store_large import large
from bench.bench_store_transactions import transactions


def main() -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        transactions(Path(folder))
        large(Path(folder))


if __name__ == "__main__":
    main()
