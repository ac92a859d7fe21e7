"""Vectors of 09: what a relay answers, on several connections."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.reference.case import Fields, good, pick, written
from tests.reference.curve25519 import ed25519_public, ed25519_sign
from tests.reference.hello import proof_body, signed
from tests.reference.relay import GOODBYE, Connection, Relay
from tests.reference.writers.frame_cases import shown
from tests.reference.writers.relay_asked import PING
from tests.reference.writers.relay_scripts import SCRIPTS

if TYPE_CHECKING:
    from tests.reference.values import Value

CHALLENGE = pick("09/challenge", 32)
IDENTITY = pick("09/identity", 32)


class Box:
    """Somebody's mailbox."""

    def __init__(self, name: str) -> None:
        self.id, self.seed = pick(f"09/{name}/mailbox", 16), pick(f"09/{name}/owner", 32)
        self.key = ed25519_public(self.seed)

    def token(self, name: str) -> bytes:
        """Give a send token."""
        return pick(f"09/token/{name}", 32)

    def hashes(self, *names: str) -> list[Value]:
        """Give what the relay knows of tokens."""
        return [hashlib.sha256(self.token(name)).digest() for name in names]


class Script:
    """Steps on one relay, with what it answers."""

    def __init__(self, registration: int = 2, max_envelope: int = 33928, window: int = 64) -> None:
        self.told: Fields = {"registration": registration, "max_envelope": max_envelope, "window": window}
        self.relay = Relay(registration, max_envelope, window)
        self.connections: dict[str, Connection] = {}
        self.numbers: dict[str, int] = {}
        self.steps: list[Fields] = []

    def _on(self, who: str) -> tuple[Connection, int]:
        self.numbers[who] = self.numbers.get(who, 0) + 1
        return self.connections.setdefault(who, Connection()), self.numbers[who]

    def asks(self, who: str, kind: int, *fields: Value) -> None:
        """Ask on a connection, which is opened when it is first used."""
        on, number = self._on(who)
        value: list[Value] = [kind, number, *fields]
        answer = self.relay.ask(on, value)
        quiet = {"quiet": True} if kind == PING else {}
        self.steps.append({"on": who, "ask": shown(value), "answer": shown(answer), **quiet})
        self._heard()

    def proves(self, who: str, box: Box, seed: bytes = b"") -> None:
        """Prove a mailbox, with its owner's key or another one."""
        on, number = self._on(who)
        seed = seed or box.seed
        body = proof_body(IDENTITY, CHALLENGE, box.id)
        proof = (body, ed25519_sign(seed, signed(b"prove", body)))
        answer = self.relay.prove(on, number, box.id, proof)
        self.steps.append({"on": who, "prove": box.id, "seed": seed, "answer": shown(answer)})

    def _heard(self) -> None:
        for who, on in self.connections.items():
            for event in on.heard:
                closes = {"closes": True} if event[0] == GOODBYE else {}
                self.steps.append({"on": who, "hear": shown(event), **closes})
            on.heard = []


def file() -> str:
    """Give the text of 09-relay.json."""
    tests = []
    for name, (comment, told, play) in SCRIPTS.items():
        script = Script(**told)
        play(script, Box(name), Box(f"{name}/other"))
        tests.append(good(f"relay/{name}", comment, op="relay", **script.told, steps=script.steps))
    ids = "MB-3 MB-4 MB-5 MB-6 MB-7 MB-8 MB-9 MB-10 MB-14 MB-24 MB-25 MB-26 MB-27 MB-29 RL-6"
    return written("09", ids, tests)
