"""Write records of the present version for later versions to read: `python -m tests.session.make_golden`.

Run it once for each version of the record, and never over a file that a release contained.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from securemsg.ratchet.kem_states import SendCt, SendEk, WaitCt, WaitEk
from securemsg.session.book import Held, wear_out
from securemsg.session.records import VERSION, encode_session
from tests.session.people import Person, pair

FOLDER = Path(__file__).parent / "golden"
FILE = FOLDER / f"version-{VERSION}.json"
CONTENT = b"m" * 600
"""Leaves room for one codeword, so that every state of the KEM ratchet is passed slowly."""


def sessions() -> Iterator[tuple[str, Held]]:
    """Yield a session of each form, with what it is."""
    ann, ben = pair()
    first = ann.say(ben, CONTENT)
    yield "unanswered", ann.book(ben).entries[0]
    ben.hear(first)
    yield "worn", wear_out(ben.book(ann)).entries[0]
    yield from _machine(ann, ben)
    ben.say(ann, CONTENT)
    ann.hear(ben.say(ann, CONTENT))
    ann.begin(ben)
    ben.hear(ann.say(ben, CONTENT))
    yield "retired", ben.book(ann).entries[1]


def _machine(ann: Person, ben: Person) -> Iterator[tuple[str, Held]]:
    wanted = {SendEk, WaitCt, WaitEk, SendCt}
    for turn in range(40):
        speaker, listener = (ben, ann) if turn % 2 == 0 else (ann, ben)
        listener.hear(speaker.say(listener, CONTENT))
        held = listener.book(speaker).entries[0]
        kind = type(held.session.ratchet.machine)
        if turn > 15 and kind in wanted:
            wanted.remove(kind)
            yield kind.__name__, held


def facts(held: Held) -> dict[str, object]:
    """Return what a later version must still find in a record."""
    ratchet = held.session.ratchet
    return {
        "session": held.session_id.hex(),
        "form": type(held.session).__name__,
        "retired_at": held.retired_at,
        "worn": held.worn,
        "opened_at": held.session.origin.opened_at,
        "state": type(ratchet.machine).__name__,
        "epoch": ratchet.machine.epochs.installed,
        "sending": [ratchet.sending.number, ratchet.epoch_sending.epoch, ratchet.epoch_sending.number],
        "chains": len(ratchet.turn.past),
        "keys": [
            ratchet.sending.key.hex(),
            ratchet.epoch_receiving.key.hex(),
            ratchet.turn.root.expose().hex(),
        ],
    }


def main() -> None:
    """Write the file."""
    FOLDER.mkdir(exist_ok=True)
    entries = [
        {"name": name, "record": encode_session(held).hex(), "facts": facts(held)}
        for name, held in sessions()
    ]
    FILE.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
