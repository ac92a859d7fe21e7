"""Vectors of 11: foreign text on a terminal, and names."""

from __future__ import annotations

from tests.reference.case import Fields, good, written
from tests.reference.display import JOINER, NEVER, key, seen
from tests.reference.writers.timers import timer_cases

BETWEEN = [character for first, last in NEVER for character in {first, (first + last) // 2, last}]


def _shown() -> list[Fields]:
    tests = []
    for number in [*sorted(BETWEEN), JOINER]:
        text = f"one{chr(number)}two"
        shown = {"op": "shown", "text": text, "keeps": ["one", "two"], "at_most": {chr(number): 0}}
        tests.append(good(f"shown/{number:04x}", f"U+{number:04X} between letters", **shown))
    marks = "\u0301" * 40
    cases: dict[str, tuple[str, str, list[str], dict[str, int]]] = {
        "escape": ("a sequence that clears a screen", "a\x1b[2Jb", ["a", "[2J", "b"], {"\x1b": 0}),
        "c1": ("the same in one byte of C1", "a\x9b2Jb", ["a", "2J", "b"], {"\x9b": 0}),
        "marks": ("40 marks on one letter", f"a{marks}b", ["a", "b"], {"\u0301": 8}),
        "first-mark": ("a mark without a letter", "\u0301abc", ["abc"], {}),
        "override": ("a name written backwards", "abc\u202egpj.exe", ["abc", "gpj.exe"], {"\u202e": 0}),
        "tags": ("letters that nobody sees", "a\U000e0061\U000e0062b", ["a", "b"], {"\U000e0061": 0}),
        "family": ("a joiner between pictographs may stay", "\U0001f468\u200d\U0001f469", ["\U0001f468"], {}),
        "markup": ("what some libraries obey is text", "[bold]a[/bold]", ["[bold]a[/bold]"], {}),
        "scripts": (
            "honest text",
            "\u00e9 \u6f22\u5b57 \u0627\u0628",
            ["\u00e9 \u6f22\u5b57 \u0627\u0628"],
            {},
        ),
    }
    for name, (comment, text, keeps, at_most) in cases.items():
        fields: Fields = {"op": "shown", "text": text, "keeps": keeps, "at_most": at_most}
        tests.append(good(f"shown/{name}", comment, **fields))
    return tests


SAME = {
    "equal": ("Ann", "Ann"),
    "case": ("Ann", "ANN"),
    "sharp-s": ("Stra\u00dfe", "STRASSE"),
    "sigma": ("\u039f\u03b4\u03bf\u03c2", "\u039f\u0394\u039f\u03a3"),
    "composed": ("caf\u00e9", "cafe\u0301"),
    "wide": ("Ann", "\uff21\uff4e\uff4e"),
    "ligature": ("\ufb01ona", "Fiona"),
    "joiner": ("Ann", "An\u200dn"),
    "zero-width": ("Ann", "A\u200bnn"),
    "filler": ("Ann", "Ann\u3164"),
    "selector": ("Ann", "Ann\ufe0f"),
    "tag": ("Ann", "Ann\U000e0041"),
    "control": ("Ann", "Ann\u0007"),
    "override": ("Ann", "\u202eAnn"),
    "spaces": ("Ann Lee", " Ann \u00a0\tLee "),
    "folded-twice": ("\u1fb3", "\u0391\u0399"),
}

DIFFERENT = {
    "letters": ("Ann", "Anne"),
    "accent": ("cafe", "caf\u00e9"),
    "space": ("AnnLee", "Ann Lee"),
    "script": ("Ann", "\u0410nn"),
    "digits": ("Ann 1", "Ann 2"),
}


def _names() -> list[Fields]:
    tests = []
    for pairs, same in ((SAME, True), (DIFFERENT, False)):
        for name, (one, other) in pairs.items():
            if (key(one) == key(other)) is not same:
                raise AssertionError(name)
            fields = {"op": "names", "one": one, "other": other, "same": same}
            tests.append(good(f"names/{name}", "CL-10", **fields))
    unseen = {
        "empty": "",
        "spaces": " \t\u3000",
        "fillers": "\u3164\u115f\uffa0",
        "marks": "\u200b\u202e\U000e0041",
    }
    for name, text in unseen.items():
        if seen(text):
            raise AssertionError(name)
        tests.append(good(f"names/nothing-{name}", "nothing of it is seen (CL-10)", op="unseen", name=text))
    return tests


def file() -> str:
    """Give the text of 11-client.json."""
    inputs: Fields = {"never": [list(pair) for pair in NEVER]}
    tests = [*_shown(), *_names(), *timer_cases()]
    return written("11", "CL-9 CL-10 CL-24 CL-26 ID-12", tests, inputs)
