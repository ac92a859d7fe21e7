"""`securemsg network`: through which proxy and on which transport relays are reached."""

import argparse
import sys

from client_tui.commands.context import Context
from client_tui.commands.opening import offline
from client_tui.commands.output import tell
from client_tui.commands.status import DONE
from client_tui.text.language import _
from client_tui.text.safe import safe_line
from securemsg.client import Profile
from securemsg.client.network import Routing, load_routing, set_proxy, set_transport
from securemsg.client.proxy import VARIABLE, Proxy, environment_proxy
from securemsg.client.ways import Transport
from securemsg.errors import LocalError

NO_PROXY = "none"
LONGEST = 2_048
"""Characters read of a proxy: the longest login, every character of it escaped, and a host."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--proxy",
        metavar="PROXY",
        help=_(
            "socks5://HOST:PORT or http://HOST:PORT; - reads it from standard input,"
            " USER:PASSWORD@ before the host allowed; none for none"
        ),
    )
    parser.add_argument(
        "--transport",
        choices=[transport.value for transport in Transport],
        help=_("auto if nothing is blocked"),
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Change what is given, then print what holds (Spec: CL-22)."""
    proxy = None if arguments.proxy is None else _proxy(arguments.proxy)

    def work(profile: Profile) -> Routing:
        with profile.step() as step:
            if arguments.proxy is not None:
                set_proxy(step, proxy)
            if arguments.transport is not None:
                set_transport(step, Transport(arguments.transport))
            return load_routing(step.vault)

    routing = offline(context, work)
    shown = NO_PROXY if routing.proxy is None else routing.proxy.where
    context.output.put(
        {"proxy": None if routing.proxy is None else shown, "transport": routing.transport.value},
        safe_line(
            _("proxy: {proxy}, transport: {transport}").format(proxy=shown, transport=routing.transport.value)
        ),
    )
    if environment_proxy() is not None:
        tell(
            _("The proxy is the one that {variable} names, not the one of this home.").format(
                variable=VARIABLE
            )
        )
    return DONE


def _proxy(text: str) -> Proxy | None:
    if text == NO_PROXY:
        return None
    if text == "-":
        return Proxy.parse(sys.stdin.readline(LONGEST))
    proxy = Proxy.parse(text)
    if proxy.user:
        raise LocalError(
            _("A password is not for the command line, which others can see: give --proxy - and type it.")
        )
    return proxy
