"""What the person chose for this vault, one word for each (Spec: CL-36)."""

from collections.abc import Callable
from typing import Final

from securemsg.client.step import Step
from securemsg.client.views import SettingsView
from securemsg.errors import LocalError

MOST_MINUTES: Final = 24 * 60
"""A lock that comes later than a day after the last key is none: 0 says so."""

_SWITCHES: Final = {"on": True, "off": False}
_WAYS: Final = frozenset({"off", "bell", "osc", "desktop"})
_LEVELS: Final = frozenset({"generic", "sender", "full"})


def settings_view(step: Step) -> SettingsView:
    """Return every setting; what was never chosen is as it comes."""
    usual = SettingsView()

    def switch(name: str, *, otherwise: bool) -> bool:
        return _SWITCHES.get(step.vault.settings.get(name), otherwise)

    return SettingsView(
        read_receipts=switch("read_receipts", otherwise=usual.read_receipts),
        typing=switch("typing", otherwise=usual.typing),
        strip_metadata=switch("strip_metadata", otherwise=usual.strip_metadata),
        lock_minutes=int(step.vault.settings.get("lock_minutes") or usual.lock_minutes),
        notify=step.vault.settings.get("notify") or usual.notify,
    )


def change_setting(step: Step, name: str, value: str) -> None:
    """Keep one setting; raises `LocalError` for a name or a value that there is not.

    Switches are `on` or `off`, `lock_minutes` is a number (0 for never), `notify` a way (off, bell, osc,
    desktop) and how much it tells (generic, sender, full).
    """
    understands = _CHECKS.get(name)
    if understands is None:
        raise LocalError("There is no such setting.")
    if not understands(value):
        raise LocalError("This setting cannot have this value.")
    step.vault.settings.put(name, value)
    step.changes.list = True


def _is_switch(value: str) -> bool:
    return value in _SWITCHES


def _is_minutes(value: str) -> bool:
    return (
        value.isascii()
        and value.isdecimal()
        and len(value) <= len(str(MOST_MINUTES))
        and int(value) <= MOST_MINUTES
    )


def _is_notice(value: str) -> bool:
    way, _, level = value.partition(" ")
    return way in _WAYS and level in _LEVELS


_CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    **dict.fromkeys(("read_receipts", "typing", "strip_metadata"), _is_switch),
    "lock_minutes": _is_minutes,
    "notify": _is_notice,
}
