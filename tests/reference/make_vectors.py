"""Write specs/vectors/*.json: `python -m tests.reference.make_vectors`. The output is always the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.reference.writers import (
    client,
    content,
    epochs,
    files,
    handshake,
    identity,
    machine,
    mailbox,
    primitives,
    ratchet,
    relay,
    sessions,
    store,
    wire,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DIRECTORY = Path(__file__).parents[2] / "specs" / "vectors"

FILES: dict[str, Callable[[], str]] = {
    "01-wire.json": wire.file,
    "02-primitives.json": primitives.file,
    "03-identity.json": identity.file,
    "04-prekeys.json": handshake.prekeys,
    "04-handshake.json": handshake.handshake,
    "04-openings.json": handshake.openings,
    "04-order.json": handshake.order,
    "04-repeated.json": handshake.repeated,
    "05-ratchet.json": ratchet.file,
    "05-epochs.json": epochs.file,
    "05-machine.json": machine.file,
    "06-sessions.json": sessions.file,
    "07-content.json": content.file,
    "08-mailbox.json": mailbox.file,
    "09-relay.json": relay.file,
    "10-store.json": store.file,
    "11-client.json": client.file,
    "12-files.json": files.file,
}


def main() -> None:
    """Write every file."""
    for name, text in FILES.items():
        (DIRECTORY / name).write_text(text(), encoding="ascii")


if __name__ == "__main__":
    main()
