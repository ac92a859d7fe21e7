"""Run every benchmark: `make bench`."""

from bench import bench_library, bench_relay


def main() -> None:
    """Print all figures, the library's first."""
    bench_library.main()
    bench_relay.main()


if __name__ == "__main__":
    main()
