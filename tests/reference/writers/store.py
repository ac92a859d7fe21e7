"""Vectors of 10: the wrapped file key, and the readable bytes of the first page."""

from __future__ import annotations

from tests.reference.case import Fields, bad, flipped, good, pick, refusal_of, written
from tests.reference.slots import (
    FIRST_PAGE,
    Slot,
    Wrapping,
    check_first_page,
    open_slots,
    slots_file,
    stretch,
    wrap,
    wrapping_key,
)
from tests.reference.values import Value, array, decode, encode

CHEAP = (32 * 1024, 2)  # the least that is allowed: a reader of the vectors derives some forty keys
PASSPHRASE = "correct horse battery staple"  # noqa: S105  # everybody knows it
FILE_KEY = pick("10/file key", 32)


def _slot(name: str, passphrase: str, cost: tuple[int, int] = CHEAP) -> tuple[Slot, Fields]:
    wrapping = Wrapping(*cost, pick(f"10/{name}/salt", 16))
    nonce, stretched = pick(f"10/{name}/nonce", 24), stretch(passphrase, wrapping)
    slot = wrap(passphrase, wrapping, FILE_KEY, nonce)
    steps = {"argon2id": stretched, "wrapping_key": wrapping_key(stretched), "ad": wrapping.parameters()}
    return slot, {**wrapping._asdict(), "nonce": nonce, **steps, "wrapped": slot.wrapped}


def _good() -> list[Fields]:
    typed = {"ascii": PASSPHRASE, "not-nfc": "cafe\u0301 \u212b", "one-byte": "x", "1024-bytes": "p" * 1024}
    tests = []
    for name, passphrase in typed.items():
        slot, shown = _slot(name, passphrase)
        tests.append(_opens(name, "one slot", passphrase, ([slot], [shown])))
    cost = (64 * 1024, 3)
    slot, shown = _slot("default", PASSPHRASE, cost)
    tests.append(_opens("default-cost", "one slot with the cost of new ones", PASSPHRASE, ([slot], [shown])))
    pairs = [_slot(f"pair/{words}", words) for words in ("first passphrase", PASSPHRASE)]
    tests.append(
        _opens(
            "two", "the second slot opens", PASSPHRASE, ([one for one, _ in pairs], [two for _, two in pairs])
        )
    )
    eight = [_slot("ascii", PASSPHRASE)[0]] * 8
    tests.append(_opens("eight", "the same slot eight times", PASSPHRASE, (eight, [])))
    return tests


def _opens(name: str, comment: str, passphrase: str, made: tuple[list[Slot], list[Fields]]) -> Fields:
    slots, shown = made
    raw = slots_file(slots)
    if open_slots(raw, passphrase) != FILE_KEY:
        raise AssertionError
    fields: Fields = {"op": "slots", "passphrase": passphrase, "file": raw, "file_key": FILE_KEY}
    return good(f"slots/{name}", f"ST-3: {comment}", **fields, slots=shown)


def _changed(raw: bytes, at: int, value: Value) -> bytes:
    """Give the file with one element of its first slot exchanged."""
    version, listed = decode(raw, 2048)
    slots = array(listed, 1, 8)
    first = array(slots[0], 5, 5)
    return encode([version, [[*first[:at], value, *first[at + 1 :]], *slots[1:]]])


def _faults(raw: bytes) -> dict[str, tuple[str, bytes]]:
    version, listed = decode(raw, 2048)
    slots = array(listed, 1, 8)
    first = array(slots[0], 5, 5)
    salt, wrapped = pick("10/ascii/salt", 16), first[4]
    if not isinstance(wrapped, bytes):
        raise TypeError
    costly = array(decode(_changed(raw, 1, 2**20 + 1), 2048)[1], 1, 1)
    return {
        "kind": ("an unknown kind of slot", _changed(raw, 0, 2)),
        "memory": ("another memory, in bounds", _changed(raw, 1, CHEAP[0] + 1)),
        "memory-low": ("less than 32 MiB", _changed(raw, 1, 32 * 1024 - 1)),
        "memory-high": ("more than 1 GiB", _changed(raw, 1, 2**20 + 1)),
        "passes": ("another number of passes, in bounds", _changed(raw, 2, 3)),
        "passes-1": ("one pass", _changed(raw, 2, 1)),
        "passes-17": ("17 passes", _changed(raw, 2, 17)),
        "salt": ("one bit of the salt", _changed(raw, 3, flipped(salt, 0))),
        "salt-15": ("a short salt", _changed(raw, 3, salt[:-1])),
        "nonce": ("one bit of the nonce", _changed(raw, 4, flipped(wrapped, 0))),
        "key": ("one bit of the wrapped key", _changed(raw, 4, flipped(wrapped, 30))),
        "tag": ("one bit of the tag", _changed(raw, 4, flipped(wrapped, -1))),
        "wrapped-71": ("a byte less", _changed(raw, 4, wrapped[:-1])),
        "version": ("an unknown version", encode([2, slots])),
        "none": ("no slot", encode([version, []])),
        "nine": ("nine slots", encode([version, [first] * 9])),
        "arity-4": ("a slot of four elements", encode([version, [first[:4]]])),
        "arity-6": ("a slot of six elements", encode([version, [[*first, 0]]])),
        "more": ("an element after the slots", encode([version, slots, 0])),
        "trailing": ("a byte after the value", raw + b"\0"),
        "cut": ("the last byte is missing", raw[:-1]),
        "empty": ("an empty file", b""),
        "second": (
            "a cost out of bounds in the second slot: the first is not tried",
            encode([1, [first, *costly]]),
        ),
    }


def _bad() -> list[Fields]:
    raw = slots_file([_slot("ascii", PASSPHRASE)[0]])
    tests = []
    for name, (comment, damaged) in _faults(raw).items():
        kind = refusal_of(lambda damaged=damaged: open_slots(damaged, PASSPHRASE))
        tests.append(bad(f"slots/{name}", kind, comment, op="slots", passphrase=PASSPHRASE, file=damaged))
    for name, typed, comment in (
        ("wrong", "correct horse battery stable", "another passphrase"),
        ("space", PASSPHRASE + " ", "white space is part of it"),
        ("no-passphrase", "", "no passphrase at all: the caller's fault, whatever the file holds"),
        ("1025-bytes", "p" * 1025, "1,025 bytes: the caller's fault"),
        ("1025-composed", "p" * 1023 + "e\u0301", "1,025 bytes after NFC, 1,026 before"),
    ):
        kind = refusal_of(lambda typed=typed: open_slots(raw, typed))
        tests.append(bad(f"slots/{name}", kind, comment, op="slots", passphrase=typed, file=raw))
    return tests


def _first_page() -> list[Fields]:
    salt = pick("10/page", 16)
    head = salt + FIRST_PAGE
    check_first_page(head)
    base: Fields = {"op": "first_page"}
    tests = [good("first-page/whole", "ST-2: 16 bytes of salt, then the constant", **base, bytes=head)]
    for at in range(16, 24):
        changed = flipped(head, at)
        kind = refusal_of(lambda changed=changed: check_first_page(changed))
        tests.append(bad(f"first-page/{at}", kind, f"one bit of byte {at}", **base, bytes=changed))
    return tests


def file() -> str:
    """Give the text of 10-store.json."""
    return written("10", "ST-2 ST-3 PR-14 PR-15", [*_good(), *_bad(), *_first_page()])
