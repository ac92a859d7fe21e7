"""Homes that are copied and put back, and the moment in which their owner connects."""

import shutil

from securemsg.client.copies import take_position
from securemsg.mailbox.answers import Subscribed
from securemsg.store.vault import Vault
from tests.client.post import Person
from tests.store.vaults import PASSPHRASE


def copy_home(person: Person) -> None:
    """Make a backup of somebody's home, in place of an earlier one."""
    backup = person.home.with_suffix(".backup")
    shutil.rmtree(backup, ignore_errors=True)
    _closed(person)
    shutil.copytree(person.home, backup)
    _opened(person)


def put_back(person: Person) -> None:
    """Let the home be as it was when it was copied."""
    _closed(person)
    shutil.rmtree(person.home)
    shutil.copytree(person.home.with_suffix(".backup"), person.home)
    _opened(person)


def subscribed(person: Person) -> Subscribed:
    """Return what the office says to somebody who subscribes."""
    newest = person.box.sequence
    waiting = [delivery.sequence for delivery in person.box.queue]
    return Subscribed(min(waiting) - 1 if waiting else newest, newest)


def connect(person: Person, told: Subscribed | None = None) -> None:
    """Subscribe, collect, look after the shelf, send."""
    answer = told or subscribed(person)
    person.profile.decide(lambda step: take_position(step, answer))
    person.upkeep()
    person.collect()
    person.send()


def alarms(person: Person) -> list[str]:
    """Return the kinds of alarm that somebody is shown."""
    return [view.kind for view in person.profile.alarms()]


def _closed(person: Person) -> None:
    person.profile.close()


def _opened(person: Person) -> None:
    profile = person.profile
    person.profile = type(profile)(Vault.open(person.home, PASSPHRASE), person.clock, profile.entropy)
