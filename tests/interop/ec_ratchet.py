"""Our EC ratchet alone: its own steps, under other derivations, with headers that nobody seals.

Everything that decides which key a message has is the product's code; only what derives keys is replaced.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from doubleratchet import EncryptedMessage
from doubleratchet import Header as PlainHeader

from securemsg.ratchet import opening, receiving, start
from securemsg.ratchet.header import Header
from securemsg.ratchet.keys import ChainKey, HeaderKey, RootKey
from securemsg.ratchet.receiving import Agreed, Arrival, EcKey, following_key, late_key, present_key
from securemsg.ratchet.skipped import RowChanges
from securemsg.ratchet.state import Active, Awaiting, SendingChain
from tests.interop.package import ROOT_INFO, Aead, associated
from tests.ratchet.changed import changed
from tests.ratchet.parties import NOW, Rows
from tests.support.entropy import SeededEntropy


def root_step(root: RootKey, agreed: bytes) -> tuple[RootKey, ChainKey, HeaderKey]:
    """RK || CK of the specification, with 32 bytes more for a header key that is not used."""
    derived = HKDF(SHA256(), 96, root.expose(), ROOT_INFO).derive(agreed)
    return RootKey(derived[:32]), ChainKey(derived[32:64]), HeaderKey(derived[64:])


def chain_step(chain: bytes) -> tuple[bytes, bytes]:
    """HMAC-SHA-256 of two constants (Double Ratchet, section 7.2)."""
    return hmac.digest(chain, b"\x02", "sha256"), hmac.digest(chain, b"\x01", "sha256")


@contextmanager
def other_derivations() -> Iterator[None]:
    """Replace what derives keys, and nothing else, wherever the EC ratchet calls it."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (opening, receiving, start):
            patch.setattr(module, "root_step", root_step)
        patch.setattr(receiving, "chain_step", chain_step)
        patch.setattr(receiving._skip, "__defaults__", (chain_step,))
        yield


class TooOld(Exception):  # noqa: N818  # what the message is
    """Of a chain that is not kept any more."""


class Ours:
    """One end that is ours."""

    def __init__(self, state: Awaiting | Active, binding: bytes, entropy: SeededEntropy) -> None:
        """Begin in the state that `start` gave."""
        self.state, self._binding, self._entropy = state, binding, entropy
        self.rows = Rows()
        self._theirs: list[bytes] = []
        """Their ratchet keys, by the index of their chain: what a sealed header would have told."""

    async def seal(self, content: bytes) -> EncryptedMessage:
        """Say something."""
        state = self.state
        assert isinstance(state, Active)
        turn, sending = state.turn, state.sending
        chain, key = chain_step(sending.key)
        header = PlainHeader(turn.ours.public, turn.previous, sending.number)
        body = await Aead.encrypt(content, key, associated(self._binding, header))
        self.state = changed(state, sending=SendingChain(sending.header, chain, sending.number + 1))
        return EncryptedMessage(header, body)

    async def open(self, message: EncryptedMessage) -> bytes:
        """Hear something."""
        public, previous, number = message.header
        header = Header(public, previous, number, 0, 0, 0)
        ec = self._key(header)
        content = await Aead.decrypt(message.ciphertext, ec.key, associated(self._binding, message.header))
        self._keep(public, ec)
        return content

    def _key(self, header: Header) -> EcKey:
        state, arrival = self.state, Arrival(self.rows, NOW)
        if header.ratchet_key not in self._theirs:
            return following_key(state, header, arrival)
        index = self._theirs.index(header.ratchet_key)
        assert isinstance(state, Active)
        assert state.receiving is not None
        if index == state.receiving.index:
            return present_key(state, state.receiving, header, arrival)
        if index not in [chain.index for chain in state.turn.past]:
            raise TooOld
        return late_key(state, index, header, arrival)

    def _keep(self, public: bytes, ec: EcKey) -> None:
        state, turn, sending = self.state, self.state.turn, ec.sending
        dropped: tuple[int, ...] = ()
        if isinstance(sending, Agreed):
            turn, sending, dropped = opening._turn(state, sending, self._entropy)
            self._theirs.append(public)
        self.state = Active(
            binding=state.binding,
            turn=turn,
            sending=sending,
            receiving=ec.receiving,
            epoch_sending=state.epoch_sending,
            epoch_receiving=state.epoch_receiving,
            machine=state.machine,
            emitted=0,
        )
        self.rows.apply(RowChanges(ec.added, () if ec.used is None else (ec.used,), dropped), NOW)
