"""What the person has to be told stands below the status until they dismiss it (Spec: CL-17)."""

from textual.content import Content
from textual.widgets import Static

from client_tui.bridge import Bridge
from client_tui.clock import now
from client_tui.text.language import _
from client_tui.text.safe import safe_line
from client_tui.text.sentences import translated
from client_tui.text.signs import Sign
from client_tui.text.when import brief
from client_tui.widgets.key_names import key_for
from securemsg.client import Profile
from securemsg.client.views import AlarmView

SENTENCE = 400
"""Characters of an alarm: three sentences and a name."""


class AlarmBar(Static):
    """Shows an alarm until it is dismissed, the newest first, and how many more there are."""

    DEFAULT_CSS = """
    AlarmBar { height: auto; max-height: 8; padding: 0 1; background: $panel; color: $warning; }
    """

    def __init__(self, bridge: Bridge) -> None:
        """Start hidden."""
        super().__init__(Content(""), id="alarms")
        self.display = False
        self._bridge = bridge
        self._alarms: list[AlarmView] = []

    async def look_again(self) -> None:
        """Read again what the person has to be told."""
        alarms = await self._bridge.perform(Profile.alarms)
        # What stands there stays: the key that dismisses it must not meet one that has just come.
        alarms.sort(key=lambda alarm: not self._stands(alarm))
        if alarms == self._alarms:
            return
        self._alarms = alarms
        self.display = bool(alarms)
        if alarms:
            self.update(_words(alarms[0], len(alarms) - 1))

    def _stands(self, alarm: AlarmView) -> bool:
        return [(each.kind, each.contact) for each in self._alarms[:1]] == [(alarm.kind, alarm.contact)]

    async def dismiss(self) -> None:
        """Show the alarm no more that can be read now; the next one comes up."""
        if self._alarms:
            read = self._alarms[0]
            await self._bridge.perform(lambda held: held.dismiss_alarm(read.kind, read.contact))
            await self.look_again()


def _words(alarm: AlarmView, others: int) -> Content:
    read = _("I have read this, then {n} more") if others else _("I have read this")
    return Content.assemble(
        (f"{Sign.CHANGED} {brief(alarm.at, now())}  ", "bold"),
        (safe_line(translated(alarm.sentence), SENTENCE), "bold"),
        "\n",
        (key_for("dismiss_alarm"), "bold $strong"),
        f" {read.format(n=others)}",
    )
