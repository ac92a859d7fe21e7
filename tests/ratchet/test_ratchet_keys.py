"""The derivations and the header, computed a second time from the words of the specification."""

import hashlib
import hmac
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.aead import Gcm
from securemsg.errors import FrameError, LocalError
from securemsg.ratchet.chains import chain_step, root_step, sealing_key
from securemsg.ratchet.errors import TooManySkipped
from securemsg.ratchet.header import Header, open_header, seal_header
from securemsg.ratchet.keys import ChainKey, HeaderKey, MessageKey, RootKey
from securemsg.ratchet.state import MAX_CHAIN

key32 = st.binary(min_size=32, max_size=32)
KEY = HeaderKey(bytes(range(32)))
NONCE = bytes(12)


def hkdf(salt: bytes, ikm: bytes, info: bytes) -> bytes:
    """HKDF-SHA-512 with 96 bytes out, from RFC 5869."""
    prk = hmac.digest(salt, ikm, "sha512")
    first = hmac.digest(prk, info + b"\1", "sha512")
    return (first + hmac.digest(prk, first + info + b"\2", "sha512"))[:96]


@given(key32, key32)
def test_a_root_step_is_hkdf_of_the_agreed_secret_salted_with_the_root(root: bytes, agreed: bytes) -> None:
    """RT-3."""
    following, chain, header = root_step(RootKey(root), agreed)
    expected = hkdf(root, agreed, b"securemsg/1/root")
    assert following.expose() + chain.expose() + header.expose() == expected


@given(key32)
def test_a_chain_step_is_one_call_of_shake(chain: bytes) -> None:
    """RT-4."""
    following, message = chain_step(ChainKey(chain))
    expected = hashlib.shake_256(b"securemsg/1/chain\0" + chain).digest(64)
    assert following.expose() + message.expose() == expected


@given(key32, st.binary(min_size=16, max_size=16))
def test_a_sealing_key_and_its_commitment_come_from_message_key_and_salt(key: bytes, salt: bytes) -> None:
    """RT-5."""
    expected = hashlib.shake_256(b"securemsg/1/message\0" + key + salt).digest(64)
    assert b"".join(sealing_key(MessageKey(key), salt)) == expected


def test_a_sealed_header_is_the_nonce_and_52_bytes_under_the_header_key() -> None:
    """RT-6."""
    sealed = seal_header(KEY, Header(b"k" * 32, 7, 9), NONCE, b"binding")
    plain = Gcm(KEY.expose()).open(NONCE, sealed[12:], b"binding")
    assert sealed[:12] == NONCE
    assert len(sealed) == 80
    assert plain == b"k" * 32 + struct.pack(">IIIII", 7, 9, 0, 0, 0)


@given(key32, st.integers(0, MAX_CHAIN), st.integers(0, MAX_CHAIN - 1))
def test_a_header_opens_with_its_key_and_binding_only(ratchet: bytes, previous: int, number: int) -> None:
    header = Header(ratchet, previous, number)
    sealed = seal_header(KEY, header, NONCE, b"binding")
    assert open_header(KEY, sealed, b"binding") == header
    assert open_header(KEY, sealed, b"another") is None
    assert open_header(HeaderKey(bytes(32)), sealed, b"binding") is None


@pytest.mark.parametrize(
    "numbers",
    [(0, 0, 1, 0, 0), (0, 0, 0, 1, 0), (0, 0, 0, 0, 1), (MAX_CHAIN + 1, 0, 0, 0, 0), (0, MAX_CHAIN, 0, 0, 0)],
)
def test_an_authentic_header_beyond_this_version_or_every_chain_is_refused(numbers: tuple[int, ...]) -> None:
    """S06: counters at their end are refused long before they overflow; RT-11."""
    sealed = NONCE + KEY.cipher().seal(NONCE, bytes(32) + struct.pack(">IIIII", *numbers), b"")
    with pytest.raises(TooManySkipped):
        open_header(KEY, sealed, b"")


@pytest.mark.parametrize("width", [0, 11, 12, 28, 79, 81])
def test_a_sealed_header_of_another_length_is_no_frame(width: int) -> None:
    with pytest.raises(FrameError):
        open_header(KEY, bytes(width), b"")


@pytest.mark.parametrize("role", [RootKey, ChainKey, MessageKey, HeaderKey])
def test_a_ratchet_secret_has_32_bytes_and_does_not_show_them(
    role: type[RootKey | ChainKey | MessageKey | HeaderKey],
) -> None:
    """K06: a key of another length is refused before any primitive sees it."""
    assert repr(role(b"s" * 32)) == f"{role.__name__}(...)"
    for width in (0, 31, 33):
        with pytest.raises(LocalError):
            role(bytes(width))
