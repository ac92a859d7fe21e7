"""Two people and a relay, one of them line by line."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

from tests.support.programs import PATIENCE, Person, RelayProgram, acquainted, environment


class Lines:
    """The client line by line, through pipes that stay open."""

    def __init__(self, person: Person) -> None:
        self.program = subprocess.Popen(
            [*person.command()[:3], "--plain", *person.command()[3:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment() | {"SECUREMSG_LANGUAGE": "en"},
            # Without a terminal of the tester's: it would be asked for a passphrase.
            start_new_session=True,
        )
        self._lines: Queue[str] = Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.program.stdout is not None
        for line in self.program.stdout:
            self._lines.put(line)

    def type(self, line: str) -> None:
        """Write a line."""
        assert self.program.stdin is not None
        self.program.stdin.write(f"{line}\n")
        self.program.stdin.flush()

    def until(self, words: str) -> None:
        """Read lines until one has these words."""
        while words not in self._lines.get(timeout=PATIENCE):
            pass

    def end(self) -> int:
        """Wait for the end."""
        status = self.program.wait(PATIENCE)
        self._reader.join()
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.close()
        self.program.stdout.close()
        return status


@contextmanager
def lines_of(person: Person) -> Iterator[Lines]:
    """Run the client for the length of the block."""
    lines = Lines(person)
    try:
        yield lines
    finally:
        lines.program.kill()
        lines.end()


def test_two_people_talk_and_one_of_them_line_by_line(tmp_path: Path, relay: RelayProgram) -> None:
    ann, ben = acquainted(tmp_path, relay, "ann", "ben")
    with lines_of(ann) as screen:
        screen.until("Online.")
        ben.do("send", "ann", "two lines\nof one message")
        screen.until("ben: two lines / of one message")
        screen.type("/to ben")
        screen.until("To ben, not verified")
        screen.type("and an answer")
        screen.until("sent, to ben: and an answer")
        assert [line["text"] for line in ben.do("receive", "--wait", "20")] == ["and an answer"]
        screen.until("delivered, to ben: and an answer")
        screen.type("/lock")
        screen.until("Locked.")
        # There is no terminal to ask for the passphrase again.
        assert screen.end() == 1
