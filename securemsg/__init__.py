"""securemsg: end-to-end encrypted messaging that an organisation can run by itself.

Programs use `securemsg.client` (a whole participant: vault, engine, connection).
The packages below it are sans-IO and usable on their own: `ratchet`, `session`,
`handshake`, `identity`, `mailbox`, `wire`, `crypto`.
"""
