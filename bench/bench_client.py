"""The terminal client on a pseudo-terminal, beside weechat and a Textual application: `make bench-client`.

    NAME ratio=R target=T peer=P

Where the peer is a limit, R is the limit over what was measured: above 1 keeps it.
"""

from bench.bench_client_figures import inside, starts, storm, unlocking
from bench.bench_client_home import invented_home


def main() -> None:
    """Print the figures."""
    with invented_home() as home:
        starts(home)
        unlocking(home)
        inside(home)
        storm(home)


if __name__ == "__main__":
    main()
