"""The refusals of this protocol that a user is told in words of their own."""

from securemsg.errors import AuthenticationError, RemoteError


class VersionError(RemoteError):
    """No common version: one side must be updated (Spec: MB-2)."""


class WrongRelayError(AuthenticationError):
    """Another relay answered than the one whose pin was dialled (Spec: MB-2)."""
