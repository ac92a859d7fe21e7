"""What carries the frames of 08: names and bounds that clients and relays share (Spec: MB-1, MB-15)."""

from typing import Final

ALPN: Final = "securemsg/1"
"""Frames directly inside TLS."""

WEBSOCKET_ALPN: Final = "http/1.1"
"""Frames inside the WebSocket that an HTTP/1.1 request asks for."""

WEBSOCKET_PATH: Final = "/securemsg/1"
"""What that request asks for; nothing else is there."""

WEBSOCKET_HEAD: Final = 4_096
"""Bytes of an HTTP head in either direction: many times what an upgrade needs."""

WEBSOCKET_MESSAGE: Final = 65_536
"""Bytes of a WebSocket message with all its fragments; what is longer is sent as several."""
