"""Why a handshake is refused, where callers act differently; the rest is `AuthenticationError`."""

from securemsg.errors import AuthenticationError, RemoteError
from securemsg.identity.certificate import Certificate
from securemsg.ids import AccountId


class IdentityChanged(AuthenticationError):  # noqa: N818  # named after what it says
    """The contact's shelf is signed by another account: the contact becomes Changed.

    Spec: HS-5, ID-11.
    """

    def __init__(self, account_id: AccountId) -> None:
        """Carry the account that signed."""
        super().__init__("refused")
        self.account_id = account_id


class StaleManifest(AuthenticationError):  # noqa: N818  # named after what it says
    """The manifest is not valid at this time, or older than one already seen: fetch again later.

    Spec: HS-5.
    """


class UnknownSealingKey(AuthenticationError):  # noqa: N818  # named after what it says
    """An opening is sealed to no key of ours: to a dead one, or to that of a newer copy of us.

    Spec: HS-12, CL-16.
    """


class OwnDevice(AuthenticationError):  # noqa: N818  # named after what it says
    """The other end is this very device (Spec: HS-5, HS-10, HS-12)."""


class UnknownPrekey(RemoteError):  # noqa: N818  # the name in HS-12
    """An opening to a prekey that is gone: a new session may help.

    The certificate is valid, but nothing proves that its device sent the opening.

    Spec: HS-12, SE-8.
    """

    def __init__(self, certificate: Certificate) -> None:
        """Carry the device that the opening names; which key is gone stays untold."""
        super().__init__("refused")
        self.certificate = certificate
