"""Several nodes and several shards that are one relay (Spec: RL-50..RL-59)."""
