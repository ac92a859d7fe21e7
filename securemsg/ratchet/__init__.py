"""The double ratchet with header encryption: one pair of devices, one secret for each message.

`start.initiate` and `start.respond` make a state of what a handshake agreed on,
`seal.seal_message` and `opening.open_message` step it, `snapshot` writes and reads
its record. States are values: a refused message changes nothing. Skipped message
keys are not part of a state: they are rows that the caller keeps (`skipped`).
"""
