"""What commands say of alarms that nobody has read: one line, and where to read them (Spec: CL-17)."""

from collections.abc import Sequence

from client_tui.commands.output import tell
from client_tui.text.language import ngettext
from securemsg.client.views import AlarmView


def tell_of_alarms(alarms: Sequence[AlarmView]) -> None:
    """Print one diagnostic line if any alarm stands; scripts read their own output undisturbed."""
    if alarms:
        told = ngettext(
            "{count} alarm stands: see `securemsg doctor`, and `securemsg doctor --seen` once read.",
            "{count} alarms stand: see `securemsg doctor`, and `securemsg doctor --seen` once read.",
            len(alarms),
        )
        tell(told.format(count=len(alarms)))
