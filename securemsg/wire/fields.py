"""Reading a structure element by element, with every kind and length checked."""

from typing import Self, TypeVar, final

from securemsg.errors import FrameError
from securemsg.ids import Identifier
from securemsg.wire.codec import Value, decode

_Id = TypeVar("_Id", bound=Identifier)


@final
class Fields:
    """The elements of one array, taken in order; `len` tells how many are left.

    Every method takes one element and raises `FrameError` when there is none or it is
    not what was asked for. Close each reader with `end`, so that nothing is left over:

        fields = Fields.parse(data, MAX_GREETING)
        fields.exactly(GREETING)
        relay = fields.binary(32)
        proof = fields.optional()
        fields.end()

    Spec: WI-4.
    """

    __slots__ = ("_values",)

    def __init__(self, values: list[Value]) -> None:
        """Read decoded `values` from the first to the last."""
        self._values = values[::-1]

    @classmethod
    def parse(cls, data: bytes, limit: int) -> Self:
        """Return a reader of the array that `data`, of at most `limit` bytes, encodes."""
        return cls(decode(data, limit))

    def __len__(self) -> int:
        return len(self._values)

    def uint(self, maximum: int) -> int:
        """Take an integer from 0 to `maximum`."""
        value = self._next()
        # By exact type, because `True` is an int to `isinstance`.
        if type(value) is not int or not 0 <= value <= maximum:
            raise FrameError("not an integer of this range")
        return value

    def exactly(self, constant: int) -> None:
        """Take the one integer that may stand here: a version, type or suite."""
        value = self._next()
        if type(value) is not int or value != constant:
            raise FrameError("an unknown version, type or suite")

    def binary(self, width: int) -> bytes:
        """Take exactly `width` bytes."""
        value = self._next()
        if type(value) is not bytes or len(value) != width:
            raise FrameError("not bytes of this length")
        return value

    def binary_up_to(self, maximum: int, minimum: int = 0) -> bytes:
        """Take from `minimum` to `maximum` bytes."""
        value = self._next()
        if type(value) is not bytes or not minimum <= len(value) <= maximum:
            raise FrameError("not bytes of this length")
        return value

    def text(self, maximum_bytes: int) -> str:
        """Take a text of at most `maximum_bytes` in UTF-8."""
        value = self._next()
        if type(value) is not str or len(value.encode()) > maximum_bytes:
            raise FrameError("not a text of this length")
        return value

    def identifier(self, role: type[_Id]) -> _Id:
        """Take an identifier of the type `role`."""
        return role(self.binary(role.WIDTH))

    def array(self, maximum: int) -> "Fields":
        """Take an array of at most `maximum` elements of any kinds, as a reader of its own."""
        value = self._next()
        if type(value) is not list or len(value) > maximum:
            raise FrameError("not an array of this length")
        return Fields(value)

    def optional(self) -> "Fields | None":
        """Take an array of no or one element: `None`, or a reader of the one."""
        return self.array(1) or None

    def records(self, maximum: int, arity: int) -> "list[Fields]":
        """Take an array of at most `maximum` arrays of at most `arity` elements, a reader of each."""
        outer = self.array(maximum)
        return [outer.array(arity) for _ in range(len(outer))]

    def binaries(self, maximum: int, width: int) -> list[bytes]:
        """Take an array of at most `maximum` elements of exactly `width` bytes."""
        outer = self.array(maximum)
        return [outer.binary(width) for _ in range(len(outer))]

    def end(self) -> None:
        """Check that nothing is left."""
        if self._values:
            raise FrameError("more elements than known")

    def _next(self) -> Value:
        if not self._values:
            raise FrameError("fewer elements than needed")
        return self._values.pop()
