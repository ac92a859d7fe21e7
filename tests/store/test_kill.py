"""Processes that are killed while they write: whatever they had confirmed is there."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from securemsg.ids import MessageId, SubmitId
from securemsg.store.messages import NewMessage
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from tests.store.chance import Chance
from tests.store.vaults import NOW, PASSPHRASE, add_contact, create

ROOT = Path(__file__).resolve().parents[2]
KILLS = 12
WORKER = """
import sys
from pathlib import Path
from securemsg.store.vault import Vault
from tests.store.test_kill import deliver
from tests.store.vaults import PASSPHRASE

vault = Vault.open(Path(sys.argv[1]), PASSPHRASE)
number = int(sys.argv[2])
while True:
    with vault.transaction() as transaction:
        deliver(transaction, number)
    print(number, flush=True)
    number += 1
"""


def deliver(transaction: Transaction, number: int) -> bool:
    """Handle one delivery as the client does: seen mark, message and receipt together."""
    name = number.to_bytes(16, "big")
    if not transaction.received.mark(SubmitId(name), NOW):
        return False
    contact = transaction.contacts.find("bob").id
    new = NewMessage.of_text(MessageId(name), NOW, f"text number {number}")
    transaction.messages.add_incoming(contact, new, NOW)
    transaction.outbox.add(contact, b"receipt" + name, NOW)
    return True


def run_and_kill(home: Path, first: int, seconds: float) -> int:
    """Let a process handle deliveries from `first` on, kill it, and return the last it confirmed."""
    command = [sys.executable, "-c", WORKER, str(home), str(first)]
    worker = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    last = int(worker.stdout.readline())
    time.sleep(seconds)
    worker.send_signal(signal.SIGKILL)
    # From the same buffer as the first line: there may be more in it.
    rest = worker.stdout.read()
    worker.stdout.close()
    worker.wait(timeout=60)
    # A line that the kill cut in two confirms nothing.
    whole = rest[: rest.rfind("\n") + 1].split()
    return int(whole[-1]) if whole else last


def test_what_a_killed_process_had_confirmed_is_there_once(home: Path) -> None:
    """R02, R04, R05, R07: nothing lost, nothing twice, nothing half."""
    vault = create(home)
    with vault.transaction() as transaction:
        add_contact(transaction, "bob")
    vault.close()
    chance = Chance(7)
    stored = 0
    for _ in range(KILLS):
        confirmed = run_and_kill(home, stored + 1, chance.random() / 20)
        vault = Vault.open(home, PASSPHRASE)
        assert vault.check() == []
        with vault.transaction() as transaction:
            contact = transaction.contacts.find("bob").id
            texts = [message.text for message in transaction.messages.page(contact, None, 10**6)]
            stored = len(texts)
            assert texts == [f"text number {number + 1}" for number in range(stored)]
            assert transaction.outbox.waiting() == stored
            assert stored in (confirmed, confirmed + 1)
            assert not deliver(transaction, stored), "a redelivery is known"
        vault.close()
    assert stored > KILLS
