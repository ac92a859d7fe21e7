"""Whose fault is it? The two families of errors that the library raises.

`LocalError`: our caller must change something (the code, an argument, a choice).
`RemoteError`: a peer or a relay misbehaved, or bytes from outside are not what
they claim to be; the caller refuses the input, notes it and goes on.

Messages of both families are safe to log: they never carry a key, a plaintext,
a name or a mailbox id. Nothing that comes from outside may raise anything else.
Those that begin with a capital letter and end with a full stop are for people.
"""

from collections.abc import Mapping
from typing import Self


class Sentence(str):
    """A sentence for a person with values in it: text, which can also be said in another language.

    `template` has the values' names in braces; a value may be a `Sentence` itself. What stands in
    `values` may be foreign text.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Put `values` into `template`."""
        sentence = super().__new__(cls, template.format_map(values))
        sentence.template = template
        sentence.values = values
        return sentence


class SecuremsgError(Exception):
    """Base of both families; catch one of the two below instead."""

    def __init__(self, sentence: str = "", /, **values: object) -> None:
        """Say `sentence`, with `values` in the place of the names in its braces."""
        super().__init__(Sentence(sentence, **values) if values else sentence)

    @property
    def sentence(self) -> str:
        """What is said; a `Sentence` where there are values in it."""
        said: str = self.args[0] if self.args else ""
        return said


class LocalError(SecuremsgError):
    """Our own side asked for something that cannot be done."""


class RemoteError(SecuremsgError):
    """Bytes or behaviour from outside were refused; no state was changed."""


class FrameError(RemoteError):
    """Bytes that are not a canonical encoding of what was expected (Spec: WI-1)."""


class AuthenticationError(RemoteError):
    """A key, signature, tag or commitment was refused; deliberately says no more (Spec: PR-1)."""
