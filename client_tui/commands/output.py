"""How commands answer: JSON lines for programs, filtered lines for people; diagnostics apart."""

import sys
from collections.abc import Mapping
from typing import TypeAlias

from client_tui.text.safe import SafeText, safe_line

ERROR_LIMIT = 400
"""Characters of one diagnostic: a sentence, or two."""

WHOLE = 100
"""Percent."""

Value: TypeAlias = "str | int | bool | Mapping[str, Value] | None"
Record = Mapping[str, Value]


class JsonLines:
    """One object for each line, ASCII only, flushed at once."""

    def put(self, record: Record, human: SafeText) -> None:
        """Print `record`; `human` is for the other kind of reader."""
        import json  # noqa: PLC0415 - not for people who start the screen

        del human
        print(json.dumps(record, ensure_ascii=True), flush=True)  # noqa: T201 - the answer

    def remark(self, lines: list[str]) -> None:
        """Programs get no remarks."""

    def progress(self, record: Record, share: int) -> None:
        """Print `record`; `share` is for the other kind of reader."""
        self.put(record, SafeText(str(share)))


class PlainLines:
    """Sentences and tables for a person."""

    def put(self, record: Record, human: SafeText) -> None:
        """Print `human`, which says what `record` says."""
        del record
        print(human, flush=True)  # noqa: T201 - the answer

    def remark(self, lines: list[str]) -> None:
        """Print what only a person wants: explanations, QR codes. These lines are ours."""
        for line in lines:
            print(line, flush=True)  # noqa: T201 - the answer

    def progress(self, record: Record, share: int) -> None:
        """Show a share in percent on a terminal, in one place; nothing in a file."""
        del record
        if sys.stderr.isatty():
            end = "\n" if share == WHOLE else ""
            print(f"\r{share} %", end=end, file=sys.stderr, flush=True)  # noqa: T201 - its purpose


Output = JsonLines | PlainLines


def tell(sentence: str) -> None:
    """Print one diagnostic sentence on standard error, filtered: it may quote anything."""
    print(f"securemsg: {safe_line(sentence, ERROR_LIMIT)}", file=sys.stderr, flush=True)  # noqa: T201 - its purpose
