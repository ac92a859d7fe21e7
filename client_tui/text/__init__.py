"""From foreign text to what may be shown: filter, wrapping, times, QR codes."""
