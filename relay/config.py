"""The configuration: every setting, its default and its bounds (Spec: RL-40)."""

import ipaddress
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Final, Self

import platformdirs

from relay.blobs.settings import BlobSettings
from relay.settings import Texts, Whole, check, read, shown
from relay.storage.policy import StorePolicy
from relay.transport.descriptors import DEFAULT_CONNECTIONS
from relay.transport.settings import TransportSettings
from securemsg.errors import LocalError
from securemsg.instant import HOUR
from securemsg.mailbox.address import join_host_port, split_host_port
from securemsg.mailbox.limits import Limits, Registration
from securemsg.wire.envelope import MAX_ENVELOPE

MEBIBYTE: Final = 1024 * 1024

_MOST: Final = 2**40
"""No setting is greater: a slip of a few zeros is refused."""

_MOST_PEERS: Final = 64
"""Nodes of one relay: each has a connection to each."""

_MOST_EPOCHS: Final = 64
"""Lists of shards that were ever in use; nobody adds one every month."""

_OWN_SETTINGS: Final = "The settings"
"""What errors name where no file is read."""


class StoreKind(Enum):
    """What keeps mailboxes."""

    SQLITE = "one file in the data folder"
    POSTGRES = "PostgreSQL servers"


class LogFormat(Enum):
    """How a line of the log looks."""

    JSON = "one object"
    TEXT = "words"


