"""A conversation of two reference ratchets that writes down every step, so that a reader can replay it."""

from __future__ import annotations

from tests.reference import ratchet
from tests.reference.case import Fields, pick
from tests.reference.curve25519 import x25519_public
from tests.reference.envelopes import Message, read_envelope
from tests.reference.ratchet import INITIATOR, RESPONDER, State
from tests.reference.refusal import RefusedError
from tests.reference.writers.cast import NOW

NAMES = {"a": INITIATOR, "b": RESPONDER}
SHOWN_ROWS = 16


def shown_state(state: State) -> Fields:
    """Give the state by the names of RT-1; empty keys are those that do not exist yet."""
    rows = state.rows if len(state.rows) <= SHOWN_ROWS else None
    return {
        "rk": state.rk,
        "ratchet_private": state.private,
        "their_ratchet_key": state.theirs,
        "hks": state.hks,
        "cks": state.cks,
        "ns": state.ns,
        "hkr": state.hkr,
        "ckr": state.ckr,
        "nr": state.nr,
        "nhks": state.nhks,
        "nhkr": state.nhkr,
        "pn": state.pn,
        "receiving_chain": state.chain if state.chain >= 0 else None,
        "past_chains": list(state.past),
        "skipped_count": len(state.rows),
        "skipped": None if rows is None else list(rows),
    }


class Conversation:
    """Two sides, the messages on the way, and the steps taken."""

    def __init__(self, name: str) -> None:
        self.name = name
        secrets = ratchet.Secrets(
            pick(f"{name}/t", 64), pick(f"{name}/sk", 32), pick(f"{name}/hk", 32), pick(f"{name}/nhk", 32)
        )
        prekey, first = pick(f"{name}/spk", 32), pick(f"{name}/first", 32)
        self.sides = {
            "a": ratchet.initiator(secrets, x25519_public(prekey), first),
            "b": ratchet.responder(secrets, prekey),
        }
        self.start: Fields = {
            **secrets._asdict(),
            "signed_prekey_private": prekey,
            "signed_prekey": x25519_public(prekey),
            "initiator_ratchet_private": first,
            "a": shown_state(self.sides["a"]),
            "b": shown_state(self.sides["b"]),
        }
        self.steps: list[Fields] = []
        self.sent: dict[str, Message] = {}
        self.now = NOW

    def draw(self, what: str, length: int) -> bytes:
        """Give the draw of the present step."""
        return pick(f"{self.name}/{len(self.steps)}/{what}", length)

    def says(self, who: str, key: str, content: bytes | None = None) -> None:
        """Seal a message and keep it under a key."""
        content = content or f"{who} says {key}".encode()
        salt, nonce = self.draw("salt", 16), self.draw("nonce", 12)
        state, self.sent[key], trace = ratchet.seal(self.sides[who], content, salt, nonce)
        self._note_seal(who, key, content, state, trace)
        self.steps[-1].update({"salt": salt, "header_nonce": nonce})

    def _note_seal(self, who: str, key: str, content: bytes, state: State, trace: ratchet.Trace) -> None:
        self.sides[who] = state
        step: Fields = {"do": "seal", "by": who, "message": key, "content": content}
        step.update({"header": trace.header.encoded(), "chain_key": trace.chain_key})
        step.update({"message_key": trace.message_key, "key": trace.key, "commitment": trace.commitment})
        self.steps.append({**step, "envelope": self.sent[key].encoded(), "after": shown_state(state)})

    def loses(self, who: str, count: int) -> None:
        """Seal that many messages which never arrive."""
        for number in range(count):
            state, _, _ = ratchet.seal(self.sides[who], b"lost", pick(f"lost/{number}", 16), bytes(12))
            self.sides[who] = state
        self.steps.append({"do": "lose", "by": who, "count": count, "after": shown_state(self.sides[who])})

    def hears(self, who: str, key: str) -> None:
        """Open a message that was sealed before."""
        self._hear({"do": "open", "by": who, "message": key, "now": self.now}, self.sent[key])

    def hears_bytes(self, who: str, message: Message, comment: str) -> None:
        """Open an envelope that its sender made in no honest way, and that is accepted all the same."""
        step = {"do": "open", "by": who, "envelope": message.encoded(), "now": self.now}
        self._hear({**step, "comment": comment}, message)

    def _hear(self, step: Fields, message: Message) -> None:
        who, private = str(step["by"]), self.draw("ratchet", 32)
        state, content, trace = ratchet.open_message(self.sides[who], message, private, self.now)
        new = state.private == private
        self.sides[who] = state
        if new:
            step["ratchet_private"] = private
        step.update({"content": content, "header": trace.header.encoded(), "message_key": trace.message_key})
        self.steps.append({**step, "key": trace.key, "after": shown_state(state)})

    def refuses(self, who: str, key: str, comment: str, error: str) -> None:
        """Try to open a message that was sealed before, and see it refused; nothing changes."""
        self._refuse(
            {"do": "open", "by": who, "message": key, "now": self.now}, self.sent[key], comment, error
        )

    def refuses_bytes(self, who: str, message: Message, comment: str, error: str) -> None:
        """Try to open an envelope that only a hostile relay or peer could have made."""
        raw = message.encoded()
        if read_envelope(raw) != message:
            raise AssertionError
        self._refuse({"do": "open", "by": who, "envelope": raw, "now": self.now}, message, comment, error)

    def _refuse(self, step: Fields, message: Message, comment: str, error: str) -> None:
        private = self.draw("ratchet", 32)
        try:
            ratchet.open_message(self.sides[str(step["by"])], message, private, self.now)
        except RefusedError as refused:
            if refused.kind != error:
                raise
        else:
            raise AssertionError(comment)
        self.steps.append({**step, "comment": comment, "ratchet_private": private, "error": error})

    def waits(self, milliseconds: int) -> None:
        """Let time pass."""
        self.now += milliseconds

    def recorded(self) -> Fields:
        """Give the fields of the test."""
        return {"op": "conversation", "start": self.start, "steps": self.steps}
