"""What a connection is for: a relay that saw two purposes on one would know who is who (Spec: MB-6)."""

from enum import Enum

from securemsg.mailbox.blobs import CreateBlob, DeleteBlob, GetRange, LookAtBlob, PutChunk
from securemsg.mailbox.requests import FetchPrekeys, Prove, Request, Submit


class Role(Enum):
    """One for each connection, decided by the first request that has one."""

    OWNER = "receives for the mailboxes that it proved"
    SENDER = "shows send tokens, and fills blobs"
    READER = "reads blobs"


def role_of(request: Request) -> Role | None:
    """The role that `request` gives its connection; `None` where any will do, or a proof is needed anyway."""
    if isinstance(request, Submit | FetchPrekeys | CreateBlob | PutChunk | LookAtBlob | DeleteBlob):
        return Role.SENDER
    if isinstance(request, GetRange):
        return Role.READER
    return Role.OWNER if isinstance(request, Prove) else None
