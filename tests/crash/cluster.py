"""Nodes of one relay as programs, on shards that are killed and promoted under them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relay.folder import write_private
from tests.support.postgres import PostgresServer
from tests.support.programs import RelayProgram, free_port

_SETTINGS: Final = """
[store]
kind = "postgres"
connections_file = "{file}"
epochs = {epochs}
[cluster]
listen = "127.0.0.1:{port}"
peers = {peers}
[blobs]
folder = "{blobs}"
[limits]
reconnect_seconds = 1
mailbox_messages = 1000000
mailbox_mebibytes = 1000
"""


@dataclass
class ClusterPrograms:
    """Some nodes in a folder; they read `epochs` and `places` when they start."""

    folder: Path
    places: list[str]
    epochs: list[str] = field(default_factory=lambda: ["1"])
    count: int = 3

    def __post_init__(self) -> None:
        """Give each the identity key, a port for clients and one for nodes."""
        self.ports = [free_port() for _ in range(self.count)]
        self.nodes = [RelayProgram(self.folder / f"node{number}") for number in range(self.count)]
        for node in self.nodes:
            node.data.mkdir(mode=0o700)
            write_private(node.data / "identity.key", bytes(range(32)))

    def start(self, number: int) -> None:
        """Start one node."""
        file = self.folder / "shards"
        file.touch(mode=0o600)
        file.write_text("\n".join(self.places) + "\n")
        port = self.ports[number]
        peers = [f"127.0.0.1:{peer}" for peer in self.ports if peer != port]
        self.nodes[number].config = _SETTINGS.format(
            file=file,
            epochs=json.dumps(self.epochs),
            port=port,
            peers=json.dumps(peers),
            blobs=self.folder / "blobs",
        )
        self.nodes[number].start()

    def start_all(self) -> None:
        """Start every node."""
        for number in range(self.count):
            self.start(number)

    def kill_all(self) -> None:
        """SIGKILL every node."""
        for node in self.nodes:
            node.kill()


@dataclass
class ServerPair:
    """A primary and its synchronous standby, which take turns."""

    primary: PostgresServer
    standby: PostgresServer
    schema: str

    @classmethod
    def start(cls) -> "ServerPair":
        """Start both."""
        primary, standby = PostgresServer(), PostgresServer()
        primary.start()
        schema = primary.fresh().partition("options=")[2]
        standby.follow(primary)
        return cls(primary, standby, schema)

    def place(self, *servers: PostgresServer) -> str:
        """A connection string that names all of `servers`, or both."""
        hosts = ",".join(str(server.folder) for server in servers or (self.primary, self.standby))
        return f"host={hosts} user=relay dbname=postgres options={self.schema}"

    def fail_over(self) -> None:
        """Kill the primary at once, and have the standby take its place."""
        self.primary.kill()
        self.standby.promote()

    def replace(self) -> None:
        """Make a new standby in the place of the primary that was killed."""
        self.primary, self.standby = self.standby, self.primary
        self.standby.follow(self.primary)

    def remove(self) -> None:
        """Stop both and delete what they have."""
        self.primary.remove()
        self.standby.remove()
