"""Vectors of 08 for what people hand on as text: addresses, invitations; and for the hashes a relay keeps."""

from __future__ import annotations

import hashlib

from tests.reference.addresses import address_text, base64url, read_address, read_invitation
from tests.reference.case import Fields, bad, good, refusal_of
from tests.reference.writers.relays import INVITATION, PIN, TOKEN

PIN_TEXT = base64url(PIN)

GOOD = {
    "name": "relay.example.org:443",
    "no-port": "relay.example.org",
    "one-label": "localhost:1",
    "case": "Relay.Example.ORG:7443",
    "dot": "relay.example.org.:7443",
    "signs": "_a-b.xn--bcher-kva.example:65535",
    "zeros": "relay.example.org:00443",
    "label-63": f"{'a' * 63}.org:1",
    "host-253": f"{'.'.join(['a' * 62] * 4)}b:1",
    "ipv4": "192.0.2.7:7443",
    "ipv6": "[2001:db8::7]:7443",
    "ipv6-long": "[2001:0DB8:0:0:0:0:0:7]:7443",
    "ipv6-no-port": "[::1]",
}

BAD = {
    "no-host": ("no host", ":7443"),
    "port-0": ("no such port", "host:0"),
    "port-65536": ("no such port", "host:65536"),
    "port-six-digits": ("more than five digits", "host:007443"),
    "port-empty": ("a colon without a port", "host:"),
    "port-signed": ("a sign", "host:+1"),
    "port-wide": ("a digit that is not ASCII", "host:\uff17"),
    "label-64": ("a label of 64 characters", f"{'a' * 64}:1"),
    "host-254": ("254 characters", f"{'.'.join(['a' * 62] * 4)}bc:1"),
    "label-empty": ("an empty label", "relay..org:1"),
    "label-hyphen": ("a label that begins with a hyphen", "-relay.org:1"),
    "label-hyphen-end": ("a label that ends with a hyphen", "relay-.org:1"),
    "space": ("white space inside", "relay .org:1"),
    "slash": ("a slash", "https://relay.org:1"),
    "user": ("a user", "me@relay.org:1"),
    "not-ascii": ("a host that is not ASCII", "b\u00fccher.example:1"),
    "control": ("a control character", "relay\u001b[2J.org:1"),
    "ipv4-256": ("no IPv4 address", "192.0.2.256:1"),
    "ipv4-three": ("an IPv4 address of three numbers", "192.0.2:1"),
    "ipv4-zero": ("an IPv4 number with a zero before it", "192.0.2.07:1"),
    "ipv6-bare": ("an IPv6 address without brackets", "2001:db8::7"),
    "ipv6-open": ("a bracket that is not closed", "[2001:db8::7:1"),
    "ipv6-name": ("a name in brackets", "[relay]:1"),
    "ipv6-zone": ("a zone", "[fe80::1%eth0]:1"),
}


def _pins() -> dict[str, tuple[str, str]]:
    last = PIN_TEXT[-1]
    after = chr(ord(last) + 1)
    return {
        "no-pin": ("no pin", "host:1"),
        "pin-empty": ("an empty pin", "host:1#"),
        "pin-42": ("a character less", f"host:1#{PIN_TEXT[:-1]}"),
        "pin-44": ("a character more", f"host:1#{PIN_TEXT}A"),
        "pin-padded": ("padding", f"host:1#{PIN_TEXT}="),
        "pin-bits": ("the two unused bits are not zero", f"host:1#{PIN_TEXT[:-1]}{after}"),
        "pin-base64": ("the other alphabet", f"host:1#{'+/' + PIN_TEXT[2:]}"),
        "pin-twice": ("two pins", f"host:1#{PIN_TEXT}#{PIN_TEXT}"),
        "empty": ("nothing", ""),
    }


def address_tests() -> list[Fields]:
    """Give the tests."""
    tests = []
    for name, where in GOOD.items():
        written = f"{where}#{PIN_TEXT}"
        tests.append(_read(name, written))
    tests.append(_read("white-space", f" \thost:1#{PIN_TEXT}\r\n"))
    faults = {name: (comment, f"{where}#{PIN_TEXT}") for name, (comment, where) in BAD.items()} | _pins()
    for name, (comment, written) in faults.items():
        kind = refusal_of(lambda written=written: read_address(written))
        tests.append(bad(f"address/{name}", kind, comment, op="address", text=written))
    return [*tests, *_invitations()]


def _read(name: str, written: str) -> Fields:
    address = read_address(written)
    if read_address(address_text(address)) != address:
        raise AssertionError
    fields = {**address._asdict(), "canonical": address_text(address)}
    return good(
        f"address/{name}", "MB-2; `canonical` is how it is written", op="address", text=written, **fields
    )


def _invitations() -> list[Fields]:
    text = base64url(INVITATION)
    digest = hashlib.sha256(INVITATION).digest()
    tests = [good("token/hash", "MB-3", op="token", token=TOKEN, hash=hashlib.sha256(TOKEN).digest())]
    for name, written in (("whole", text), ("white-space", f"  {text}\n")):
        fields = {"text": written, "invitation": read_invitation(written), "canonical": text, "hash": digest}
        tests.append(good(f"invitation/{name}", "MB-4", op="invitation", **fields))
    faults = {
        "21": ("a character less", text[:-1]),
        "23": ("a character more", text + "A"),
        "padded": ("padding", text + "=="),
        "bits": ("the four unused bits are not zero", text[:-1] + chr(ord(text[-1]) + 1)),
        "inside": ("white space inside", text[:5] + " " + text[5:]),
        "base64": ("the other alphabet", "+/" + text[2:]),
        "empty": ("nothing", ""),
    }
    for name, (comment, written) in faults.items():
        kind = refusal_of(lambda written=written: read_invitation(written))
        tests.append(bad(f"invitation/{name}", kind, comment, op="invitation", text=written))
    return tests
