"""The record of an active state: versioned bytes for an encrypted store.

There is none of an `Awaiting` state: it becomes active in the transaction that makes it.
"""

from typing import Final

from securemsg.crypto.x25519 import PrivateKey, PublicKey
from securemsg.errors import AuthenticationError, FrameError
from securemsg.ratchet.errors import NewerRecord
from securemsg.ratchet.keys import ChainKey, HeaderKey, RootKey
from securemsg.ratchet.state import (
    MAX_CHAIN,
    MAX_PAST_CHAINS,
    TRANSCRIPT_WIDTH,
    Active,
    Binding,
    PastChain,
    RatchetPair,
    ReceivingChain,
    Role,
    SendingChain,
)
from securemsg.wire.codec import MAX_INTEGER, encode
from securemsg.wire.fields import Fields

VERSION: Final = 1
"""Of the record; every version ever written stays readable (Spec: ST-8)."""

MAX_RECORD: Final = 16_384
"""Bytes: this version needs about 700, but must recognise the longer record of a newer one."""

_KEY: Final = 32


def encode_state(state: Active) -> bytes:
    """Return the record of `state`; it holds the secrets of the session in clear (Spec: ST-8)."""
    receiving = state.receiving
    present: tuple[int | bytes, ...] = ()
    if receiving is not None:
        present = (receiving.index, receiving.header.expose(), receiving.key.expose(), receiving.number)
    return encode(
        (
            VERSION,
            state.binding.transcript,
            state.binding.role.value,
            state.root.expose(),
            state.ours.private.expose(),
            state.ours.public,
            state.next_sending.expose(),
            state.next_receiving.expose(),
            state.previous,
            (state.sending.header.expose(), state.sending.key.expose(), state.sending.number),
            present,
            [chain.header.expose() for chain in state.past],
        )
    )


def decode_state(record: bytes) -> Active:
    """Return the state of a record.

    Raises `NewerRecord` for a version that this one does not know, and `FrameError` for a damaged record.

    Spec: ST-5, ST-8.
    """
    fields = Fields.parse(record, MAX_RECORD)
    if fields.uint(MAX_INTEGER) != VERSION:
        raise NewerRecord("a record of another version")
    binding = _binding(fields)
    root = RootKey(fields.binary(_KEY))
    ours = _pair(fields)
    next_sending, next_receiving = HeaderKey(fields.binary(_KEY)), HeaderKey(fields.binary(_KEY))
    previous = fields.uint(MAX_CHAIN)
    sending = _sending(fields.array(3))
    receiving = _receiving(fields.array(4))
    headers = fields.binaries(MAX_PAST_CHAINS, _KEY)
    fields.end()
    index = receiving.index if receiving else 0
    if len(headers) > index:
        raise FrameError("more past chains than there were")
    # Chains follow each other, so that their places in the record tell their indices.
    past = tuple(PastChain(index - back, HeaderKey(key)) for back, key in enumerate(headers, 1))
    return Active(binding, root, ours, next_sending, next_receiving, previous, sending, receiving, past)


def _binding(fields: Fields) -> Binding:
    transcript, role = fields.binary(TRANSCRIPT_WIDTH), fields.uint(max(Role))
    if role < min(Role):
        raise FrameError("no role")
    return Binding.of(transcript, Role(role))


def _pair(fields: Fields) -> RatchetPair:
    private = PrivateKey(fields.binary(_KEY))
    try:
        return RatchetPair(private, PublicKey.parse(fields.binary(_KEY)))
    except AuthenticationError:
        raise FrameError("no public key") from None


def _sending(fields: Fields) -> SendingChain:
    header, key = HeaderKey(fields.binary(_KEY)), ChainKey(fields.binary(_KEY))
    chain = SendingChain(header, key, fields.uint(MAX_CHAIN))
    fields.end()
    return chain


def _receiving(fields: Fields) -> ReceivingChain | None:
    if not fields:
        return None
    index = fields.uint(MAX_INTEGER)
    header, key = HeaderKey(fields.binary(_KEY)), ChainKey(fields.binary(_KEY))
    chain = ReceivingChain(index, header, key, fields.uint(MAX_CHAIN))
    fields.end()
    return chain