class LogLevel(Enum):
    """Which events are logged: each level has those of the ones before it."""

    ERROR = 0
    WARNING = 1
    INFO = 2


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """What keeps mailboxes, and where the connection strings of PostgreSQL stand: never in this file.

    `epochs` are lists of shards, the newest last (Spec: RL-54); empty for one of all shards.
    """

    kind: StoreKind = StoreKind.SQLITE
    connections_file: Path | None = None
    connections_environment: str = ""
    epochs: Annotated[tuple[str, ...], Texts(_MOST_EPOCHS)] = ()


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """A certificate that somebody else renews; without one the relay makes its own."""

    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """The numbers of the `[limits]` table (Spec: RL-4, RL-5)."""

    connections: Annotated[int, Whole(1, 1_000_000)] = DEFAULT_CONNECTIONS
    connections_per_address: Annotated[int, Whole(1, 1_000_000)] = 32
    handshake_seconds: Annotated[int, Whole(1, 600)] = 5
    stalled_seconds: Annotated[int, Whole(1, 3_600)] = 30
    heartbeat_seconds: Annotated[int, Whole(5, 3_600)] = 30
    reconnect_seconds: Annotated[int, Whole(0, 3_600)] = 30
    window: Annotated[int, Whole(1, 1_024)] = 64
    max_envelope: Annotated[int, Whole(1_024, MAX_ENVELOPE)] = MAX_ENVELOPE
    mailboxes: Annotated[int, Whole(1, _MOST)] = 1_000_000
    mailbox_messages: Annotated[int, Whole(1, _MOST)] = 2_000
    mailbox_mebibytes: Annotated[int, Whole(1, _MOST)] = 16
    mailbox_submit_ids: Annotated[int, Whole(1, _MOST)] = 65_536
    reserve_mebibytes: Annotated[int, Whole(1, _MOST)] = 64


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """How long a message waits for its owner."""

    hours: Annotated[int, Whole(1, 8_784)] = 720


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """Where numbers about the relay and its health are told; nowhere by default.

    For `unready_seconds` a relay that goes down says that it is not ready and still accepts: load
    balancers need as long to notice.
    """

    listen: str = ""
    public: bool = False
    unready_seconds: Annotated[int, Whole(0, 60)] = 0


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is logged, and how it looks."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.JSON


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """This node among several on the same PostgreSQL servers: where they tell each other hints."""

    listen: str = ""
    peers: Annotated[tuple[str, ...], Texts(_MOST_PEERS)] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """Where to listen, the host that the printed address names, the data folder, who may register, tables."""

    listen: str = "127.0.0.1:7443"
    public_host: str = ""
    data: Path = Path()
    registration: Registration = Registration.OPEN
    store: StoreSettings = StoreSettings()
    tls: TlsSettings = TlsSettings()
    transport: TransportSettings = TransportSettings()  # noqa: RUF009  # frozen, though of another file
    limits: LimitSettings = LimitSettings()
    retention: RetentionSettings = RetentionSettings()
    blobs: BlobSettings = BlobSettings()  # noqa: RUF009  # frozen, though of another file
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()
    cluster: ClusterSettings = ClusterSettings()

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
        config = read(cls, table, str(path))
        if "data" not in table:
            config = replace(config, data=cls.default().data)
        return config.checked(str(path))

    def checked(self, source: str = _OWN_SETTINGS) -> Self:
        """Return this if every value is allowed beside the others; raises `LocalError`."""
        check(self, source)
        _refuse(source, *self._objections())
        return self

    def shown(self) -> dict[str, Any]:
        """What a file with all of these settings would hold; no secret is among them."""
        return shown(self)

    @property
    def hello_limits(self) -> Limits:
        """What clients are told."""
        limits = self.limits
        return Limits(
            limits.max_envelope,
            limits.window,
            limits.heartbeat_seconds,
            self.retention.hours,
            self.registration,
            limits.reconnect_seconds,
        )

    @property
    def policy(self) -> StorePolicy:
        """What the store is told."""
        limits = self.limits
        return StorePolicy(
            limits.mailbox_messages,
            limits.mailbox_mebibytes * MEBIBYTE,
            self.retention.hours,
            self.registration,
            limits.mailbox_submit_ids,
            HOUR,
        )

    def _objections(self) -> Iterator[str]:
        if not _is_place(self.listen):
            yield "listen must be HOST:PORT in quotes"
        if self.public_host and not _is_place(join_host_port(self.public_host, 0)):
            yield "public_host must be a name or an address in quotes, without a port and brackets"
        if self.metrics.listen and not _is_place(self.metrics.listen):
            yield "in [metrics], listen must be HOST:PORT in quotes"
        elif self.metrics.listen and not self.metrics.public and not _is_private(self.metrics.listen):
            yield (
                "in [metrics], listen must be a loopback or private address;"
                " public = true allows any, for a network that is closed in another way"
            )
        if (self.tls.certificate is None) != (self.tls.key is None):
            yield "in [tls], certificate and key belong together; give both or none"
        if self.transport.objection:
            yield self.transport.objection
        yield from self._objections_to_store()

    def _objections_to_store(self) -> Iterator[str]:
        store, cluster = self.store, self.cluster
        sources = [store.connections_file, store.connections_environment]
        wanted = 1 if store.kind is StoreKind.POSTGRES else 0
        if sum(map(bool, sources)) != wanted:
            yield (
                'in [store], kind = "postgres" needs either connections_file or connections_environment,'
                ' and kind = "sqlite" neither'
            )
        if store.epochs and store.kind is not StoreKind.POSTGRES:
            yield 'in [store], epochs need kind = "postgres": they are lists of its shards'
        if (cluster.listen or cluster.peers) and store.kind is not StoreKind.POSTGRES:
            yield 'in [cluster], listen and peers need kind = "postgres" in [store]: nodes share a store'
        if not all(map(_is_place, [*cluster.peers, *filter(None, [cluster.listen])])):
            yield "in [cluster], listen and each of peers must be HOST:PORT in quotes"


def _refuse(source: str, *objections: str) -> None:
    if objections:
        raise LocalError(f"{source}: {objections[0]}.")


def _is_place(written: str) -> bool:
    try:
        split_host_port(written)
    except LocalError:
        return False
    return True


def _is_private(written: str) -> bool:
    """Tell whether a place can be reached from this machine or a private network only."""
    host, _ = split_host_port(written)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    # The unspecified address counts as private for `ipaddress`, and is every address of this machine.
    return address.is_private and not address.is_unspecified
