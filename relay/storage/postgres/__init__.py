"""The store of many relays: a PostgreSQL database with a standby."""
