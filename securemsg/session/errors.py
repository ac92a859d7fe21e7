"""What only sessions refuse; the errors of ratchet and handshake pass through unchanged."""

from securemsg.errors import LocalError


class NoSession(LocalError):  # noqa: N818  # named after what it says
    """There is no session to seal in: open one first (see `book.needs_new_session`)."""
