"""Pictures from others: decoded in a program of its own that can do nothing else.

Decoders of pictures are where hostile bytes meet much code written in C. They run in a child (`child`) that
gives up every right before it reads a byte (`confinement`), gets the picture through a pipe and answers with
a form so simple that it is checked whole (`raster`, `codes`). The child knows nothing of the vault.

Spec: FI-16.
"""
