"""`securemsg timer`: how long new messages of a conversation stay, on both sides."""

import argparse

from client_tui.commands.context import Context
from client_tui.commands.leaving import change
from client_tui.commands.lifetime import lifetime
from client_tui.commands.opening import offline
from client_tui.commands.status import DONE
from client_tui.text.language import _
from client_tui.text.safe import SafeText, safe_name
from client_tui.text.when import lasting
from securemsg.client import Profile
from securemsg.client.views import ConversationView


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _(
        "The time of your messages begins when the relay has them, that of others' when you have read them."
        " Messages from before keep the time that they had. Whoever receives a message can copy it."
    )
    parser.add_argument("contact", metavar="CONTACT", help=_("alias, or the beginning of an account id"))
    parser.add_argument(
        "time",
        metavar="TIME",
        nargs="?",
        type=lifetime,
        help=_("5s to 366d (s, min, h, d, w), or off; without it, what is set is printed"),
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Set the timer where one is given, then print what holds."""

    def work(profile: Profile) -> ConversationView:
        contact = profile.find_contact(arguments.contact).contact
        if arguments.time is not None:
            return profile.set_timer(contact, arguments.time)
        return profile.find_contact(arguments.contact)

    view = offline(context, work) if arguments.time is None else change(context, work)
    alias = safe_name(view.alias)
    if view.lifetime:
        said = _("{alias}: new messages stay for {time}").format(alias=alias, time=lasting(view.lifetime))
    else:
        said = _("{alias}: messages stay").format(alias=alias)
    context.output.put({"contact": view.alias, "lifetime": view.lifetime}, SafeText(said))
    return DONE
