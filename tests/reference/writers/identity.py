"""Vectors of 03: account id, certificates, links, cards, safety numbers."""

from __future__ import annotations

from tests.reference.case import Edit, Fields, bad, flipped, good, pick, refusal_of, written
from tests.reference.hybrid import sign, signed_bytes
from tests.reference.identity import (
    Card,
    Certificate,
    Link,
    accept_certificate,
    account_id,
    certify,
    fingerprint,
    link_shelf,
    link_text,
    link_token,
    read_card,
    read_link,
    safety_number,
    safety_qr,
)
from tests.reference.refusal import FRAME
from tests.reference.values import Value, array, decode, encode, exactly
from tests.reference.writers.cast import person
from tests.reference.writers.ed25519_faults import mixed_key, sign_mixed
from tests.reference.writers.invitations import invitations
from tests.reference.writers.link_faults import bad_links
from tests.reference.writers.safety_faults import bad_codes


def _certificates() -> list[Fields]:
    alice = person("alice")
    body, signature = array(decode(alice.certificate, 8192), 2, 2)
    signed, proof = exactly(body, len(body) if isinstance(body, bytes) else 0), exactly(signature, 3373)
    account, fields = accept_certificate(alice.certificate)
    base: Fields = {"op": "certificate", "account_seeds": alice.account.seeds}
    shown = {**fields._asdict(), "body": signed}
    tests = [
        good(
            "certificate/whole",
            "ID-4",
            **base,
            certificate=alice.certificate,
            account_id=account,
            fields=shown,
        )
    ]
    for name, at in (("body", 20), ("ed25519", -3373), ("mldsa", -1)):
        broken = flipped(alice.certificate, at)
        kind = refusal_of(lambda broken=broken: accept_certificate(broken))
        change = Edit("certificate/whole", at % len(broken))
        tests.append(bad(f"certificate/{name}", kind, "one bit turned", op="certificate", certificate=change))
    return [*tests, *_signed_faults(fields, proof), *_edges(fields, base, account)]


def _signed_faults(fields: Certificate, proof: bytes) -> list[Fields]:
    alice, bob, signed = person("alice"), person("bob"), fields.body()
    wrong = "signed under another label, by the device, by another account"
    signers = (
        ("manifest-label", sign(alice.account, b"manifest", signed)),
        ("device-signed", sign(alice.device, b"device", signed)),
        ("other-account", sign(bob.account, b"device", signed)),
    )
    signed_faults = {name: (wrong, encode([signed, other])) for name, other in signers}
    signed_faults["signature-cut"] = ("a byte less of signature", encode([signed, proof[:-1]]))
    signed_faults["trailing"] = ("a byte after the certificate", alice.certificate + b"\0")
    signed_faults["arity"] = ("an element more", encode([signed, proof, 0]))
    signed_faults["account-mixed"] = (
        "an account key outside the prime-order subgroup, well signed",
        _mixed(fields),
    )
    for name, value in _bad_bodies(fields).items():
        raw = encode(value[1])
        signed_faults[name] = (value[0], encode([raw, sign(alice.account, b"device", raw)]))
    tests = []
    for name, (comment, raw) in signed_faults.items():
        kind = refusal_of(lambda raw=raw: accept_certificate(raw))
        tests.append(bad(f"certificate/{name}", kind, comment, op="certificate", certificate=raw))
    return tests


def _mixed(fields: Certificate) -> bytes:
    """Give a certificate of an account key with a part of order two, which verifies for who does not look."""
    account = person("alice").account
    public = mixed_key(account.seeds[:32]) + account.public[32:]
    body = fields._replace(account_public=public).body()
    message, _ = signed_bytes(b"device", public, body)
    second = sign(account._replace(public=public), b"device", body)[64:]
    return encode([body, sign_mixed(account.seeds[:32], message) + second])


def _edges(fields: Certificate, base: Fields, account: bytes) -> list[Fields]:
    tests = []
    edges = {
        "name-64": fields._replace(name="n" * 64),
        "name-empty": fields._replace(name=""),
        "name-any": fields._replace(name="\0\x1b[31m\u202e\u2603"),
        "list-version": fields._replace(list_version=2**32 - 1),
    }
    for name, edge in edges.items():
        raw = certify(person("alice").account, edge)
        shown = {**edge._asdict(), "body": edge.body()}
        comment = "an edge of what is allowed"
        tests.append(
            good(f"certificate/{name}", comment, **base, certificate=raw, account_id=account, fields=shown)
        )
    return tests


def _bad_bodies(fields: Certificate) -> dict[str, tuple[str, Value]]:
    head: list[Value] = [1, *fields]
    small = (1).to_bytes(32, "little") + fields.device_public[32:]
    return {
        "version-2": ("a version that is not known, well signed", [2, *head[1:]]),
        "list-version-0": ("below the range, well signed", [*head[:-1], 0]),
        "list-version-2-32": ("above the range, well signed", [*head[:-1], 2**32]),
        "name-65": ("65 bytes of name, well signed", [*head[:5], "n" * 65, *head[6:]]),
        "device-15": ("a short device id, well signed", [*head[:2], bytes(15), *head[3:]]),
        "more": ("an element more, well signed", [*head, 0]),
        "low-order": ("an identity key of low order, well signed", [*head[:4], bytes(32), *head[5:]]),
        "device-small-order": ("a device key of small order, well signed", [*head[:3], small, *head[4:]]),
    }


