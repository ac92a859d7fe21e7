"""States with parts of another state."""

from typing import Any

from securemsg.ratchet.state import Active

PARTS = (
    *("binding", "turn", "sending", "receiving", "epoch_sending", "epoch_receiving"),
    *("machine", "emitted"),
)


def changed(state: Active, **parts: Any) -> Active:  # noqa: ANN401  # each part has a type of its own
    """Return `state` with other `parts`."""
    return Active(**{name: getattr(state, name) for name in PARTS} | parts)
