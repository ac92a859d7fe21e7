"""Every target by its name."""

from typing import Final

from tests.fuzz.target import Target
from tests.fuzz.targets import blobs, files, mailbox, people, prekeys, records, terminals, transport, wire

TARGETS: Final[dict[str, Target]] = {
    target.name: target
    for module in (wire, people, prekeys, mailbox, blobs, files, records, terminals, transport)
    for target in module.TARGETS
}
