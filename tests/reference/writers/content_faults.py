"""Contents with one fault each."""

from __future__ import annotations

from tests.reference.case import Fields, bad, pick, refusal_of
from tests.reference.content import MAX_CONTENT, YEAR, read_content, text_content
from tests.reference.values import Value, encode

ID = pick("07/message", 16)
SENT = 1_790_000_000_123
ONE: list[Value] = [ID]
ACCOUNT = bytes(32)
Faults = dict[str, tuple[str, Value]]


def _heads() -> Faults:
    return {
        "kind-0": ("no such kind", [0, ID, SENT, 0, [], "hello"]),
        "kind-65536": ("above the kinds", [65536, ID, SENT]),
        "kind-text": ("a kind that is no number", ["1", ID, SENT, 0, [], "hello"]),
        "empty-array": ("nothing", []),
        "no-time": ("two fields", [1, ID]),
        "id-15": ("a short message id", [1, ID[:15], SENT, 0, [], "hello"]),
        "unknown-id-15": ("a short message id, unknown kind", [99, ID[:15], SENT]),
        "unknown-time": ("a time that is text, unknown kind", [99, ID, "now"]),
        "too-long": ("more than 16,381 bytes", [99, ID, SENT, bytes(MAX_CONTENT)]),
    }


def _texts() -> Faults:
    return {
        "text-empty": ("an empty text", [1, ID, SENT, 0, [], ""]),
        "text-16001": ("a text one byte too long", [1, ID, SENT, 0, [], "t" * 16001]),
        "text-binary": ("a text in binary", [1, ID, SENT, 0, [], b"hello"]),
        "text-missing": ("no text", [1, ID, SENT, 0, []]),
        "text-more": ("a field more", [1, ID, SENT, 0, [], "hello", 0]),
        "text-alone": ("without lifetime and answer", [1, ID, SENT, "hello"]),
        "lifetime-4": ("a lifetime too short", [1, ID, SENT, 4, [], "hello"]),
        "lifetime-1": ("a lifetime too short", [1, ID, SENT, 1, [], "hello"]),
        "lifetime-long": ("a lifetime too long", [1, ID, SENT, YEAR + 1, [], "hello"]),
        "quoted-one": ("an answer to half a reference", [1, ID, SENT, 0, [ACCOUNT], "hello"]),
        "quoted-three": ("a reference with words", [1, ID, SENT, 0, [ACCOUNT, ID, "said"], "hello"]),
        "quoted-account-31": ("a short account", [1, ID, SENT, 0, [ACCOUNT[1:], ID], "hello"]),
        "quoted-id-17": ("a long id", [1, ID, SENT, 0, [ACCOUNT, ID + b"\0"], "hello"]),
    }


def _named() -> Faults:
    found: Faults = {
        "receipt-state-0": ("a state that is not known", [2, ID, SENT, 0, ONE]),
        "receipt-state-3": ("a state that is not known", [2, ID, SENT, 3, ONE]),
        "receipt-id-17": ("a long message id", [2, ID, SENT, 1, [bytes(17)]]),
    }
    heads: dict[str, list[Value]] = {
        "receipt": [2, ID, SENT, 1],
        "report": [3, ID, SENT],
        "delete": [5, ID, SENT],
    }
    for name, head in heads.items():
        found[f"{name}-none"] = ("nothing named", [*head, []])
        found[f"{name}-49"] = ("too many named", [*head, ONE * 49])
        found[f"{name}-more"] = ("a field more", [*head, ONE, 0])
    return found


