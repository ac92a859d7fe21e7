"""Where the PostgreSQL servers are: connection strings, which hold passwords and so have their own file."""

import io
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relay.cluster.epochs import Epochs
from relay.config import Config, StoreSettings
from securemsg.errors import LocalError

_OF_OTHERS: Final = 0o007
"""A file with passwords is not for everybody; its group may be that of the service."""

_MOST_BYTES: Final = 64 * 1024
"""More is not a list of servers."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach one shard's server, in the words of libpq."""

    text: str = field(repr=False)


def connections(
    settings: StoreSettings, environment: Mapping[str, str] = os.environ
) -> tuple[Connection, ...]:
    """Read the connection strings, one a line, the first for the first shard; raises `LocalError`.

    Empty lines and those that begin with # are passed over. No error repeats what was read (Spec: RL-40).
    """
    if settings.connections_file is not None:
        source, written = str(settings.connections_file), _read(settings.connections_file)
    else:
        source = f"the environment's {settings.connections_environment}"
        written = environment.get(settings.connections_environment, "")
    lines = [line.strip() for line in written.splitlines()]
    found = tuple(Connection(line) for line in lines if line and not line.startswith("#"))
    if not found:
        raise LocalError(f"There is no connection string in {source}; write one a line, one for each shard.")
    return found


def refuse_missing_files(config: Config) -> None:
    """Refuse a configuration that names files that cannot be read, or shards that are not there.

    Raises `LocalError`.
    """
    if config.store.connections_file or config.store.connections_environment:
        Epochs.parse(config.store.epochs, len(connections(config.store)))
    for name in (config.tls.certificate, config.tls.key):
        if name is not None:
            _open(name).close()


def _read(path: Path) -> str:
    with _open(path) as file:
        if os.fstat(file.fileno()).st_mode & _OF_OTHERS:
            raise LocalError(f"{path} has passwords in it and is open to everybody; use `chmod 640`.")
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise LocalError(f"{path} is too long for a list of servers; write one connection string a line.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise LocalError(f"{path} is not text; write one connection string a line.") from None


def _open(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise LocalError(
            f"The file {path} that the configuration names cannot be read: {error.strerror}."
        ) from None
