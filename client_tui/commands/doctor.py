"""`securemsg doctor`: what is well, what is not, and what to do about it."""

import argparse

import anyio

from client_tui.commands.context import Context
from client_tui.commands.opening import online
from client_tui.commands.output import ERROR_LIMIT, Record
from client_tui.commands.status import DONE, REFUSED
from client_tui.text.language import N_, _
from client_tui.text.safe import SafeText, safe_line
from client_tui.text.sentences import translated
from securemsg.client import Engine, Profile, home_exists
from securemsg.client.alarms import ALARM
from securemsg.client.views import CheckView
from securemsg.errors import LocalError

NAMES = {
    "home": N_("home"),
    "vault": N_("vault"),
    "mailbox": N_("mailbox"),
    "outbox": N_("outbox"),
    "refused": N_("refused"),
    "clock": N_("clock"),
    "session": N_("session"),
    "alarm": N_("alarm"),
    "relay": N_("relay"),
}
"""What a check is called; scripts read the keys."""

PATIENCE = 10.0
"""Seconds for the relay to answer."""

NO_HOME = N_("There is no account here yet: run `securemsg init`.")


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _(
        "With the number of your mailbox (with --json the key `mailbox`) the administrator of your relay can"
        " tell what the relay holds of it: `securemsg-relay what-we-hold NUMBER`."
    )
    parser.add_argument(
        "--seen", action="store_true", help=_("you have read the alarms that it prints: they are over then")
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Print one line for each check; ends with 1 where something is not well.

    An alarm that is read now is over, unless it is raised anew (Spec: CL-17).
    """
    if not home_exists(context.home):
        return _put(context, CheckView("home", ok=False, advice=_(NO_HOME)))

    async def examine(profile: Profile, engine: Engine) -> int:
        _put(context, CheckView("home", ok=True, advice=""))
        alarms = profile.alarms() if arguments.seen else []
        checks = await _inside(profile, engine)
        statuses = [_put(context, check) for check in checks]
        for alarm in alarms:
            profile.dismiss_alarm(alarm.kind, alarm.contact)
        read = [arguments.seen and check.check == ALARM for check in checks]
        return max(DONE if seen else status for status, seen in zip(statuses, read, strict=True))

    try:
        return online(context, examine)
    except LocalError as error:
        return _put(context, CheckView("vault", ok=False, advice=error.sentence))


async def _inside(profile: Profile, engine: Engine) -> list[CheckView]:
    checks = list(profile.checks())
    silent = _("The relay did not answer in time: check the network, then the relay.")
    relay = CheckView("relay", ok=False, advice=silent)
    with anyio.move_on_after(PATIENCE):
        relay = await engine.check_relay()
    return [*checks, relay]


def _put(context: Context, check: CheckView) -> int:
    record: Record = {"check": check.check, "ok": check.ok, "advice": check.advice}
    if check.mailbox:
        record = {**record, "mailbox": check.mailbox}
    name = safe_line(f"{_(NAMES.get(check.check, check.check))} {check.mailbox}".strip())
    advice = safe_line(translated(check.advice), ERROR_LIMIT)
    # What is well may still be worth a word.
    state = _("ok") if check.ok else _("FAIL")
    line = f"{state:<5} {name}" + (_(": {advice}").format(advice=advice) if advice else "")
    context.output.put(record, SafeText(line))
    return DONE if check.ok else REFUSED
