"""An invented campaign to look around in: offline, at a fixed hour, in a folder removed at the end."""
