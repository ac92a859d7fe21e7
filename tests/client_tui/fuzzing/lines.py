"""Everything that is printed line by line, given texts of the grammar: each text goes through every sink.

`python -m tests.client_tui.fuzzing.lines SEED COUNT` prints to standard output and error; `run` reads it.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from client_tui.commands.attachments import listed
from client_tui.commands.messages import change_line, change_record, message_line, message_record
from client_tui.commands.output import JsonLines, PlainLines, tell
from client_tui.news import words
from client_tui.plain import wording
from client_tui.plain.console import Console
from client_tui.plain.editor import Editor
from client_tui.terminal.clipboard import terminal_sequence
from client_tui.terminal.crash import guard_against_leaks, scrubbed
from client_tui.terminal.notify import desktop_command, notification
from client_tui.text.safe import safe_body, safe_name
from securemsg.client.views import ChangeKind, ChangeView, MessageState, ReactionView
from securemsg.errors import LocalError, Sentence
from tests.client_tui.fuzzing.forged import NOW, Forger

DESKTOPS: Final[tuple[Mapping[str, str], ...]] = (
    {},
    {"TERM_PROGRAM": "WezTerm"},
    {"TMUX": "/tmp/tmux,1,0"},  # noqa: S108 - only named
)
"""Terminals that take notifications in three ways."""

CONTENTS: Final = ("generic", "sender", "full")
PASTE: Final = "\x1b[200~{}\x1b[201~"


class Printer:
    """Prints one text in every way."""

    def __init__(self, forger: Forger) -> None:
        """Draw from `forger`."""
        self._grammar = forger.grammar
        self._messages = [forger.message(row, "") for row in range(1, 100)]
        self._file, self._person, self._link = forger.file(), forger.conversation(1), forger.connection()
        self._console = Console()
        self._outputs = (JsonLines(), PlainLines())

    def show(self, number: int) -> None:
        """Draw a text and print it."""
        text = self._grammar.text()
        self._as_message(text, number)
        self._as_person(text)
        self._as_sentence(text, number)
        self._outside(text, number)

    def _as_message(self, text: str, number: int) -> None:
        """Show it as the words, the names and the reasons of a message, to programs and to people."""
        file = replace(self._file, name=text, type=text, path=text, reason=text) if number % 2 else None
        signs = (ReactionView(text, mine=True, theirs=True),)
        drawn = self._messages[number % len(self._messages)]
        message = replace(drawn, alias=text, text=text, reason=text, reactions=signs, file=file)
        line, record = message_line(message), message_record(message)
        for output in self._outputs:
            output.put(record, line)
        match number % 4:
            case 0:
                change = ChangeView(number, ChangeKind.REACTION, message)
                self._outputs[1].put(change_record(change), change_line(change))
            case 1 if file is not None:
                self._outputs[1].put(*listed(message, file))
            case _:
                self._console.answer([wording.state_line(replace(message, state=MessageState.FAILED))])
        self._console.answer([wording.numbered(message, NOW)])

    def _as_person(self, text: str) -> None:
        view = replace(self._person, alias=text, name=text)
        self._console.say(wording.person_line(view, NOW))
        self._console.prompt(safe_name(text))
        self._console.answer([])

    def _as_sentence(self, text: str, number: int) -> None:
        """Show it in refusals, in the words of a failure, and as what was pasted."""
        error = LocalError("There is no {name} here.", name=text) if number % 2 else LocalError(text)
        match number % 3:
            case 0:
                tell(error.sentence)
            case 1:
                tell(scrubbed(error))
            case _:
                sys.excepthook(type(error), error, None)
        if number % 16 == 0:
            sys.excepthook(RuntimeError, RuntimeError(text), None)
        link = replace(self._link, reason=Sentence("No {host}.", host=text))
        self._console.say(wording.link_line(link))
        raw = PASTE.format(text).encode("utf-8", "surrogateescape" if _is_raw(text) else "replace")
        echo, _lines = Editor().take(raw)
        sys.stdout.write(f"{echo}\n")

    def _outside(self, text: str, number: int) -> None:
        """Show it in notifications of every way and measure, and hand it to the clipboard."""
        view = replace(self._person, alias=text, last_text=text, last_mine=False, request=False)
        told = words([view] * (1 + number % 5 // 4), CONTENTS[number % 3])
        sys.stdout.write(notification(told, DESKTOPS[number // 3 % 3]))
        if number % 8 == 0:
            sys.stdout.write("\n".join(desktop_command(told)) + "\n")
        sys.stdout.write(terminal_sequence(safe_body(text), {}) + "\n")


def _is_raw(text: str) -> bool:
    """Tell whether the lone surrogates of a text are bytes that were no UTF-8."""
    return all(not "\ud800" <= letter <= "\udfff" or "\udc80" <= letter <= "\udcff" for letter in text)


def main() -> None:
    """Print."""
    seed, count = (int(word) for word in sys.argv[1:])
    guard_against_leaks()
    printer = Printer(Forger(seed))
    for number in range(count):
        printer.show(number)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
