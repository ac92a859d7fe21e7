"""Exit statuses: part of the contract with scripts."""

DONE = 0
REFUSED = 1
USAGE = 2
TIMED_OUT = 3
INTERRUPTED = 130
BROKEN_PIPE = 141
