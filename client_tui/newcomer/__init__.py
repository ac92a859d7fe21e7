"""The first minute of somebody new: a relay on this machine, a second person who answers, and the client."""
