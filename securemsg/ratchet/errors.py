"""Why the ratchet refuses; every other refusal is a plain `AuthenticationError`."""

from securemsg.errors import AuthenticationError, FrameError, LocalError, RemoteError


class SessionExhausted(LocalError):  # noqa: N818  # the name in RT-8
    """The sending chain is at its end: a new session is needed (Spec: RT-8)."""


class Unrecognised(AuthenticationError):  # noqa: N818  # named after what it says
    """No header key of this session opens the message: it may be of another one (Spec: RT-9)."""


class Replayed(RemoteError):  # noqa: N818  # the name in RT-10
    """The message's key is used up or no longer kept (Spec: RT-10)."""


class TooManySkipped(RemoteError):  # noqa: N818  # the name in RT-11
    """The message claims a place too far ahead, or one that cannot be (Spec: RT-11)."""


class NewerRecord(FrameError):  # noqa: N818  # named after what it says
    """A record that a newer version wrote: leave it as it is (Spec: ST-5)."""
