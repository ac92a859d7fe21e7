"""The program `securemsg`: a terminal client and scriptable commands over `securemsg.client`."""
