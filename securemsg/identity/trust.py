"""How far a contact's account is trusted, and the steps between."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self, TypeAlias, final

from securemsg.crypto.kdf import digest
from securemsg.errors import AuthenticationError, LocalError
from securemsg.identity.certificate import Certificate
from securemsg.ids import AccountId


class Trust(StrEnum):
    """What people are shown, and stores keep, about a contact (Spec: ID-11)."""

    FIRST_SEEN = "first_seen"
    VERIFIED = "verified"
    CHANGED = "changed"


Earned: TypeAlias = Literal[Trust.FIRST_SEEN, Trust.VERIFIED]
"""Trust in an account that nothing contradicts."""


class DeviceListRollback(AuthenticationError):  # noqa: N818  # named after what it says
    """An account's certificate is older than one already seen of it, or another of the same version.

    Spec: ID-5.
    """


@final
@dataclass(frozen=True, slots=True)
class SeenList:
    """The highest list version seen of an account, and the hash of the certificate that had it.

    Version 0 stands for none; an empty hash fits every certificate.

    Spec: ID-5.
    """

    version: int = 0
    certificate_hash: bytes = b""

    @classmethod
    def of(cls, certificate: Certificate) -> Self:
        """Return what is remembered of a certificate that was accepted."""
        # H("certificate", certificate): the same hash as in the transcript
        return cls(certificate.list_version, digest(b"certificate", certificate.encoded))

    def check(self, certificate: Certificate) -> None:
        """Raise `DeviceListRollback` for a certificate that is refused after this one (Spec: ID-5)."""
        if certificate.list_version > self.version:
            return
        following = SeenList.of(certificate)
        if following.version < self.version or self.certificate_hash not in (b"", following.certificate_hash):
            raise DeviceListRollback("refused")


@final
@dataclass(frozen=True, slots=True)
class Pinned:
    """The contact is this account, and one may seal to it (Spec: ID-11)."""

    account_id: AccountId
    trust: Earned


@final
@dataclass(frozen=True, slots=True)
class Changed:
    """Another account claims to be the contact: nothing is sealed until the person decides (Spec: ID-11)."""

    account_id: AccountId
    before: Earned
    claimant: AccountId

    @property
    def trust(self) -> Literal[Trust.CHANGED]:
        """Always `Trust.CHANGED`."""
        return Trust.CHANGED


Standing: TypeAlias = Pinned | Changed


def first_seen(account_id: AccountId) -> Pinned:
    """Return the standing of a contact just added (Spec: ID-11)."""
    return Pinned(account_id, Trust.FIRST_SEEN)


def claimed(standing: Standing, account_id: AccountId) -> Standing:
    """Return the standing after `account_id` appeared in the contact's place.

    The contact's own account changes nothing, not even back: only the person ends a change.

    Spec: ID-11.
    """
    if account_id == standing.account_id:
        return standing
    before = standing.before if isinstance(standing, Changed) else standing.trust
    return Changed(standing.account_id, before, account_id)


def verified(standing: Standing, compared: AccountId) -> Pinned:
    """Return the standing after the person compared the safety number with account `compared`.

    Raises `LocalError` if that is not, or no longer, an account of this contact: what was on
    the screen may have changed meanwhile.

    Spec: ID-11.
    """
    return Pinned(_chosen(standing, compared), Trust.VERIFIED)


def accepted(standing: Changed, account_id: AccountId) -> Pinned:
    """Return the standing after the person took the claimant `account_id` without comparing.

    Raises `LocalError` if another account claims to be the contact meanwhile.

    Spec: ID-11.
    """
    if account_id != standing.claimant:
        raise LocalError("The contact changed again. Look at the new account before you decide.")
    return first_seen(account_id)


def kept(standing: Changed) -> Pinned:
    """Return the standing after the person stayed with the old account, trusted as before (Spec: ID-11)."""
    return Pinned(standing.account_id, standing.before)


def check_list_version(certificate: Certificate, highest: int) -> int:
    """Return the highest list version seen of an account, now that `certificate` was.

    `highest` is 0 before the first. Raises `DeviceListRollback`.

    Spec: ID-5.
    """
    SeenList(highest).check(certificate)
    return certificate.list_version


def _chosen(standing: Standing, account_id: AccountId) -> AccountId:
    known = [standing.account_id]
    if isinstance(standing, Changed):
        known.append(standing.claimant)
    if account_id not in known:
        raise LocalError("The contact changed meanwhile. Compare the safety number that is shown now.")
    return account_id
