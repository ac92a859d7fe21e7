"""Bytes to values and back: the strict codec, frames, padding and envelopes.

Everything here is the first code that hostile bytes meet, holds no secret, and
refuses with `FrameError` only.
"""
