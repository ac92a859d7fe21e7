"""What the person is told beyond the state of messages, each with one sentence (Spec: CL-17)."""

from typing import Final

from securemsg.client.step import Step
from securemsg.client.views import AlarmView, CheckView
from securemsg.errors import Sentence
from securemsg.instant import DAY, HOUR, SECOND
from securemsg.store.alarms import NOBODY, Alarm
from securemsg.store.ids import ContactId

REFUSED_IN_A_ROW: Final = 2
"""Refusals of a contact's prekeys after which the person is told: one may be a hiccup (Spec: CL-17)."""

ALARM: Final = "alarm"
"""What `doctor` calls a check of this kind."""

BEHIND: Final = "behind"
RELAY_BEHIND: Final = "relay_behind"
FAR_SHELF: Final = "far_shelf"
UNKNOWN_RECEIPT: Final = "unknown_receipt"
CLOCK: Final = "clock"

_SENTENCES: Final = {
    BEHIND: (
        "This copy of your home is older than what your relay has seen of you: it was restored from a backup,"
        " or another copy is in use. All sessions are being renewed. What arrived after the copy was made is"
        " missing here: ask for it again, and use one copy only."
    ),
    RELAY_BEHIND: (
        "Your relay has gone back to an older state: what others sent you after that may be lost."
        " Those who wrote to you see no receipt for it."
    ),
    FAR_SHELF: (
        "Your relay claims keys of yours that are too far ahead to be true: new contacts may not reach you."
        " Ask its administrator."
    ),
    CLOCK: (
        "The clock of this computer differs from the relay's by {amount}: set it. Messages of new people may"
        " be refused until then. If your clock is right, tell the relay's administrator."
    ),
    UNKNOWN_RECEIPT: (
        "{alias} confirmed a message that this copy of your home never sent: it may be an older copy, or"
        " another is in use. The session with {alias} is being renewed."
    ),
    "stale": (
        "The relay of {alias} keeps returning keys that are too old: {alias} was not there for a month, or"
        " the relay withholds newer keys. Nothing new is begun with them."
    ),
    "old_list": (
        "The relay of {alias} keeps returning an old certificate, or one that contradicts what was seen:"
        " it is refused. Ask {alias} over another way."
    ),
    "prekeys": (
        "The relay of {alias} keeps returning keys that {alias} did not sign: they are refused."
        " Ask {alias} for a new contact link."
    ),
    "own": "The address of {alias} leads back to this device: ask {alias} for a new contact link.",
}

SHELF_WORDS: Final = ("stale", "old_list", "prekeys", "own")
"""Kinds that end when prekeys of the contact are accepted."""


def raise_alarm(step: Step, kind: str, contact: ContactId = NOBODY) -> None:
    """Tell the person, anew if an earlier alarm of this kind was dismissed."""
    step.vault.alarms.renew(kind, contact, step.now)
    step.changes.list = True


def count_refusal(step: Step, word: str, contact: ContactId) -> None:
    """Count that prekeys of a contact were refused (Spec: CL-17)."""
    if word in SHELF_WORDS and step.vault.alarms.count(word, contact, step.now) >= REFUSED_IN_A_ROW:
        step.changes.list = True


def end_refusals(step: Step, contact: ContactId) -> None:
    """Note that prekeys of a contact were accepted."""
    if step.vault.alarms.clear(contact, SHELF_WORDS):
        step.changes.list = True


def alarm_views(step: Step) -> list[AlarmView]:
    """Return what the person has not dismissed, the newest first."""
    return [_view(step, alarm) for alarm in step.vault.alarms.unseen() if _is_due(alarm)]


def alarm_checks(step: Step) -> list[CheckView]:
    """Return a failed check for each alarm, or one that all is well."""
    views = alarm_views(step)
    checks = [CheckView(ALARM, ok=False, advice=view.sentence) for view in views]
    return checks or [CheckView(ALARM, ok=True, advice="")]


def _is_due(alarm: Alarm) -> bool:
    return alarm.kind not in SHELF_WORDS or alarm.times >= REFUSED_IN_A_ROW


def _view(step: Step, alarm: Alarm) -> AlarmView:
    alias = "" if alarm.contact == NOBODY else step.vault.contacts.get(alarm.contact).alias
    return AlarmView(
        kind=alarm.kind,
        contact=None if alarm.contact == NOBODY else alarm.contact,
        sentence=Sentence(_SENTENCES[alarm.kind], alias=alias, amount=span_in_words(alarm.amount)),
        at=alarm.at,
    )


def span_in_words(milliseconds: int) -> str:
    """Return the size of a difference between two instants as a person says it."""
    size = abs(milliseconds)
    if size >= 2 * DAY:
        return Sentence("{count} days", count=size // DAY)
    if size >= 2 * HOUR:
        return Sentence("{count} hours", count=size // HOUR)
    return Sentence("{count} minutes", count=size // (60 * SECOND))
