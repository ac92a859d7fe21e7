"""Run every benchmark: `make bench`."""

from bench.bench_library import main as library
from bench.bench_relay import main as relay


def main() -> None:
    """Print all figures, the library's first."""
    library()
    relay()


if __name__ == "__main__":
    main()
