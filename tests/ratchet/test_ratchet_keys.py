"""The derivations and the header, computed a second time from the words of the specification."""

import hashlib
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.aead import Gcm
from securemsg.errors import FrameError, LocalError
from securemsg.ratchet.chains import chain_step, root_step, sealing_key
from securemsg.ratchet.epochs import epoch_step
from securemsg.ratchet.errors import TooManySkipped
from securemsg.ratchet.header import Header, open_header
from securemsg.ratchet.keys import (
    Authenticator,
    ChainKey,
    EpochRoot,
    EpochSeed,
    HeaderKey,
    MessageKey,
    RootKey,
)
from securemsg.ratchet.state import MAX_CHAIN
from tests.ratchet.forging import seal_header

key32 = st.binary(min_size=32, max_size=32)
KEY = HeaderKey(bytes(range(32)))
ROLES = [RootKey, ChainKey, MessageKey, HeaderKey, EpochSeed, EpochRoot, Authenticator]
NONCE = bytes(12)
Step = Callable[[bytes], tuple[bytes, bytes]]


@given(key32, key32)
def test_a_root_step_is_one_call_of_shake_over_root_and_agreed_secret(root: bytes, agreed: bytes) -> None:
    """RT-3."""
    following, chain, header = root_step(RootKey(root), agreed)
    expected = hashlib.shake_256(b"securemsg/1/root\0" + root + agreed).digest(96)
    assert following.expose() + chain.expose() + header.expose() == expected


@pytest.mark.parametrize(("step", "label"), [(chain_step, b"chain"), (epoch_step, b"pq/chain")])
@given(key32)
def test_a_call_of_shake_gives_a_chain_seven_keys_and_what_the_next_come_from(
    step: Step, label: bytes, chain: bytes
) -> None:
    """RT-4, KR-4: a used key is gone at once."""
    source = chain
    for number in range(16):
        if number % 7 == 0:
            block = hashlib.shake_256(b"securemsg/1/" + label + b"\0" + source).digest(256)
            source, keys = block[:32], [block[at : at + 32] for at in range(32, 256, 32)]
        chain, key = step(chain)
        assert key == keys.pop()
        assert chain == source + b"".join(keys)


@given(key32, key32, st.binary(min_size=16, max_size=16))
def test_a_sealing_key_and_its_commitment_come_from_both_message_keys_and_salt(
    first: bytes, second: bytes, salt: bytes
) -> None:
    """RT-5."""
    expected = hashlib.shake_256(b"securemsg/1/message\0" + first + second + salt).digest(64)
    assert b"".join(sealing_key(first, second, salt)) == expected


def test_a_sealed_header_is_the_nonce_and_52_bytes_under_the_header_key() -> None:
    """RT-6."""
    sealed = seal_header(KEY, Header(b"k" * 32, 7, 9, 11, 13, 15), NONCE, b"binding")
    plain = Gcm(KEY.expose()).open(NONCE, sealed[12:], b"binding")
    assert sealed[:12] == NONCE
    assert len(sealed) == 80
    assert plain == b"k" * 32 + struct.pack(">IIIII", 7, 9, 11, 13, 15)


lengths = st.integers(0, MAX_CHAIN)
numbers = st.integers(0, MAX_CHAIN - 1)
headers = st.builds(Header, key32, lengths, numbers, st.integers(0, 2**32 - 1), lengths, numbers)


@given(headers)
def test_a_header_opens_with_its_key_and_binding_only(header: Header) -> None:
    sealed = seal_header(KEY, header, NONCE, b"binding")
    opened = open_header(KEY, sealed, b"binding")
    assert opened is not None
    assert Header.of(opened) == header
    assert open_header(KEY, sealed, b"another") is None
    assert open_header(HeaderKey(bytes(32)), sealed, b"binding") is None


@pytest.mark.parametrize(
    "numbers",
    [
        (MAX_CHAIN + 1, 0, 0, 0, 0),
        (0, MAX_CHAIN, 0, 0, 0),
        (0, 0, 0, MAX_CHAIN + 1, 0),
        (0, 0, 0, 0, MAX_CHAIN),
    ],
)
def test_an_authentic_header_beyond_every_chain_is_refused(numbers: tuple[int, ...]) -> None:
    """S06: counters at their end are refused long before they overflow; RT-11."""
    sealed = NONCE + Gcm(KEY.expose()).seal(NONCE, bytes(32) + struct.pack(">IIIII", *numbers), b"")
    opened = open_header(KEY, sealed, b"")
    assert opened is not None
    with pytest.raises(TooManySkipped):
        Header.of(opened)


@pytest.mark.parametrize("width", [0, 11, 12, 28, 79, 81])
def test_a_sealed_header_of_another_length_is_no_frame(width: int) -> None:
    with pytest.raises(FrameError):
        open_header(KEY, bytes(width), b"")


@pytest.mark.parametrize("role", ROLES)
def test_a_ratchet_secret_has_32_bytes_and_does_not_show_them(
    role: type[RootKey | ChainKey | MessageKey | HeaderKey | EpochSeed | EpochRoot | Authenticator],
) -> None:
    """K06: a key of another length is refused before any primitive sees it."""
    assert repr(role(b"s" * 32)) == f"{role.__name__}(...)"
    for width in (0, 31, 33):
        with pytest.raises(LocalError):
            role(bytes(width))
