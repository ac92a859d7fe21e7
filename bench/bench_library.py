"""The library against its peers: `make bench-library`.

Everything that a message passes is on: padding, header encryption, both ratchets, salt and
commitment, envelope encoding and decoding. Ratios of the least CPU times over interleaved
short rounds in one process; above 1 is faster than the peer.
"""

from typing import Final

CONTENT: Final = b"m" * 1_024
"""1 KiB, as the peers get it: in our block of 2 KiB two codewords ride along."""

MESSAGES: Final = 50
