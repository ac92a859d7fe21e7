"""The mailbox protocol between a client and a relay, both roles, without any I/O.

Bytes that arrive go into `receive_data`, what they mean comes out of `next_event`,
and what to write comes back from `send`. `client.ClientConnection` is the asking
side, `relay.RelayConnection` the answering one (Spec: 08).
"""
