"""03: accounts, device certificates, links, cards, safety numbers."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import NamedTuple

from tests.reference.curve25519 import check_ed25519, check_x25519
from tests.reference.hybrid import SIGNATURE, SigningKey, sign, verify
from tests.reference.primitives import NO_SALT, h, h32, kdf
from tests.reference.refusal import AUTHENTICATION, FRAME, RefusedError, require
from tests.reference.values import MAX_INTEGER, array, binary, decode, encode, exactly, text, unsigned

MAX_CERTIFICATE = 8192
MAX_CARD = 512
MAX_TYPED = 4096
HOST = re.compile(r"[0-9A-Za-z._:-]{1,253}", re.ASCII)
U32 = 2**32 - 1


def account_id(public: bytes) -> bytes:
    """ID-2."""
    return h32(b"account", public)


class Certificate(NamedTuple):
    """The body of a device certificate (ID-4)."""

    account_public: bytes
    device: bytes
    device_public: bytes
    identity_key: bytes
    name: str
    created_ms: int
    list_version: int

    def body(self) -> bytes:
        """Give the bytes that are signed."""
        return encode([1, *self])


def certify(account: SigningKey, certificate: Certificate) -> bytes:
    """Sign a certificate and encode it."""
    body = certificate.body()
    return encode([body, sign(account, b"device", body)])


def accept_certificate(raw: bytes) -> tuple[bytes, Certificate]:
    """Verify a certificate: (account id, body). The caller compares the account id."""
    body, signature = array(decode(raw, MAX_CERTIFICATE), 2, 2)
    signed = binary(body, 0, MAX_CERTIFICATE)
    exactly(signature, SIGNATURE)
    value = array(decode(signed, MAX_CERTIFICATE), 8, 8)
    unsigned(value[0], 1, 1)
    certificate = Certificate(
        exactly(value[1], 1984),
        exactly(value[2], 16),
        exactly(value[3], 1984),
        exactly(value[4], 32),
        text(value[5], 0, 64),
        unsigned(value[6], 0, MAX_INTEGER),
        unsigned(value[7], 1, U32),
    )
    for public in (certificate.account_public, certificate.device_public):
        check_ed25519(public[:32])
    check_x25519(certificate.identity_key)
    verify(certificate.account_public, b"device", signed, exactly(signature, SIGNATURE))
    return account_id(certificate.account_public), certificate


class Link(NamedTuple):
    """What a contact link carries (ID-6)."""

    account: bytes
    pin: bytes
    mailbox: bytes
    secret: bytes
    port: int
    host: str


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def link_text(link: Link) -> str:
    """Write a link in lower case."""
    fixed = b"\x01" + link.account + link.pin + link.mailbox + link.secret
    raw = fixed + link.port.to_bytes(2, "big") + link.host.encode("ascii")
    return "securemsg:" + _base32(raw + h(b"link", raw)[:4]).lower()


def read_link(written: str) -> Link:
    """Read a link; the refusals are named `version` and `damaged`."""
    require("damaged", len(written) <= MAX_TYPED)
    plain = "".join(written.split())
    require("damaged", plain.isascii(), plain.upper().startswith("SECUREMSG:"))
    coded = plain.upper().removeprefix("SECUREMSG:")
    try:
        raw = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except ValueError:
        raise RefusedError("damaged") from None
    require("damaged", len(raw) > 0, _base32(raw) == coded)
    require("version", raw[0] == 1)
    checked, check = raw[:-4], raw[-4:]
    require("damaged", h(b"link", checked)[:4] == check, len(checked) > 115)
    host, port = checked[115:].decode("latin-1"), int.from_bytes(checked[113:115], "big")
    require("damaged", HOST.fullmatch(host) is not None, port >= 1)
    return Link(checked[1:33], checked[33:65], checked[65:81], checked[81:113], port, host)


def link_token(secret: bytes) -> bytes:
    """ID-7: the send token."""
    return kdf(NO_SALT, secret, b"link/token", 32)


def link_shelf(secret: bytes) -> bytes:
    """ID-7: the shelf key."""
    return kdf(NO_SALT, secret, b"link/shelf", 32)


class Card(NamedTuple):
    """A card for one known contact (ID-8)."""

    name: str
    host: str
    port: int
    pin: bytes
    mailbox: bytes
    token: bytes
    shelf: bytes

    def encoded(self) -> bytes:
        """Give the bytes of the card."""
        return encode([1, *self])


def _host(host: str) -> str:
    require(FRAME, HOST.fullmatch(host) is not None)
    return host


def read_card(raw: bytes) -> Card:
    """Read a card."""
    value = array(decode(raw, MAX_CARD), 8, 8)
    unsigned(value[0], 1, 1)
    return Card(
        text(value[1], 0, 64),
        _host(text(value[2], 1, 253)),
        unsigned(value[3], 1, 65535),
        exactly(value[4], 32),
        exactly(value[5], 16),
        exactly(value[6], 32),
        exactly(value[7], 32),
    )


def fingerprint(account: bytes) -> str:
    """ID-9: the thirty digits of one account."""
    state = b"\x00\x01" + account
    for _ in range(5200):
        state = hashlib.sha512(state + account).digest()
    pieces = [state[5 * i : 5 * i + 5] for i in range(6)]
    return "".join(f"{int.from_bytes(piece, 'big') % 100000:05d}" for piece in pieces)


def safety_number(one: bytes, other: bytes) -> str:
    """ID-9: sixty digits, without the gaps."""
    return "".join(fingerprint(account) for account in sorted((one, other)))


def safety_qr(shows: bytes, other: bytes) -> str:
    """ID-10."""
    return "SECUREMSG-SN:" + _base32(b"\x01" + shows + other)


def read_safety_qr(shown: str) -> tuple[bytes, bytes]:
    """ID-14: who shows a code, and the other; the refusals are named `version` and `damaged`."""
    require("damaged", shown.startswith("SECUREMSG-SN:"))
    coded = shown[len("SECUREMSG-SN:") :]
    require("damaged", coded != "", set(coded) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
    bits = "".join(f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.index(sign):05b}" for sign in coded)
    require("damaged", len(coded) % 8 in {0, 2, 4, 5, 7})
    require("version", bits[:8] == "00000001")
    require("damaged", len(bits) == 520)
    raw = int(bits, 2).to_bytes(65, "big")
    require("damaged", raw[1:33] != raw[33:])
    return raw[1:33], raw[33:]


def check_list_version(certificate: Certificate, highest_seen: int) -> None:
    """ID-5."""
    if certificate.list_version < highest_seen:
        raise RefusedError(AUTHENTICATION, "list version")
