"""`securemsg doctor`: what is well, what is not, and what to do about it."""

import argparse

import anyio

from client_tui.commands.context import Context
from client_tui.commands.opening import online
from client_tui.commands.output import ERROR_LIMIT, Record
from client_tui.commands.status import DONE, REFUSED
from client_tui.text.safe import SafeText, safe_line
from securemsg.client import Engine, Profile, home_exists
from securemsg.client.views import CheckView
from securemsg.errors import LocalError

PATIENCE = 10.0
"""Seconds for the relay to answer."""


def declare(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""
    del parser


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print one line for each check; ends with 1 where something is not well."""
    del arguments
    checks = _checks(context)
    for check in checks:
        _put(context, check)
    return DONE if all(check.ok for check in checks) else REFUSED


def _checks(context: Context) -> list[CheckView]:
    if not home_exists(context.home):
        return [CheckView("home", ok=False, advice="There is no account here yet: run `securemsg init`.")]
    try:
        return [CheckView("home", ok=True, advice=""), *online(context, _inside)]
    except LocalError as error:
        return [CheckView("vault", ok=False, advice=str(error))]


async def _inside(profile: Profile, engine: Engine) -> list[CheckView]:
    checks = list(profile.checks())
    relay = CheckView(
        "relay", ok=False, advice="The relay did not answer in time: check the network, then the relay."
    )
    with anyio.move_on_after(PATIENCE):
        relay = await engine.check_relay()
    return [*checks, relay]


def _put(context: Context, check: CheckView) -> None:
    record: Record = {"check": check.check, "ok": check.ok, "advice": check.advice}
    name, advice = safe_line(check.check), safe_line(check.advice, ERROR_LIMIT)
    # What is well may still be worth a word.
    line = f"{'ok  ' if check.ok else 'FAIL'}  {name}" + (f": {advice}" if advice else "")
    context.output.put(record, SafeText(line))
