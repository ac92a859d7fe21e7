"""Safety numbers: what two people compare to know that nobody stands between them."""

import base64
import hashlib
from typing import Final

from securemsg.ids import AccountId

_ITERATIONS: Final = 5_200
"""Makes each guess at a matching key cost milliseconds, as in Signal's design (Spec: ID-9)."""

_VERSION: Final = (1).to_bytes(2, "big")
_GROUP: Final = 5
_GROUPS_PER_ACCOUNT: Final = 6
_TEXT_PREFIX: Final = "SECUREMSG-SN:"
_TEXT_VERSION: Final = b"\x01"


def safety_number(first: AccountId, second: AccountId) -> str:
    """Return the 60 digits of two accounts, the same in either order (Spec: ID-9)."""
    low, high = sorted((first, second))
    return _digits(low) + _digits(high)


def grouped(number: str) -> str:
    """Return a safety number in groups of five digits, one space between (Spec: ID-9)."""
    return " ".join(number[at : at + _GROUP] for at in range(0, len(number), _GROUP))


def verification_text(first: AccountId, second: AccountId) -> str:
    """Return what the QR code of two accounts carries; comparing means equality (Spec: ID-10)."""
    low, high = sorted((first, second))
    # "SECUREMSG-SN:" || base32(u8 1 || lower account id || higher account id)
    return _TEXT_PREFIX + base64.b32encode(_TEXT_VERSION + low + high).rstrip(b"=").decode()


def _digits(account_id: AccountId) -> str:
    # h_0 = u16 1 || account_id; h_i = SHA-512(h_{i-1} || account_id)
    state = _VERSION + account_id
    for _ in range(_ITERATIONS):
        state = hashlib.sha512(state + account_id).digest()
    pieces = (state[at : at + _GROUP] for at in range(0, _GROUP * _GROUPS_PER_ACCOUNT, _GROUP))
    return "".join(f"{int.from_bytes(piece, 'big') % 10**_GROUP:0{_GROUP}}" for piece in pieces)
