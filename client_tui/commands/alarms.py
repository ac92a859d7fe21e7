"""What commands say of alarms that nobody has read: one line, and where to read them (Spec: CL-17)."""

from collections.abc import Sequence

from client_tui.commands.output import tell
from securemsg.client.views import AlarmView


def tell_of_alarms(alarms: Sequence[AlarmView]) -> None:
    """Print one diagnostic line if any alarm stands; scripts read their own output undisturbed."""
    if alarms:
        standing = "An alarm stands" if len(alarms) == 1 else f"{len(alarms)} alarms stand"
        tell(f"{standing}: see `securemsg doctor`, and `securemsg doctor --seen` once read.")
