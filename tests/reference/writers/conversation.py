"""A conversation of two reference ratchets that writes down every step, so that a reader can replay it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.reference import ratchet
from tests.reference.case import Fields, pick
from tests.reference.curve25519 import x25519_public
from tests.reference.envelopes import Message, read_envelope
from tests.reference.machine import SEND_CT, Draws
from tests.reference.refusal import RefusedError
from tests.reference.writers.cast import NOW
from tests.reference.writers.shown import changed, short, shown_figures, shown_state

if TYPE_CHECKING:
    from tests.reference.ratchet import State

ROLES = {"t": 64, "sk_ec": 32, "sk_pq": 32, "a_0": 32, "hk_a": 32, "nhk_b": 32}


class Conversation:
    """Two sides, the messages on the way, and the steps taken."""

    def __init__(self, name: str) -> None:
        self.name = name
        secrets = ratchet.Secrets(*(pick(f"{name}/{role}", n) for role, n in ROLES.items()))
        prekey, first = pick(f"{name}/spk", 32), pick(f"{name}/first", 32)
        seed = pick(f"{name}/kem seed", 64)
        self.sides = {
            "a": ratchet.initiator(secrets, x25519_public(prekey), first, seed),
            "b": ratchet.responder(secrets, prekey),
        }
        self.start: Fields = {
            **secrets._asdict(),
            "signed_prekey_private": prekey,
            "signed_prekey": x25519_public(prekey),
            "initiator_ratchet_private": first,
            "initiator_kem_seed": seed,
            "a": shown_state(self.sides["a"]),
            "b": shown_state(self.sides["b"]),
        }
        self.steps: list[Fields] = []
        self.sent: dict[str, Message] = {}
        self.now = NOW

    def draw(self, what: str, length: int) -> bytes:
        """Give the draw of the present step."""
        return pick(f"{self.name}/{len(self.steps)}/{what}", length)

    def _draws(self) -> Draws:
        return Draws(self.draw("ratchet", 32), self.draw("kem seed", 64), self.draw("kem message", 32))

    def says(self, who: str, key: str, content: bytes | None = None) -> None:
        """Seal a message and keep it under a key."""
        content = content or f"{who} says {key}".encode()
        salt, nonce = self.draw("salt", 16), self.draw("nonce", 12)
        state, message, trace = ratchet.seal(self.sides[who], content, salt, nonce)
        step: Fields = {"do": "seal", "by": who, "message": key, "content": content}
        step |= {"salt": salt, "header_nonce": nonce, **_used(trace), "commitment": trace.commitment}
        step |= {"indices": [word[0] for word in trace.codewords], "block_sha256": short(trace.block)}
        step |= {"envelope": message.encoded(), "after": changed(self.sides[who], state)}
        self.steps.append(step)
        self.sides[who], self.sent[key] = state, message

    def loses(self, who: str, count: int, content: bytes = b"lost") -> None:
        """Seal that many messages which never arrive."""
        before = state = self.sides[who]
        for number in range(count):
            state, _, _ = ratchet.seal(state, content, pick(f"lost/{number}", 16), bytes(12))
        self.sides[who] = state
        step: Fields = {"do": "lose", "by": who, "count": count, "content": content}
        self.steps.append({**step, "after": changed(before, state)})

    def hears(self, who: str, *keys: str) -> None:
        """Open messages that were sealed before."""
        for key in keys:
            self._hear({"do": "open", "by": who, "message": key, "now": self.now}, self.sent[key])

    def exchanges(self, who: str, key: str, content: bytes | None = None) -> None:
        """Seal a message that the other side opens."""
        self.says(who, key, content)
        self.hears("b" if who == "a" else "a", key)

    def hears_bytes(self, who: str, message: Message, comment: str) -> None:
        """Open an envelope that its sender made in no honest way, and that is accepted all the same."""
        step = {"do": "open", "by": who, "envelope": message.encoded(), "now": self.now}
        self._hear({**step, "comment": comment}, message)

    def _hear(self, step: Fields, message: Message) -> None:
        who, draws = str(step["by"]), self._draws()
        before = self.sides[who]
        state, content, trace = ratchet.open_message(before, message, draws, self.now)
        step |= _drawn(before, state, draws)
        step["content"] = content
        if "envelope" in step:
            step |= _used(trace)
        self.steps.append({**step, "after": changed(before, state)})
        self.sides[who] = state

    def refuses(self, who: str, key: str, comment: str, error: str) -> None:
        """Try to open a message that was sealed before, and see it refused; nothing changes."""
        step: Fields = {"do": "open", "by": who, "message": key, "now": self.now}
        self._refuse(step, self.sent[key], comment, error)

    def refuses_bytes(self, who: str, message: Message, comment: str, error: str) -> None:
        """Try to open an envelope that only a hostile relay or peer could have made."""
        raw = message.encoded()
        if read_envelope(raw) != message:
            raise AssertionError
        self._refuse({"do": "open", "by": who, "envelope": raw, "now": self.now}, message, comment, error)

    def _refuse(self, step: Fields, message: Message, comment: str, error: str) -> None:
        try:
            ratchet.open_message(self.sides[str(step["by"])], message, self._draws(), self.now)
        except RefusedError as refused:
            if refused.kind != error:
                raise
        else:
            raise AssertionError(comment)
        self.steps.append({**step, "comment": comment, "error": error})

    def waits(self, milliseconds: int) -> None:
        """Let time pass."""
        self.now += milliseconds

    def shows(self, *sides: str) -> None:
        """Note what each side can show (KR-10)."""
        for who in sides:
            self.steps.append({"do": "show", "by": who, **shown_figures(self.sides[who])})

    def hostile(self, who: str, **changes: object) -> None:
        """Let a side go on with another state than the rules gave it: it is the hostile one."""
        kem = replace(self.sides[who].kem, **changes)  # type: ignore[arg-type]  # one call for every field
        self.sides[who] = replace(self.sides[who], kem=kem)

    def recorded(self) -> Fields:
        """Give the fields of the test."""
        return {"op": "conversation", "start": self.start, "steps": self.steps}


def _used(trace: ratchet.Trace) -> Fields:
    """Give the header and the keys of a message."""
    keys = {"ec_mk": trace.message_key, "pq_mk": trace.pq_message_key, "key": trace.key}
    return {"header": trace.header.encoded(), **keys}


def _drawn(before: State, after: State, draws: Draws) -> Fields:
    """Give the draws that were used, and what the encapsulation gave."""
    fields: Fields = {}
    if after.ec.private == draws.ratchet_private:
        fields["ratchet_private"] = draws.ratchet_private
    if after.kem.seed == draws.kem_seed:
        fields["kem_seed"] = draws.kem_seed
    if after.kem.state == SEND_CT != before.kem.state:
        fields["kem_message"] = draws.kem_message
        fields |= {"ciphertext": after.kem.sends[:1568], "shared": after.kem.shared}
    return fields
