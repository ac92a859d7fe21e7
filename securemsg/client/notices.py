"""Hints that something changed: look again. Losing one is harmless (Spec: CL-4)."""

from dataclasses import dataclass

from securemsg.client.views import ConnectionView
from securemsg.instant import Instant


@dataclass(frozen=True, slots=True)
class ConversationsChanged:
    """The list of conversations, a trust state, an alias or an unread count changed."""


@dataclass(frozen=True, slots=True)
class MessagesChanged:
    """Messages of one contact were added or changed state."""

    contact: int


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """The connection or the number of waiting messages changed."""

    connection: ConnectionView


@dataclass(frozen=True, slots=True)
class FileProgress:
    """How many bytes of a file, of `size`, are encrypted, at the relay or here; at most ten a second."""

    contact: int
    row: int
    done: int
    size: int


@dataclass(frozen=True, slots=True)
class Typing:
    """A contact is writing, which is shown until that instant at most; one that is over ends it."""

    contact: int
    until: Instant


Notice = ConversationsChanged | MessagesChanged | ConnectionChanged | FileProgress | Typing
