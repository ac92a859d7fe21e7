"""The relay's numbers in the words of Prometheus (Spec: RL-41)."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from relay.counters import Counters, Distribution
from securemsg.mailbox.answers import ErrorCode

_PREFIX: Final = "securemsg_relay_"

_COUNTED: Final = {
    "accepted": "Envelopes accepted, each on disk before it was counted.",
    "delivered": "Envelopes handed to their owners, repeats included.",
    "expired": "Rows removed because their time was over.",
    "expiry_walks": "Walks through everything that may expire, from beginning to end.",
    "blobs_created": "Blobs begun.",
    "blobs_completed": "Blobs that are whole on disk since.",
    "blobs_expired": "Blobs removed because their time was over, unfinished ones included.",
    "blob_bytes_stored": "Bytes of blobs written, each on disk before it was counted.",
    "blob_bytes_read": "Bytes of blobs handed to readers.",
    "connections": "Connections let in.",
    "connections_refused": "Connections closed at once because there were too many.",
    "connections_throttled": "Connections closed at once because too many came within a second.",
    "connections_failed": "Connections ended by an error of the relay.",
    "handshakes": "TLS handshakes that succeeded.",
    "handshakes_failed": "TLS handshakes that failed or took too long.",
    "websockets": "Connections that carry their frames in a WebSocket.",
    "violations": "Connections ended because the client did not keep to the protocol.",
    "stalled": "Connections ended because the client took nothing any more.",
    "takeovers": "Subscriptions taken over by a newer connection of the owner.",
    "commits": "Commits of the store.",
    "commits_failed": "Commits that failed: nothing of them was accepted.",
    "operations": "Operations in all commits.",
}
"""Counters by the name of their field."""

_DISTRIBUTED: Final = {
    "commit_seconds": "Time of a commit, waiting for the disk included.",
    "commit_operations": "Operations in one commit.",
    "loop_lag_seconds": "How late the event loop came, looked at once a second.",
}
"""Histograms by the name of their field."""

_GAUGES: Final = {
    "connections_open": "Connections at this moment.",
    "queue_operations": "Operations that wait for their commit or are in it.",
    "queue_bytes": "Bytes of envelopes and prekeys that wait for their commit or are in it.",
    "mailboxes": "Mailboxes, counted once a minute.",
    "envelopes": "Envelopes that wait for their owners, counted once a minute.",
    "envelope_bytes": "Bytes of these.",
    "invitations": "Invitations with uses left, counted once a minute.",
    "blobs": "Blobs kept, unfinished ones included, counted once an hour.",
    "blob_bytes": "Bytes of these when they are whole.",
    "blob_queue_bytes": "Bytes of chunks that wait for the disk.",
    "blob_disk_free_bytes": "Bytes free on the disk of the blobs.",
    "store_bytes": "Bytes of the database and its log of writes.",
    "disk_free_bytes": "Bytes free on the disk of the data folder, beside the reserve.",
    "disk_reserve_bytes": "Bytes that the reserve holds; none when it was given back to a full disk.",
    "disk_pressure": "0 nothing is refused, 1 new mailboxes are, 2 everything that grows is.",
    "certificate_expires_seconds": "When the certificate ends, in seconds since 1970.",
    "ready": "1 when new connections are served, 0 when they should go elsewhere or come later.",
}
"""What is of this moment."""

NAMES: Final = frozenset(
    [
        *(f"{_PREFIX}{name}_total" for name in [*_COUNTED, "refused"]),
        *(f"{_PREFIX}{name}{end}" for name in _DISTRIBUTED for end in ("_bucket", "_sum", "_count")),
        *(f"{_PREFIX}{name}" for name in _GAUGES),
    ]
)
"""Every name of our own that is told; those of the process are the client library's."""


class _Snapshot(Collector):
    """What is told once."""

    def __init__(self, counters: Counters, moment: Mapping[str, float]) -> None:
        self._counters = counters
        self._moment = moment

    def collect(self) -> Iterator[Metric]:
        for name, text in _COUNTED.items():
            yield CounterMetricFamily(_PREFIX + name, text, getattr(self._counters, name))
        refused = CounterMetricFamily(_PREFIX + "refused", "Requests refused, by reason.", labels=["code"])
        for code in ErrorCode:
            refused.add_metric([code.name.lower()], self._counters.refusals[code])
        yield refused
        for name, text in _DISTRIBUTED.items():
            yield _histogram(_PREFIX + name, text, getattr(self._counters, name))
        for name, value in self._moment.items():
            yield GaugeMetricFamily(_PREFIX + name, _GAUGES[name], value)


def exposition(counters: Counters, moment: Mapping[str, float]) -> bytes:
    """The page that Prometheus reads; `moment` has gauges by name."""
    registry = CollectorRegistry()
    registry.register(_Snapshot(counters, moment))
    ProcessCollector(registry=registry)
    return generate_latest(registry)


def _histogram(name: str, text: str, found: Distribution) -> HistogramMetricFamily:
    bounds = [*map(floatToGoString, found.bounds), "+Inf"]
    buckets = list(zip(bounds, map(float, itertools.accumulate(found.counts)), strict=True))
    return HistogramMetricFamily(name, text, buckets, found.total)
