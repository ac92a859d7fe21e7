"""The library against its peers: `make bench-library`.

Everything that a message passes is on: padding, header encryption, both ratchets, salt and
commitment, envelope encoding and decoding. Ratios of the least CPU times over interleaved
short rounds in one process; above 1 is faster than the peer.
"""

from bench.library_figures import handshake, one_chain, ping_pong, refusals, saved, skipping


def main() -> None:
    """Print the figures."""
    one_chain()
    ping_pong()
    skipping()
    saved()
    handshake()
    refusals()


if __name__ == "__main__":
    main()
