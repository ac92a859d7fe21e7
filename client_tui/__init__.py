"""The program `securemsg`: a terminal client and scriptable commands over `securemsg.client`."""

import os

# Textual reads these when it is imported, which is after this: they name a file that logs every key,
# a driver to load, keys to press, a port to open. None of that is for an environment to say here.
for _name in [name for name in os.environ if name.startswith("TEXTUAL")]:
    del os.environ[_name]
