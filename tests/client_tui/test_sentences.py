"""What the library says is said in the language of the person."""

from client_tui.text.language import English, use_language
from client_tui.text.sentences import sentence_of, translated
from securemsg.errors import LocalError, Sentence

KNOWN = {
    "The name is too long: {size} bytes.": "{size} octets, c'est trop long.",
    "Bob": "Robert",
    "{count} days": "{count} jours",
    "{alias} is late by {amount}.": "{alias} a {amount} de retard.",
}


class Few(English):
    """A catalogue of a few messages."""

    def gettext(self, message: str) -> str:
        """Return what is known."""
        return KNOWN.get(message, message)


def test_values_of_an_error_are_put_in_after_translation() -> None:
    use_language("few", Few())
    error = LocalError("The name is too long: {size} bytes.", size=70)
    assert str(error) == "The name is too long: 70 bytes."
    assert sentence_of(error) == "70 octets, c'est trop long."


def test_a_name_in_a_sentence_is_not_translated_but_a_sentence_in_it_is() -> None:
    use_language("few", Few())
    said = Sentence("{alias} is late by {amount}.", alias="Bob", amount=Sentence("{count} days", count=3))
    assert (said, translated(said)) == ("Bob is late by 3 days.", "Bob a 3 jours de retard.")


def test_braces_in_a_name_are_only_text() -> None:
    """T01: a name is never a template."""
    said = Sentence("{alias} is late by {amount}.", alias="{amount.__class__}", amount=1)
    assert translated(said) == "{amount.__class__} is late by 1."


def test_a_sentence_without_values_may_hold_braces() -> None:
    assert str(LocalError("{")) == "{"
    assert sentence_of(LocalError("{")) == "{"
    assert sentence_of(LocalError()) == ""
