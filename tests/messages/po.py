"""Catalogues as files: `.po` for translators, `.mo` for the program (the formats of GNU gettext)."""

import ast
import json
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path

from tests.messages.extract import ROOT, Text

HEADER = (
    "Project-Id-Version: securemsg\n"
    "Language: fr\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=2; plural=(n > 1);\n"
)

FRENCH = ROOT / "client_tui" / "locales" / "fr" / "LC_MESSAGES" / "securemsg.po"

FORMS = 2

_LINE = re.compile(r'(?:(#)[^\n]*|(msgid|msgid_plural|msgstr(?:\[\d\])?) )?(".*")?')


@dataclass
class Catalogue:
    """Translations by text: one form, or two where there is a plural; `fuzzy` are those not to be trusted."""

    translations: dict[Text, tuple[str, ...]] = field(default_factory=dict)
    fuzzy: set[Text] = field(default_factory=set)
    obsolete: int = 0


def read(path: Path) -> Catalogue:
    """Return the catalogue in a `.po` file."""
    found = Catalogue()
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        if any(line.startswith("#~") for line in block.splitlines()):
            found.obsolete += 1
            continue
        parts = _parts(block)
        text = Text(parts.get("msgid", ""), parts.get("msgid_plural", ""))
        if text.one:
            forms = tuple(value for name, value in parts.items() if name.startswith("msgstr"))
            found.translations[text] = forms
            if "#, fuzzy" in block:
                found.fuzzy.add(text)
    return found


def _parts(block: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        match = _LINE.fullmatch(line)
        assert match is not None, line
        if match[1] or match[3] is None:
            continue
        name = match[2] or name
        parts[name] = parts.get(name, "") + ast.literal_eval(match[3])
    return parts


def written(texts: dict[Text, list[str]], catalogue: Catalogue) -> str:
    """Return the `.po` file: every text of `texts`, translated where `catalogue` knows it."""
    blocks = ['msgid ""\nmsgstr ""\n' + "\n".join(_quoted(line) for line in HEADER.splitlines(keepends=True))]
    for text, files in texts.items():
        known = catalogue.translations.get(text, ())
        lines = [f"#: {' '.join(files)}", f"msgid {_quoted(text.one)}"]
        if text.many:
            lines.append(f"msgid_plural {_quoted(text.many)}")
            forms = known if len(known) == FORMS else ("",) * FORMS
            lines += [f"msgstr[{number}] {_quoted(form)}" for number, form in enumerate(forms)]
        else:
            lines.append(f"msgstr {_quoted(known[0] if known else '')}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def compiled(catalogue: Catalogue) -> bytes:
    """Return the `.mo` file."""
    entries = {"": HEADER}
    for text, forms in catalogue.translations.items():
        if all(forms):
            entries[f"{text.one}\0{text.many}" if text.many else text.one] = "\0".join(forms)
    pairs = sorted((name.encode(), said.encode()) for name, said in entries.items())
    count, head = len(pairs), 28
    tables = [b"", b""]
    texts, place = b"", head + 16 * count
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), place + len(texts))
            texts += pair[column] + b"\0"
    start = struct.pack("<7I", 0x950412DE, 0, count, head, head + 8 * count, 0, head + 16 * count)
    return start + tables[0] + tables[1] + texts
