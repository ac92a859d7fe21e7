"""What the relay has of one mailbox, told to its owner or to whoever answers for the relay (Spec: RL-46)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from relay.storage.inspection import Holdings
from securemsg.instant import HOUR, SECOND

MISSING: Final = "missing_shards"
"""In a reply: the shards that are away, by number; it is without what lies on them (Spec: RL-59)."""


def hour_text(hour: int) -> str:
    """The beginning of an hour counted since 1970, in ISO 8601."""
    return datetime.fromtimestamp(hour * HOUR // SECOND, UTC).strftime("%Y-%m-%dT%HZ")


def holdings_reply(mailbox: str, found: Holdings | None) -> dict[str, Any]:
    """All of it, for programs."""
    if found is None:
        return {"mailbox": mailbox, "held": False}
    return {
        "mailbox": mailbox,
        "held": True,
        "owner_key": found.owner_key.hex(),
        "token_hashes": [token.hex() for token in found.tokens],
        "acknowledged": found.acknowledged,
        "newest": found.newest,
        "envelopes": [
            {
                "sequence": one.sequence,
                "submit_id": bytes(one.submit_id).hex(),
                "bytes": one.size,
                "expires": hour_text(one.expires_hour),
            }
            for one in found.envelopes
        ],
        "remembered_submit_ids": [
            {"expires": hour_text(hour), "count": count} for hour, count in found.submit_ids
        ],
        "shelf": {
            "generation": found.generation,
            "manifest_bytes": found.manifest_size,
            "leaf_positions": list(found.leaves),
        },
    }


def holdings_text(reply: Mapping[str, Any]) -> str:
    """The same for people."""
    mailbox = reply["mailbox"]
    where = " on the shards that answer" if MISSING in reply else ""
    if not reply["held"]:
        return f"Nothing is kept of mailbox {mailbox}{where}."
    envelopes, submitted = reply["envelopes"], reply["remembered_submit_ids"]
    shelf = reply["shelf"]
    size = sum(one["bytes"] for one in envelopes)
    lines = [
        f"Mailbox {mailbox}",
        f"  owner key (random, for this mailbox only): {reply['owner_key']}",
        f"  send tokens accepted: {len(reply['token_hashes'])} (kept as hashes; nobody's name is with them)",
        f"  messages ever accepted: {reply['newest']}; the owner acknowledged up to {reply['acknowledged']}",
        f"  messages waiting: {len(envelopes)}, {size} bytes, sealed: nobody but the owner can read them",
        *(f"    number {one['sequence']}: {one['bytes']} bytes, until {one['expires']}" for one in envelopes),
        f"  remembered submit ids (random): {sum(one['count'] for one in submitted)}",
        *(f"    {one['count']} until {one['expires']}" for one in submitted),
        f"  prekey shelf: generation {shelf['generation']}, manifest {shelf['manifest_bytes']} bytes, sealed",
        f"  one-time keys left on it: {len(shelf['leaf_positions'])}, sealed",
    ]
    if "blobs" in reply:
        files = reply["blobs"]
        size = sum(one["bytes"] for one in files)
        lines.append(f"  files that others left for it: {len(files)}, {size} bytes, sealed")
        lines += [f"    {one['id']}: {one['bytes']} bytes, until {one['expires']}" for one in files]
    if "listening" in reply:
        lines.append(f"  a device of the owner is connected now: {'yes' if reply['listening'] else 'no'}")
    lines.append(f"There is nothing else{where}. The guide's page 'What the relay holds' explains each line.")
    return "\n".join(lines)
