"""What the library's benchmark measures, figure by figure."""

import statistics
import time
from typing import Final

from bench.figures import Figure, show
from bench.handshakes import OurHandshakes, TwomemoHandshakes
from bench.limits import Bare
from bench.measure import least, timed
from bench.peers import PythonRatchet, Vodozemac, wire
from bench.sessions import NOW, Pair, entropy, saved_states
from securemsg.errors import AuthenticationError
from securemsg.ratchet.opening import open_message
from securemsg.wire import envelope
from securemsg.wire.envelope import Message

KIB: Final = b"m" * 1_024
"""1 KiB, as the peers get it: our block is of 2 KiB, and two codewords ride along."""

FULL_BLOCK: Final = b"m" * 1_000
"""Fills our smallest block, so that nothing of the KEM ratchet travels."""

ONE_CODEWORD: Final = b"m" * 600
"""Leaves room for one codeword in the smallest block."""

MESSAGES: Final = 48
PING_PONG: Final = 30
REVERSED: Final = 1_000


def one_chain() -> None:
    """Seal and open in one chain."""
    ours, full, rust, python, bare = (
        Pair.fresh(),
        Pair.fresh(),
        Vodozemac.fresh(),
        PythonRatchet.fresh(),
        Bare(),
    )
    best = least(
        {
            "ours": lambda: timed(lambda: ours.chain(KIB, MESSAGES), MESSAGES),
            "full": lambda: timed(lambda: full.chain(FULL_BLOCK, MESSAGES), MESSAGES),
            "rust": lambda: timed(lambda: rust.chain(KIB, MESSAGES), MESSAGES),
            "rust full": lambda: timed(lambda: rust.chain(FULL_BLOCK, MESSAGES), MESSAGES),
            "python": lambda: timed(lambda: python.chain(KIB, MESSAGES), MESSAGES),
            "bare": lambda: timed(lambda: bare.messages(MESSAGES), MESSAGES),
        }
    )
    show(Figure("library_chain_1KiB", best["rust"] / best["ours"], "vodozemac", "1.5"))
    show(Figure("library_chain_1000B", best["rust full"] / best["full"], "vodozemac", "1.5"))
    show(Figure("library_chain_1KiB_python", best["python"] / best["ours"], "DoubleRatchet", "5"))
    show(Figure("library_chain_1KiB_limit", best["bare"] / best["ours"], "bare-primitives"))


def ping_pong() -> None:
    """Change the direction with every message."""
    ours, one, full = Pair.fresh(), Pair.fresh(), Pair.fresh()
    rust, bare = Vodozemac.fresh(), Bare()
    best = least(
        {
            "ours": lambda: timed(lambda: ours.ping_pong(KIB, PING_PONG), PING_PONG),
            "one": lambda: timed(lambda: one.ping_pong(ONE_CODEWORD, PING_PONG), PING_PONG),
            "full": lambda: timed(lambda: full.ping_pong(FULL_BLOCK, PING_PONG), PING_PONG),
            "rust": lambda: timed(lambda: rust.ping_pong(KIB, PING_PONG), PING_PONG),
            "rust one": lambda: timed(lambda: rust.ping_pong(ONE_CODEWORD, PING_PONG), PING_PONG),
            "bare": lambda: timed(lambda: bare.turns(PING_PONG), PING_PONG),
        }
    )
    show(Figure("library_pingpong_1KiB", best["rust"] / best["ours"], "vodozemac", "0.75"))
    show(Figure("library_pingpong_1KiB_block", best["rust one"] / best["one"], "vodozemac", "0.75"))
    show(Figure("library_pingpong_no_codeword", best["rust"] / best["full"], "vodozemac"))
    show(Figure("library_pingpong_limit", best["bare"] / best["one"], "bare-primitives"))


def skipping() -> None:
    """Open 1,000 messages in reverse, and skip 1,000 at once."""

    def received(*, reverse: bool) -> float:
        pair = Pair.fresh()
        sealed = [pair.ann.seal(FULL_BLOCK) for _ in range(REVERSED)]
        order = sealed[::-1] if reverse else sealed
        return timed(lambda: [pair.ben.open(data) for data in order], REVERSED)

    def sent() -> float:
        pair = Pair.fresh()
        return timed(lambda: [pair.ann.seal(FULL_BLOCK) for _ in range(REVERSED)], REVERSED)

    def skipped() -> float:
        pair = Pair.fresh()
        sealed = [pair.ann.seal(FULL_BLOCK) for _ in range(REVERSED + 1)]
        return timed(lambda: pair.ben.open(sealed[-1]), 1)

    best = least(
        {
            "in order": lambda: received(reverse=False),
            "reverse": lambda: received(reverse=True),
            "sent": sent,
            "skip": skipped,
        },
        rounds=10,
    )
    ordered, reverse = best["sent"] + best["in order"], best["sent"] + best["reverse"]
    show(Figure("library_reverse_1000", ordered / reverse, "own-in-order", "0.67"))
    show(Figure("library_skip_1000", 0.050 / best["skip"], "50-ms", "1"))


def saved() -> None:
    """Save the state of both sides after every message."""
    ours, rust, key = Pair.fresh(), Vodozemac.fresh(), entropy(32)

    def pickled() -> None:
        for _ in range(MESSAGES):
            message = rust.ann.encrypt(KIB)
            rust.ann.pickle(key)
            rust.ben.decrypt(wire(message))
            rust.ben.pickle(key)

    best = least(
        {
            "ours": lambda: timed(lambda: saved_states(ours, KIB, MESSAGES), MESSAGES),
            "rust": lambda: timed(pickled, MESSAGES),
        }
    )
    show(Figure("library_saved_1KiB", best["rust"] / best["ours"], "vodozemac-pickled", "2"))


def handshake() -> None:
    """Open a session and accept it, from published prekeys to the first message read."""
    ours, peer = OurHandshakes(), TwomemoHandshakes()
    best = least({"ours": ours.one, "peer": peer.one}, rounds=40)
    show(Figure("library_setup", best["peer"] / best["ours"], "twomemo", "1.2"))


def refusals() -> None:
    """Refuse forged headers: the median cost of each to a session with all its past chains."""
    pair = Pair.fresh()
    pair.ping_pong(b"x", 20)
    state = pair.ben.state
    costs = []
    for _ in range(2_000):
        forged = Message(entropy(80), entropy(16), entropy(32), entropy(1_040))
        data = envelope.encode(forged)
        start = time.process_time_ns()
        message = envelope.decode(data)
        try:
            if isinstance(message, Message):
                open_message(state, message, pair.ben.rows, NOW, entropy)
        except AuthenticationError:
            costs.append(time.process_time_ns() - start)
    show(Figure("library_forged_header", 20_000 / statistics.median(costs), "20-us", "1"))