def _about_messages() -> Faults:
    return {
        "edit-empty": ("no words", [4, ID, SENT, ID, ""]),
        "edit-16001": ("words one byte too long", [4, ID, SENT, ID, "t" * 16001]),
        "edit-target-15": ("a short id", [4, ID, SENT, ID[1:], "hello"]),
        "edit-more": ("a field more", [4, ID, SENT, ID, "hello", 0]),
        "reaction-33": ("a sign one byte too long", [6, ID, SENT, ACCOUNT, ID, "s" * 33]),
        "reaction-binary": ("a sign in binary", [6, ID, SENT, ACCOUNT, ID, b"s"]),
        "reaction-account-31": ("a short account", [6, ID, SENT, ACCOUNT[1:], ID, "s"]),
        "reaction-target-17": ("a long id", [6, ID, SENT, ACCOUNT, ID + b"\0", "s"]),
        "reaction-missing": ("no sign", [6, ID, SENT, ACCOUNT, ID]),
        "typing-2": ("a state that is not known", [7, ID, SENT, 2]),
        "typing-more": ("a field more", [7, ID, SENT, 1, 0]),
        "timer-version-0": ("no version", [8, ID, SENT, 0, 0]),
        "timer-version-long": ("a version beyond 32 bits", [8, ID, SENT, 0, 2**32]),
        "timer-lifetime-4": ("a lifetime too short", [8, ID, SENT, 4, 1]),
        "name-empty": ("an empty name", [10, ID, SENT, ""]),
        "name-65": ("a name one byte too long", [10, ID, SENT, "n" * 65]),
    }


def _files() -> Faults:
    place: list[Value] = ["relay.example", 7443, bytes(32), bytes(16), bytes(32)]
    file: list[Value] = [place, bytes(32), bytes(32), 5, "name", "type"]

    def with_place(at: int, value: Value) -> Value:
        return [9, ID, SENT, 0, [], "", [[*place[:at], value, *place[at + 1 :]], *file[1:]]]

    def with_file(at: int, value: Value) -> Value:
        return [9, ID, SENT, 0, [], "", [*file[:at], value, *file[at + 1 :]]]

    found: Faults = {
        "file-host": ("a host with a space", with_place(0, "relay example")),
        "file-host-empty": ("no host", with_place(0, "")),
        "file-host-254": ("a long host", with_place(0, "h" * 254)),
        "file-port-0": ("no port", with_place(1, 0)),
        "file-port-65536": ("no such port", with_place(1, 65536)),
        "file-pin-31": ("a short pin", with_place(2, bytes(31))),
        "file-blob-17": ("a long blob id", with_place(3, bytes(17))),
        "file-read-31": ("a short capability", with_place(4, bytes(31))),
        "file-place-four": ("a place without capability", with_file(0, place[:4])),
        "file-place-six": ("a place with more", with_file(0, [*place, 0])),
        "file-key-31": ("a short key", with_file(1, bytes(31))),
        "file-digest-33": ("a long digest", with_file(2, bytes(33))),
        "file-size": ("a size beyond the largest", with_file(3, 2**40 + 1)),
        "file-name-empty": ("no name", with_file(4, "")),
        "file-name-256": ("a long name", with_file(4, "n" * 256)),
        "file-type-128": ("a long type", with_file(5, "t" * 128)),
        "file-six": ("a file with more", [9, ID, SENT, 0, [], "", [*file, 0]]),
        "file-caption-4001": ("a long caption", [9, ID, SENT, 0, [], "c" * 4001, file]),
        "file-missing": ("no file", [9, ID, SENT, 0, [], ""]),
        "file-more": ("a field more", [9, ID, SENT, 0, [], "", file, 0]),
        "file-lifetime-4": ("a lifetime too short", [9, ID, SENT, 4, [], "", file]),
    }
    return found


def faults() -> list[Fields]:
    """Give tests that are refused."""
    tests = []
    for name, (comment, value) in (_heads() | _texts() | _named() | _about_messages() | _files()).items():
        raw = encode(value)
        kind = refusal_of(lambda raw=raw: read_content(raw))
        tests.append(bad(f"bad/{name}", kind, comment, op="content", bytes=raw))
    raw = text_content(ID, SENT, "hello").encoded() + b"\0"
    kind = refusal_of(lambda: read_content(raw))
    return [*tests, bad("bad/trailing", kind, "a byte more", op="content", bytes=raw)]
