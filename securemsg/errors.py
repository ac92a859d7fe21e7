"""Whose fault is it? The two families of errors that the library raises.

`LocalError`: our caller must change something (the code, an argument, a choice).
`RemoteError`: a peer or a relay misbehaved, or bytes from outside are not what
they claim to be; the caller refuses the input, notes it and goes on.

Messages of both families are safe to log: they never carry a key, a plaintext,
a name or a mailbox id. Nothing that comes from outside may raise anything else.
"""


class SecuremsgError(Exception):
    """Base of both families; catch one of the two below instead."""


class LocalError(SecuremsgError):
    """Our own side asked for something that cannot be done."""


class RemoteError(SecuremsgError):
    """Bytes or behaviour from outside were refused; no state was changed."""


class FrameError(RemoteError):
    """Bytes that are not a canonical encoding of what was expected (Spec: WI-1)."""


class AuthenticationError(RemoteError):
    """A key, signature, tag or commitment was refused; deliberately says no more (Spec: PR-1)."""
