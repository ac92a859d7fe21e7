"""The subcommands by name; the module of each bears its name and is imported when it is asked for."""

from typing import Final

from client_tui.text.language import N_

TABLE: Final = (
    ("chat", N_("open the terminal client (also without a command)")),
    ("init", N_("create an account on a relay")),
    ("link", N_("print your contact link")),
    ("add", N_("add a contact from a link")),
    ("contacts", N_("list contacts")),
    ("send", N_("send a message")),
    ("files", N_("list files that were sent and received")),
    ("save", N_("fetch a file and put it into a folder")),
    ("receive", N_("fetch and print new messages")),
    ("history", N_("print a conversation")),
    ("search", N_("search all conversations")),
    ("timer", N_("show or set how long new messages stay")),
    ("requests", N_("list people who wrote first; accept or decline")),
    ("block", N_("hear nothing of a contact any more")),
    ("unblock", N_("hear a contact again")),
    ("rename", N_("call a contact otherwise")),
    ("delete", N_("forget a contact, or what was said")),
    ("verify", N_("show or confirm a safety number")),
    ("network", N_("show or set the proxy and the transport")),
    ("doctor", N_("check home, vault, relay and clock")),
    ("wipe", N_("destroy this account on this device")),
)
"""Names and summaries, in the order of the help."""

USUAL: Final = "chat"
"""What runs when no command is named."""
