"""French is complete, and nothing is shown that nobody translated."""

import gettext
import re

import pytest

from client_tui.text.language import LANGUAGES, _, ngettext, use_language
from tests.messages.extract import Text, all_texts
from tests.messages.po import FORMS, FRENCH, compiled, read, written
from tests.messages.unmarked import unmarked

PLACES = re.compile(r"\{\w*\}|%\(\w+\)\w|%[sr]")

NARROW = re.compile("(?<!\u00a0)[:;?!](?= |$)|[^\u00a0]\u00bb|\u00ab[^\u00a0]")
"""A sign that French sets apart, without the space that does not break."""

CODE = re.compile(r"`[^`]*`|! échec|securemsg:|(?:in|from|before|after|dans|de):(?= )")
"""What people type is not set apart."""

PLACE = re.compile(r"^#: .*$", re.MULTILINE)
"""Where a text stands, for translators: moving it is no change."""

CATALOGUE = read(FRENCH)


def test_every_text_that_people_read_is_in_the_catalogue_and_none_besides() -> None:
    said, known = set(all_texts()), set(CATALOGUE.translations)
    assert (sorted(said - known), sorted(known - said)) == ([], []), "run `make messages`"


def test_every_text_is_translated_and_none_is_doubtful() -> None:
    missing = [text.one for text, forms in CATALOGUE.translations.items() if not all(forms)]
    assert (missing, CATALOGUE.fuzzy, CATALOGUE.obsolete) == ([], set(), 0)


def test_a_translation_has_the_places_of_its_text() -> None:
    """A value that is left out is not said, and one that is not there ends the program."""
    differing = [
        (text.one, form)
        for text, forms in CATALOGUE.translations.items()
        for form in forms
        if set(PLACES.findall(form)) != set(PLACES.findall(text.many or text.one))
    ]
    assert differing == []


def test_a_plural_has_all_forms() -> None:
    wrong = [
        text.one
        for text, forms in CATALOGUE.translations.items()
        if len(forms) != (FORMS if text.many else 1)
    ]
    assert wrong == []


def test_a_translation_begins_and_ends_as_its_text() -> None:
    """Prompts end with a space; lines end where they end."""
    wrong = [
        (text.one, form)
        for text, forms in CATALOGUE.translations.items()
        for form in forms
        if (text.one[-1:] == " ") != (form[-1:] == " ") or text.one.count("\n") != form.count("\n")
    ]
    assert wrong == []


def test_french_signs_stand_apart_without_breaking() -> None:
    forms = [form for forms in CATALOGUE.translations.values() for form in forms]
    assert [form for form in forms if NARROW.search(CODE.sub("", form))] == []


def test_nothing_is_shown_without_a_mark() -> None:
    assert unmarked() == []


def test_the_files_are_what_the_tool_writes() -> None:
    """The compiled catalogue lies beside its source and is made from it."""
    assert PLACE.sub("", FRENCH.read_text(encoding="utf-8")) == PLACE.sub("", written(all_texts(), CATALOGUE))
    assert FRENCH.with_suffix(".mo").read_bytes() == compiled(CATALOGUE)


def test_the_program_finds_every_translation() -> None:
    use_language("fr")
    for text, forms in CATALOGUE.translations.items():
        if text.many:
            assert [ngettext(text.one, text.many, count) for count in (0, 1, 2, 1_000)] == [
                forms[0],
                forms[0],
                forms[1],
                forms[1],
            ]
        else:
            assert _(text.one) == forms[0]
    assert _("") == ""
    use_language("en")


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - {"en"}))
def test_the_standard_library_reads_the_catalogue(code: str) -> None:
    with FRENCH.with_suffix(".mo").open("rb") as file:
        found = gettext.GNUTranslations(file)
    assert found.info()["language"] == code


def test_a_text_knows_its_plural() -> None:
    assert Text("{n} day", "{n} days") in all_texts()
