"""TLS certificates that nobody vouches for: clients pin the key inside.

The private key comes from the operating system through the library, because it
signs nothing but the relay's TLS handshakes.
"""

import datetime as dt
import ipaddress
import warnings

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from securemsg.crypto.kdf import sha256
from securemsg.errors import FrameError, LocalError
from securemsg.instant import DAY, SECOND, Instant

_CLOCK_DIFFERENCE = DAY
"""How long before `now` a certificate begins: clients' clocks may be behind."""


def make_certificate(host: str, now: Instant, days: int) -> tuple[bytes, bytes]:
    """Return a fresh Ed25519 private key and its self-signed certificate, both PEM.

    `host` is a DNS name or an IP address; the certificate ends `days` days after
    `now`. Raises `LocalError` for a host or a time that a certificate cannot hold.
    """
    if not host:
        raise LocalError("a certificate needs a host")
    key = Ed25519PrivateKey.generate()
    # The host stands in the extension alone: a common name could hold only 64 bytes of it.
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "securemsg relay")])
    try:
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_moment(Instant(now - _CLOCK_DIFFERENCE)))
            .not_valid_after(_moment(Instant(now + days * DAY)))
            .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
            .sign(key, None)
        )
    except (ValueError, OverflowError, OSError) as error:
        raise LocalError("a certificate cannot hold this host or time") from error
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, certificate.public_bytes(Encoding.PEM)


def spki_digest(der: bytes) -> bytes:
    """Return SHA-256 of the SubjectPublicKeyInfo in a DER certificate: the pin, 32 bytes.

    Raises `FrameError`.
    """
    certificate = _load(der)
    try:
        spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise FrameError("not a certificate with a key") from None
    return sha256(spki)


def begins(der: bytes) -> Instant:
    """Return when a DER certificate begins to be valid; raises `FrameError`."""
    return Instant(int(_load(der).not_valid_before_utc.timestamp()) * SECOND)


def expires(der: bytes) -> Instant:
    """Return when a DER certificate ends; raises `FrameError`."""
    return Instant(int(_load(der).not_valid_after_utc.timestamp()) * SECOND)


def _load(der: bytes) -> x509.Certificate:
    try:
        # The library warns of odd serial numbers; a stranger's certificate must not print.
        with warnings.catch_warnings(action="ignore"):
            return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion):
        raise FrameError("not a certificate") from None


def _moment(instant: Instant) -> dt.datetime:
    return dt.datetime.fromtimestamp(instant // SECOND, tz=dt.UTC)


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
