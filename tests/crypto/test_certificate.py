"""TLS certificates: made for a host, pinned by their key."""

import contextlib
import datetime as dt
import hashlib
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.certificate import begins, expires, make_certificate, spki_digest
from securemsg.errors import FrameError, LocalError
from securemsg.instant import DAY, Instant
from tests.support.mutations import one_byte_changes, truncations

NOW = Instant(1_700_000_000_123)


def der(pem: bytes) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pem.decode())


DER = der(make_certificate("relay.example", NOW, 365)[1])


@pytest.mark.parametrize("host", ["relay.example", "localhost", "a." * 100 + "example"])
def test_a_certificate_names_its_host(host: str) -> None:
    certificate = x509.load_der_x509_certificate(der(make_certificate(host, NOW, 1)[1]))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [host]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_certificate_names_its_address(address: str) -> None:
    certificate = x509.load_der_x509_certificate(der(make_certificate(address, NOW, 1)[1]))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name) for name in names.get_values_for_type(x509.IPAddress)] == [address]


def test_the_pin_is_the_digest_of_the_private_keys_public_half() -> None:
    private, certificate = make_certificate("relay.example", NOW, 365)
    key = load_pem_private_key(private, None).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert spki_digest(der(certificate)) == hashlib.sha256(spki).digest()


def test_every_certificate_has_a_key_of_its_own() -> None:
    assert spki_digest(der(make_certificate("relay.example", NOW, 365)[1])) != spki_digest(DER)


def test_a_certificate_of_another_kind_of_key_can_be_pinned() -> None:
    """Organisations bring certificates of their own."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay")])
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 5, start, start + dt.timedelta(1))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert spki_digest(certificate) == hashlib.sha256(spki).digest()


def test_a_certificate_ends_when_it_was_told_to() -> None:
    """To the second, because certificates know no less; and began before, as clocks differ."""
    assert x509.load_der_x509_certificate(DER).not_valid_before_utc.timestamp() == (NOW - DAY) // 1000
    assert expires(DER) == (NOW + 365 * DAY) // 1000 * 1000


def test_tls_takes_the_certificate_and_its_key() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=DER)
    assert context.cert_store_stats()["x509"] == 1


@pytest.mark.parametrize("host", ["", "\u00e9"])
def test_a_host_that_no_certificate_can_hold_is_our_own_fault(host: str) -> None:
    with pytest.raises(LocalError):
        make_certificate(host, NOW, 1)


@pytest.mark.parametrize(
    ("now", "days"), [(2**53 - 1, 1), (-(2**53), 1), (1_700_000_000_000, -2), (1_700_000_000_000, 10**7)]
)
def test_a_time_that_no_certificate_can_hold_is_our_own_fault(now: int, days: int) -> None:
    with pytest.raises(LocalError):
        make_certificate("relay.example", Instant(now), days)


def test_damaged_certificates_are_refused_or_still_have_a_key() -> None:
    """E02: a pin covers the key alone; nothing else is ever raised."""
    for damaged in (*truncations(DER), *one_byte_changes(DER)):
        for read in (spki_digest, expires):
            with contextlib.suppress(FrameError):
                read(damaged)


@pytest.mark.parametrize("cut", [0, 1, len(DER) // 2, len(DER) - 1], ids=["all", "but one", "half", "one"])
def test_a_cut_certificate_is_refused(cut: int) -> None:
    """E02."""
    with pytest.raises(FrameError):
        spki_digest(DER[:cut])
    with pytest.raises(FrameError):
        expires(DER[:cut])


@given(st.binary(max_size=300))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        spki_digest(data)


def test_a_certificate_tells_when_it_begins_and_ends() -> None:
    """MB-1: a day before it was made, against clocks that differ a little."""
    now = Instant(1_800_000_000_000)
    der = ssl.PEM_cert_to_DER_cert(make_certificate("127.0.0.1", now, 10)[1].decode())
    assert begins(der) == now - DAY
    assert expires(der) == now + 10 * DAY
