"""The library against its peers: `make bench-library`.

Everything that a message passes is on: padding, header encryption, both ratchets, salt and
commitment, envelope encoding and decoding. Ratios of the least CPU times over interleaved
short rounds in one process; above 1 is faster than the peer.
"""

import pickle
from typing import Final

from bench.figures import Figure, show
from bench.limits import bare_primitives
from bench.measure import least, timed
from bench.peers import PythonRatchet, Vodozemac
from bench.sessions import Pair

CONTENT: Final = b"m" * 1_024
"""1 KiB, as the peers get it: in our block of 2 KiB two codewords ride along."""

MESSAGES: Final = 50
