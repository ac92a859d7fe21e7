"""Safety numbers: what two people compare to know that nobody stands between them."""

import base64
import hashlib
from typing import Final

from securemsg.errors import LocalError
from securemsg.ids import AccountId

_ITERATIONS: Final = 5_200
"""Makes each guess at a matching key cost milliseconds, as in Signal's design (Spec: ID-9)."""

_VERSION: Final = (1).to_bytes(2, "big")
_GROUP: Final = 5
_GROUPS_PER_ACCOUNT: Final = 6
_TEXT_PREFIX: Final = "SECUREMSG-SN:"
_TEXT_VERSION: Final = b"\x01"
_ID: Final = 32
_CODED: Final = 1 + 2 * _ID


class CodeVersionError(LocalError):
    """The code is of a version that this program does not know: updating may help."""


def safety_number(first: AccountId, second: AccountId) -> str:
    """Return the 60 digits of two accounts, the same in either order (Spec: ID-9)."""
    low, high = sorted((first, second))
    return _digits(low) + _digits(high)


def grouped(number: str) -> str:
    """Return a safety number in groups of five digits, one space between (Spec: ID-9)."""
    return " ".join(number[at : at + _GROUP] for at in range(0, len(number), _GROUP))


def verification_text(shows: AccountId, other: AccountId) -> str:
    """Return what the QR code on the screen of account `shows` carries (Spec: ID-10)."""
    # "SECUREMSG-SN:" || base32(u8 1 || account id of who shows it || account id of the other)
    return _TEXT_PREFIX + base64.b32encode(_TEXT_VERSION + shows + other).rstrip(b"=").decode()


def parse_verification(text: str) -> tuple[AccountId, AccountId]:
    """Return the two accounts of a scanned code: of who showed it, and the other.

    Raises `CodeVersionError` for a code of another version and `LocalError` for every other text, both with
    a sentence for the person that quotes nothing of it.

    Spec: ID-14.
    """
    coded = text.removeprefix(_TEXT_PREFIX)
    try:
        raw = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except ValueError:
        # Also for what is not ASCII.
        raise _no_code() from None
    if coded == text or not raw:
        raise _no_code()
    if not raw.startswith(_TEXT_VERSION):
        raise CodeVersionError(
            "This code is of another version, most likely of a newer version of the program."
            " Update, then try again."
        )
    shows, other = raw[1 : 1 + _ID], raw[1 + _ID :]
    # So many bytes leave no spare bits: one spelling is a code.
    if len(raw) != _CODED or shows == other:
        raise _no_code()
    return AccountId(shows), AccountId(other)


def _no_code() -> LocalError:
    return LocalError("This is no code of safety numbers.")


def _digits(account_id: AccountId) -> str:
    # h_0 = u16 1 || account_id; h_i = SHA-512(h_{i-1} || account_id)
    state = _VERSION + account_id
    for _ in range(_ITERATIONS):
        state = hashlib.sha512(state + account_id).digest()
    pieces = (state[at : at + _GROUP] for at in range(0, _GROUP * _GROUPS_PER_ACCOUNT, _GROUP))
    return "".join(f"{int.from_bytes(piece, 'big') % 10**_GROUP:0{_GROUP}}" for piece in pieces)
