"""Bytes that must not be shown, written or compared carelessly."""

import hmac
from typing import ClassVar, NoReturn, SupportsIndex, TypeVar

from securemsg.errors import LocalError

_Kind = TypeVar("_Kind")


def guarded(kind: type[_Kind]) -> type[_Kind]:
    """Decorate a type that holds secrets as plain bytes among other fields, where speed asks for it.

    Its values do not print, pickle or copy.

    Spec: PR-1.
    """
    kind.__repr__ = _hidden  # type: ignore[method-assign]  # every type may have a representation of its own
    kind.__reduce_ex__ = _refuse  # type: ignore[method-assign]  # it takes any protocol, and refuses
    return kind


def _hidden(value: object) -> str:
    return f"{type(value).__name__}(...)"


def _refuse(value: object, _protocol: SupportsIndex, /) -> NoReturn:
    # Records have a versioned format that names its secrets.
    raise LocalError(f"{type(value).__name__} cannot be pickled or copied")


@guarded
class Secret:
    """Base of everything secret: one final subclass per role.

    A secret does not print, pickle, copy or hash, and equals only a secret of its
    own type, in constant time. CPython cannot wipe memory: dropping the last
    reference is all the erasure there is.

    Spec: PR-1.
    """

    WIDTH: ClassVar[int | None] = None
    """Exact width in bytes; `None` takes any."""

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]  # a hash in a dict or a log is a fingerprint of the secret

    def __init__(self, value: bytes) -> None:
        """Hold `value`; raises `LocalError` for a width other than `WIDTH`."""
        if self.WIDTH is not None and len(value) != self.WIDTH:
            raise LocalError(f"{type(self).__name__} must be {self.WIDTH} bytes")
        self._value = value

    def expose(self) -> bytes:
        """Return the bytes; each call is a line of the audit list."""
        return self._value

    def __str__(self) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret) or type(self) is not type(other):
            return NotImplemented
        return hmac.compare_digest(self._value, other._value)
