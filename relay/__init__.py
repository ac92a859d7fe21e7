"""The relay: keeps envelopes that it cannot read until their mailbox's owner has them (Spec: 09)."""
