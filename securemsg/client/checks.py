"""What `doctor` looks at: home, vault, outbox, refusals, clock, sessions; the relay is the engine's part."""

from typing import Final

from securemsg.client.alarms import alarm_checks
from securemsg.client.healing import healing_checks
from securemsg.client.step import Step
from securemsg.client.views import CheckView
from securemsg.errors import Sentence
from securemsg.instant import DAY

_NOT_CONFIRMED: Final = "The relay has not confirmed the mailbox yet: run `securemsg receive`."


def offline_checks(step: Step, damage: list[str]) -> list[CheckView]:
    """Return the checks that need no network."""
    known = [_vault(damage), _registration(step), _outbox(step), _refusals(step), _clock(step)]
    return [*known, *healing_checks(step), *alarm_checks(step)]


def _vault(damage: list[str]) -> CheckView:
    advice = Sentence("restore the home folder from a backup; nothing was overwritten") if damage else ""
    return CheckView("vault", not damage, advice)


def _registration(step: Step) -> CheckView:
    registered = step.vault.owner.registered()
    advice = "" if registered else Sentence(_NOT_CONFIRMED)
    return CheckView("mailbox", registered, advice, step.owner.link.mailbox.hex())


def _outbox(step: Step) -> CheckView:
    waiting = step.vault.outbox.waiting()
    told = Sentence("{count} waiting to be sent: any command that connects sends them", count=waiting)
    advice = told if waiting else ""
    return CheckView("outbox", not waiting, advice)


def _refusals(step: Step) -> CheckView:
    counts = step.vault.notes.counts()
    if not counts:
        return CheckView("refused", ok=True, advice="")
    told = ", ".join(f"{kind} {number}" for kind, number in counts.items())
    advice = Sentence("refused so far: {told}; if messages are missing, ask for them again", told=told)
    return CheckView("refused", ok=True, advice=advice)


def _clock(step: Step) -> CheckView:
    # The vault knows one instant for sure: it was not made in the future.
    ok = step.now >= step.owner.created_at - DAY
    return CheckView(
        "clock", ok, "" if ok else Sentence("the clock is earlier than this home was made: set it")
    )