def _links() -> list[Fields]:
    link = Link(
        account=account_id(person("bob").account.public),
        pin=pick("03/pin", 32),
        mailbox=pick("03/mailbox", 16),
        secret=pick("03/secret", 32),
        port=7443,
        host="relay.example.org",
    )
    text = link_text(link)
    base = {"op": "link", "fields": {**link._asdict(), "port": 7443, "host": link.host}}
    derived = {"token": link_token(link.secret), "shelf": link_shelf(link.secret)}
    tests = [
        good("link/whole", "ID-6, ID-7; written in lower case", **base, **derived, text=text, canonical=True)
    ]
    for name, comment, shown in (
        ("upper", "as in a QR code", text.upper()),
        (
            "wrapped",
            "wrapped and indented",
            "\n  ".join(text[i : i + 40] for i in range(0, len(text), 40)) + "\r\n",
        ),
        ("4096", "4,096 characters", text + " " * (4096 - len(text))),
        ("spaced", "white space within the first word", text.replace("securemsg:", "Secure\tmsg : ")),
    ):
        if read_link(shown) != link:
            raise AssertionError
        tests.append(good(f"link/{name}", comment, **base, text=shown, canonical=False))
    return [*tests, *_link_edges(link), *bad_links(link), *invitations(link)]


def _link_edges(link: Link) -> list[Fields]:
    tests = []
    edges = {
        "port-1": link._replace(port=1),
        "port-65535": link._replace(port=65535),
        "host-253": link._replace(host="h" * 253),
        "host-1": link._replace(host="h"),
        "host-signs": link._replace(host="09.AZ_az-::1"),
    }
    for name, edge in edges.items():
        comment = "the least or greatest that is allowed"
        tests.append(
            good(
                f"link/{name}",
                comment,
                op="link",
                fields=edge._asdict(),
                text=link_text(edge),
                canonical=True,
            )
        )
    return tests


def _cards() -> list[Fields]:
    keys = tuple(
        pick(f"03/card/{name}", n) for name, n in (("pin", 32), ("mailbox", 16), ("token", 32), ("shelf", 32))
    )
    card = Card("Bob \u2603", "relay.example.org", 7443, *keys)
    tests = [
        good(f"card/{name}", "ID-8", op="card", fields=each._asdict(), bytes=each.encoded())
        for name, each in (("whole", card), ("name-empty", card._replace(name="")))
    ]
    head: list[Value] = [1, *card]
    faults: dict[str, tuple[str, Value]] = {
        "version-2": ("a version that is not known", [2, *head[1:]]),
        "name-65": ("65 bytes of name", [1, "n" * 65, *head[2:]]),
        "host-254": ("254 bytes of host", [1, "n", "h" * 254, *head[3:]]),
        "host-empty": ("no host", [1, "n", "", *head[3:]]),
        "host-not-ascii": ("a host that is not ASCII", [1, "n", "caf\u00e9.example", *head[3:]]),
        "host-space": ("a host with a space", [1, "n", "relay example", *head[3:]]),
        "host-slash": ("a host with a slash", [1, "n", "relay/example", *head[3:]]),
        "port-0": ("no port", [*head[:3], 0, *head[4:]]),
        "port-65536": ("beyond the ports", [*head[:3], 65536, *head[4:]]),
        "pin-31": ("a short pin", [*head[:4], bytes(31), *head[5:]]),
        "arity-7": ("an element less", head[:-1]),
        "arity-9": ("an element more", [*head, 0]),
    }
    for name, (comment, value) in faults.items():
        raw = encode(value)
        kind = refusal_of(lambda raw=raw: read_card(raw))
        tests.append(bad(f"card/{name}", kind, comment, op="card", bytes=raw))
    return tests


def _safety() -> list[Fields]:
    tests = []
    accounts = [account_id(person(name).account.public) for name in ("alice", "bob")] + [
        bytes(32),
        b"\xff" * 32,
    ]
    for number, (one, other) in enumerate(((0, 1), (1, 0), (2, 3))):
        a, b = accounts[one], accounts[other]
        fields = {"mine": a, "theirs": b, "mine_digits": fingerprint(a), "number": safety_number(a, b)}
        tests.append(good(f"safety/{number}", "ID-9, ID-10", op="safety", **fields, qr=safety_qr(a, b)))
    return [*tests, *bad_codes(accounts[0], accounts[1])]


def file() -> str:
    """Give the text of 03-identity.json."""
    alice = person("alice")
    first = good(
        "account/id",
        "ID-2",
        op="account",
        seeds=alice.account.seeds,
        public=alice.account.public,
        account_id=account_id(alice.account.public),
    )
    tests = [first, *_certificates(), *_links(), *_cards(), *_safety()]
    if not any(test.get("error") == FRAME for test in tests):
        raise AssertionError
    return written("03", "ID-1 ID-2 ID-4 ID-6 ID-7 ID-8 ID-9 ID-10 ID-13 ID-14", tests)
