"""Sentences of the library in the language of the person: it says them in English."""

from client_tui.text.language import _
from securemsg.errors import SecuremsgError, Sentence


def sentence_of(error: SecuremsgError) -> str:
    """Return what `error` says to the person. It may quote foreign text."""
    return translated(error.sentence)


def translated(sentence: str) -> str:
    """Return a sentence of a view or error; what is not in the catalogue stays as it is.

    Values stay as they are, unless they are sentences of the library themselves: a name is never translated.
    """
    if not isinstance(sentence, Sentence):
        return _(sentence)
    values = {
        name: translated(value) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }
    return _(sentence.template).format_map(values)
