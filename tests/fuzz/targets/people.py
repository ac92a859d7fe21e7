"""What people and devices are told by: contents, openings, cards, links, certificates (specs/03, 04, 07)."""

import base64
import unicodedata
from typing import Final

from securemsg.crypto.kdf import digest
from securemsg.crypto.signature import HybridSigningKey
from securemsg.identity.card import Card
from securemsg.identity.certificate import verify_certificate
from securemsg.identity.link import ContactLink, parse_link
from securemsg.identity.safety import parse_verification, verification_text
from securemsg.wire import codec
from securemsg.wire.messages import content
from securemsg.wire.messages.opening import OpeningContent
from tests.fuzz.seeds import bodies, octets, texts
from tests.fuzz.target import Target, as_text, taken, typed
from tests.vectors.reading import one

CONTENT: Final = "07-content"
IDENTITY: Final = "03-identity"
_KINDS_OF_CONTENT: Final = (
    "text receipt report edit delete reaction typing timer file name unknown text_received content"
)


def _content(data: bytes) -> None:
    found = taken(content.decode, data)
    # Words are taken in any form, and sent in one.
    if found is not None and unicodedata.is_normalized("NFC", _words(found)):
        assert content.encode(found) == data, "there is one encoding"


def _words(found: content.Content) -> str:
    match found:
        case content.Text() | content.Edit():
            return found.text
        case content.File():
            return found.caption
        case _:
            return ""


def _opening_inner(data: bytes) -> None:
    found = taken(OpeningContent.decode, data)
    assert found is None or found.encode() == data


def _card(data: bytes) -> None:
    found = taken(Card.decode, data)
    assert found is None or found.encode() == data


def _link(data: bytes) -> None:
    text = as_text(data)
    link = typed(parse_link, text)
    if link is not None:
        assert "".join(text.split()).upper() == link.qr_text, "there is one spelling"
        _comes_back(link)


def _link_inside(data: bytes) -> None:
    """Take `data` as what a link says, and spell it with a check that holds."""
    raw = data + digest(b"link", data)[:4]
    coded = base64.b32encode(raw).rstrip(b"=").decode()
    link = typed(parse_link, f"securemsg:{coded}")
    if link is not None:
        assert link.qr_text == f"SECUREMSG:{coded}"
        _comes_back(link)


def _comes_back(link: ContactLink) -> None:
    assert parse_link(link.text) == parse_link(link.qr_text) == link


def _scanned(data: bytes) -> None:
    text = as_text(data)
    found = typed(parse_verification, text)
    assert found is None or verification_text(*found) == text, "there is one spelling"


def _codes() -> list[bytes]:
    whole = [one(IDENTITY, f"safety/{number}")["qr"].encode() for number in range(3)]
    return [*whole, *texts(IDENTITY, "scanned")]


def _certificate(data: bytes) -> None:
    found = taken(verify_certificate, data)
    assert found is None or found.encoded == data


def _certificate_inside(data: bytes) -> None:
    """Take `data` as what the account signs."""
    account = HybridSigningKey(one(IDENTITY, "certificate/whole").octets("account_seeds"))
    encoded = codec.encode([data, account.sign(b"device", data)])
    found = taken(verify_certificate, encoded)
    if found is not None:
        keys = (found.account_public.encoded, found.device_id, found.device_public.encoded)
        rest = (found.identity_key, found.name, found.created_at, found.list_version)
        assert codec.encode((1, *keys, *rest)) == data


def _certificates() -> list[bytes]:
    return octets(IDENTITY, "certificate", "certificate")


def _link_contents() -> list[bytes]:
    coded = [text.decode().upper().partition(":")[2] for text in texts(IDENTITY, "link")]
    found = []
    for text in coded:
        padded = text + "=" * (-len(text) % 8)
        if set(padded) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=") and len(text) % 8 in {0, 2, 4, 5, 7}:
            found.append(base64.b32decode(padded)[:-4])
    return found


TARGETS: Final = (
    Target(
        "content",
        _content,
        lambda: octets(CONTENT, _KINDS_OF_CONTENT, "bytes"),
        longest=17_000,
    ),
    Target(
        "opening_inner",
        _opening_inner,
        lambda: octets("04-handshake", "opening", "inner"),
        longest=34_000,
        tries=1_000,
    ),
    Target("card", _card, lambda: octets(IDENTITY, "card", "bytes"), longest=600),
    Target("link", _link, lambda: texts(IDENTITY, "link"), longest=4_200),
    Target("link_inside", _link_inside, _link_contents, longest=600),
    Target("scanned", _scanned, _codes, longest=400),
    Target("certificate", _certificate, _certificates, longest=9_000, tries=500),
    Target(
        "certificate_inside", _certificate_inside, lambda: bodies(_certificates()), longest=8_200, tries=200
    ),
)
