"""The configuration: every setting, its default and its bounds."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, Self

import platformdirs

from relay.storage.policy import StorePolicy
from securemsg.errors import FrameError, LocalError
from securemsg.mailbox.address import split_host_port
from securemsg.mailbox.limits import Limits, Registration
from securemsg.wire.envelope import MAX_ENVELOPE

MEBIBYTE: Final = 1024 * 1024

_MOST: Final = 2**40
"""No setting is greater: a slip of a few zeros is refused."""


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """The numbers of the `[limits]` table (Spec: RL-4, RL-5)."""

    connections: int = 1_024
    connections_per_address: int = 32
    handshake_seconds: int = 5
    stalled_seconds: int = 30
    heartbeat_seconds: int = 30
    window: int = 64
    max_envelope: int = MAX_ENVELOPE
    mailbox_messages: int = 2_000
    mailbox_mebibytes: int = 16
    mailbox_submit_ids: int = 65_536
    retention_hours: int = 720
    reserve_mebibytes: int = 64


@dataclass(frozen=True, slots=True)
class Config:
    """Where to listen, the host that the printed address names, the data folder, who may register, limits."""

    listen: str = "127.0.0.1:7443"
    public_host: str = ""
    data: Path = Path()
    registration: Registration = Registration.OPEN
    limits: LimitSettings = LimitSettings()

    @classmethod
    def default(cls) -> Self:
        """What holds without a file."""
        return cls(data=platformdirs.user_data_path("securemsg-relay"))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a TOML file; raises `LocalError` for what it does not know or allow."""
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise LocalError(f"The configuration {path} cannot be read: {error.strerror}.") from None
        except (ValueError, RecursionError) as error:
            # Besides what is not TOML: a number of thousands of digits, brackets a thousand deep.
            raise LocalError(f"The configuration {path} is not TOML: {error}.") from None
        _refuse_unknown(table, {field.name for field in fields(cls)})
        changes: dict[str, Any] = {
            name: _text(table, name) for name in ("listen", "public_host") if name in table
        }
        if "data" in table:
            changes["data"] = Path(_text(table, "data"))
        if "registration" in table:
            changes["registration"] = _registration(_text(table, "registration"))
        if "limits" in table:
            changes["limits"] = _limits(table["limits"])
        return replace(cls.default(), **changes).checked()

    def checked(self) -> Self:
        """Return this if every value is allowed; raises `LocalError`."""
        split_host_port(self.listen)
        try:
            _ = self.hello_limits
        except FrameError:
            raise LocalError(
                "In [limits]: max_envelope is 1024 to 33928, window 1 to 1024, heartbeat_seconds 5 to 3600,"
                " retention_hours 1 to 8784."
            ) from None
        return self

    @property
    def hello_limits(self) -> Limits:
        """What clients are told."""
        limits = self.limits
        return Limits(
            limits.max_envelope,
            limits.window,
            limits.heartbeat_seconds,
            limits.retention_hours,
            self.registration,
        )

    @property
    def policy(self) -> StorePolicy:
        """What the store is told."""
        limits = self.limits
        return StorePolicy(
            limits.mailbox_messages,
            limits.mailbox_mebibytes * MEBIBYTE,
            limits.retention_hours,
            self.registration,
            limits.mailbox_submit_ids,
        )


def _refuse_unknown(table: Mapping[str, object], known: set[str]) -> None:
    for name in table:
        if name not in known:
            raise LocalError(
                f"The configuration has an unknown setting {name!r}; known: {', '.join(sorted(known))}."
            )


def _text(table: Mapping[str, object], name: str) -> str:
    value = table[name]
    if not isinstance(value, str) or not value:
        raise LocalError(f"The setting {name} must be a text in quotes.")
    return value


def _registration(text: str) -> Registration:
    names = {registration.name.lower(): registration for registration in Registration}
    if text not in names:
        raise LocalError('The setting registration must be "open", "invitation" or "closed".')
    return names[text]


def _limits(table: object) -> LimitSettings:
    if not isinstance(table, dict):
        raise LocalError("The setting limits must be a table: [limits].")
    _refuse_unknown(table, {field.name for field in fields(LimitSettings)})
    for name, value in table.items():
        if type(value) is not int or not 0 < value < _MOST:
            raise LocalError(f"The setting limits.{name} must be a whole number greater than 0.")
    return LimitSettings(**table)
