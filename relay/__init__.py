"""The relay: keeps envelopes that it cannot read until their mailbox's owner has them.

Nothing here could decrypt one, and an import rule keeps it so (Spec: RL-10).
"""
