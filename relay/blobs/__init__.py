"""Blobs: sealed files that wait for their readers, each a file beside the database (Spec: RL-60)."""
