"""Opening a session with somebody who is away: PQXDH over prekeys signed as one tree."""
