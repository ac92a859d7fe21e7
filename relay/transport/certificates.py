"""The certificate that connections are shown, replaced while the relay runs (Spec: MB-1, RL-32)."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import trio

from relay.clock import Clock
from relay.identity import Identity
from relay.log import Event, Log
from relay.transport.pair import Pair
from securemsg.crypto.certificate import begins, expires, spki_digest
from securemsg.errors import FrameError, LocalError
from securemsg.instant import DAY, Instant

_LOOK_SECONDS: Final = 10
"""How often the files are looked at: no administrator waits longer for what was replaced."""


class RefusedCertificateError(LocalError):
    """A pair that clients would not take; `event` says why in the log."""

    def __init__(self, event: Event, message: str) -> None:
        super().__init__(message)
        self.event = event


@dataclass(frozen=True, slots=True)
class Generation:
    """What the connections of one time are shown, and the identity whose hello is signed over it."""

    context: ssl.SSLContext
    identity: Identity
    ends: Instant


def server_context(pair: Pair, protocols: Sequence[str]) -> ssl.SSLContext:
    """TLS 1.3 only, with a certificate and our protocols, the first preferred.

    Raises `RefusedCertificateError`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols(list(protocols))
    # Every connection proves itself anew: a ticket would only link a client's connections.
    context.num_tickets = 0
    try:
        # Without a password the library would ask for one at the terminal.
        context.load_cert_chain(pair.certificate, pair.key, password="")
    except ssl.SSLError:
        raise RefusedCertificateError(
            Event.CERTIFICATE_UNFIT,
            "tls.key does not fit tls.crt; delete both, and the next start makes new ones.",
        ) from None
    except OSError as error:
        raise _unreadable(error) from None
    return context


class Certificates:
    """The current generation; older ones live as long as their connections."""

    def __init__(self, pair: Pair, identity: Identity, protocols: Sequence[str], clock: Clock) -> None:
        """Read the pair; raises `RefusedCertificateError`."""
        self._pair = pair
        self._protocols = protocols
        self._clock = clock
        self._stamp = pair.stamp()
        self.current = self._read(identity)

    def read(self, log: Log) -> None:
        """Show new connections what the files hold now; a pair that is refused changes nothing."""
        # Before the files are read: what changes meanwhile is seen the next time.
        self._stamp = self._pair.stamp()
        try:
            self.current = self._read(self.current.identity)
        except RefusedCertificateError as refused:
            log.note(refused.event)
        else:
            log.note(Event.CERTIFICATE_READ, {"days_left": (self.current.ends - self._clock()) // DAY})

    async def watch(self, log: Log) -> None:
        """Read the pair whenever one of its files has changed, for ever."""
        while True:
            await trio.sleep(_LOOK_SECONDS)
            if self._pair.stamp() != self._stamp:
                self.read(log)

    def _read(self, identity: Identity) -> Generation:
        leaf = self._leaf()
        context = server_context(self._pair, self._protocols)
        # The hello must be signed over the certificate that the context shows.
        if self._leaf() != leaf:
            raise RefusedCertificateError(Event.CERTIFICATE_UNFIT, "tls.crt was replaced while it was read.")
        try:
            first, ends, digest = begins(leaf), expires(leaf), spki_digest(leaf)
        except FrameError:
            raise _damaged() from None
        if not first <= self._clock() < ends:
            raise RefusedCertificateError(
                Event.CERTIFICATE_NOT_VALID, "tls.crt is not valid now; replace it, or delete it and tls.key."
            )
        return Generation(context, replace(identity, spki_digest=digest), ends)

    def _leaf(self) -> bytes:
        try:
            return self._pair.leaf()
        except OSError as error:
            raise _unreadable(error) from None
        except ValueError:
            raise _damaged() from None


def _unreadable(error: OSError) -> RefusedCertificateError:
    return RefusedCertificateError(
        Event.CERTIFICATE_UNREADABLE, f"The certificate or its key cannot be read: {error.strerror}."
    )


def _damaged() -> RefusedCertificateError:
    return RefusedCertificateError(
        Event.CERTIFICATE_DAMAGED,
        "tls.crt is damaged; delete it, and `securemsg-relay serve` makes a new one.",
    )
