"""Two people write to each other by the commands while everything is killed at random moments.

`python -m tests.crash.kills --messages 500 --kills 60` is the long run; the test suite
runs a short one. Oracle: every text that was queued arrives once, in the order of its sender.
"""

import argparse
import random  # noqa: TID251 - the moments of the kills are chosen here, from a printed seed
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.programs import Person, RelayProgram, acquainted

LOOK_BACK = "500"
"""Messages looked through for one that may have been queued: the killed command also received."""

SETTLE_SECONDS = 300.0
"""How long the undisturbed end may take until everything has arrived."""


@dataclass
class Storm:
    """Kills the relay and whichever command runs, at random moments, until `kills` are done."""

    relay: RelayProgram
    people: list[Person]
    kills: int
    dice: random.Random
    pause: float
    done: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Kill at random, starting the relay again after each of its deaths, until stopped."""
        while not self.over.is_set():
            time.sleep(self.dice.uniform(0.2, 1.0) * self.pause)
            victim = self.dice.choice(["relay", *(person.name for person in self.people)])
            if victim == "relay":
                self.relay.kill()
                time.sleep(self.dice.uniform(0, 0.3))
                self.relay.start()
                self.done += 1
                continue
            process = next(person for person in self.people if person.name == victim).running
            if process is not None and process.poll() is None:
                process.kill()
                self.done += 1


def talk(person: Person, peer: str, waiting: list[str], over: threading.Event) -> None:
    """Queue each text once, whatever gets killed, receiving now and then; go on until the storm is over."""
    turn = 0
    while waiting or not over.is_set():
        turn += 1
        if not waiting or turn % 5 == 0:
            person.run("receive", "--wait", "0.5")
            continue
        answer = person.run("send", peer, waiting[0], "--wait", "2")
        if answer.lines or waiting[0] in sent(person, peer):
            waiting.pop(0)


def sent(person: Person, peer: str) -> list[str]:
    """Return what the vault says was queued, however often asking gets killed."""
    while True:
        answer = person.run("history", peer, "--limit", LOOK_BACK)
        if answer.status == 0:
            return [line["text"] for line in answer.lines if line["direction"] == "out"]


def settle(ann: Person, ben: Person, expected: int) -> None:
    """Without kills: receive on both sides until all has arrived or the patience is over."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        ann.run("receive", "--wait", "1")
        ben.run("receive", "--wait", "1")
        if len(ann.texts("ben", "in")) >= expected <= len(ben.texts("ann", "in")):
            return


def difference(written: list[str], read: list[str]) -> str:
    """Return in words how what was read differs from what was written, empty where it does not."""
    if written == read:
        return ""
    lost = [text for text in written if text not in read]
    twice = sorted({text for text in read if read.count(text) > 1})
    place = next((at for at, pair in enumerate(zip(written, read, strict=False)) if pair[0] != pair[1]), -1)
    around = read[max(0, place - 2) : place + 3]
    return f"lost {lost[:5]}, twice {twice[:5]}, first difference at {place}: {around}"


def storm(folder: Path, messages: int, kills: int, seed: int) -> int:
    """Run the whole scene in `folder`; return the number of kills. Fails where the oracle is broken."""
    relay = RelayProgram(folder / "relay-data").start()
    ann, ben = acquainted(folder, relay, "ann", "ben")
    texts = {name: [f"{name} {number:04}" for number in range(messages)] for name in ("ann", "ben")}
    chaos = Storm(relay, [ann, ben], kills, random.Random(seed), pause=1.8)  # noqa: S311  # repeatable, not secret
    waiting = {name: list(own) for name, own in texts.items()}
    threads = [
        threading.Thread(target=chaos.run),
        threading.Thread(target=talk, args=(ann, "ben", waiting["ann"], chaos.over)),
        threading.Thread(target=talk, args=(ben, "ann", waiting["ben"], chaos.over)),
    ]
    for thread in threads:
        thread.start()
    while chaos.done < kills or any(waiting.values()):
        time.sleep(0.2)
    chaos.over.set()
    for thread in threads:
        thread.join()
    try:
        settle(ann, ben, messages)
        assert difference(texts["ann"], ben.texts("ann", "in")) == ""
        assert difference(texts["ben"], ann.texts("ben", "in")) == ""
    finally:
        relay.kill()
    return chaos.done


def main() -> None:
    """Run the long scene and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kills = storm(Path(folder), options.messages, options.kills, options.seed)
    sys.stdout.write(f"{options.messages} messages each way, {kills} kills: all arrived once and in order\n")


if __name__ == "__main__":
    main()
