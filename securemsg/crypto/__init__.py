"""Primitives under this project's names; the only importer of `cryptography` and `nacl`.

One module per primitive. Keys are parsed once, at the door, and every refusal of
a key, signature or ciphertext is an `AuthenticationError` that says no more.
"""
