"""People who have moved to another device: the same account vouches for it."""

from dataclasses import replace

from securemsg.client import upkeep
from securemsg.crypto.ed25519 import SigningKey
from securemsg.identity.access import LinkSecret
from securemsg.identity.certificate import Certificate, DeviceStatement
from securemsg.identity.device import Device
from securemsg.ids import MailboxId
from securemsg.store.owner import Owner
from tests.client.box import Box
from tests.client.post import Person, PostOffice
from tests.support.entropy import SeededEntropy


def next_device(office: PostOffice, person: Person, list_version: int) -> Person:
    """Return the same person on a new device, which the account certifies with `list_version`."""
    seed = len(office.people) + 1
    entropy = SeededEntropy(seed)
    old = person.profile.owner
    fresh = Device.generate(old.account, person.name, office.now, entropy)
    certificate = old.account.certify(statement_of(fresh.certificate, list_version))
    device = Device(fresh.signing, fresh.identity_key, certificate)
    link = replace(old.link, mailbox=MailboxId(entropy(16)), secret=LinkSecret.generate(entropy))
    owner = Owner(old.account, device, old.name, link, SigningKey.generate(entropy), office.now)
    moved = Person(office, owner, office.folder / f"{seed}", entropy)
    office.people.append(moved)
    office.boxes[moved.mailbox] = Box({upkeep.token_hash(link.token)})
    moved.upkeep()
    return moved


def statement_of(certificate: Certificate, list_version: int) -> DeviceStatement:
    """Return what a certificate says, with another list version."""
    return DeviceStatement(
        certificate.device_id,
        certificate.device_public,
        certificate.identity_key,
        certificate.name,
        certificate.created_at,
        list_version,
    )
