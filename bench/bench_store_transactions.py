"""Messages stored, one or a hundred in a transaction: the vault, the same SQL without it, and its peers.

What the vault executes for one queued message is recorded once, and played in files with the
same schema, settings and number of messages. Every commit is synced. What the vault does
beside that SQL counts against it: its repositories in Python, the number of its WAL (ST-10).
"""

import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import apsw

from bench.bench_store_peers import Connection, Value, encrypted, plain, sqlcipher
from bench.bench_store_words import Words
from bench.figures import Figure, show
from bench.sessions import entropy
from securemsg.ids import MessageId
from securemsg.store.ids import ContactId
from securemsg.store.messages import NewMessage
from securemsg.store.recent import RecentSessions
from securemsg.store.rows import Rows
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, create, new_contact

ROUNDS: Final = 25
ALONE: Final = 40
"""Transactions of one message of each contender in a round."""

TOGETHER: Final = 100
"""Messages of a transaction that holds many, of which there are four in a round."""

BEFORE: Final = 20_000
"""Messages that are there before anything is measured."""

_CONTACT: Final = ContactId(1)
_ROW: Final = 987_654_321
_ID: Final = MessageId(b"a message's id..")
_TEXT: Final = "what is said"
_CONTENT: Final = b"what is sent"

Statements = Sequence[tuple[str, tuple[Value, ...]]]
Store = Callable[[Sequence[str]], None]
"""Stores texts in one transaction."""

Seconds = dict[str, list[float]]
"""Of each contender in every round."""


def transactions(folder: Path) -> None:
    """Measure in turn, and print."""
    recorded = record(folder / "recorded.db")
    contenders: dict[str, Store] = {"vault": _vault(folder / "vault")}
    opened = {
        "bare": encrypted(folder / "bare.db"),
        "plain": plain(folder / "plain.db"),
        "sqlcipher": sqlcipher(folder / "sqlcipher.db"),
    }
    for name, connection in opened.items():
        if connection is not None:
            contenders[name] = _player(connection, recorded)
    if "sqlcipher" not in contenders:
        print("# sqlcipher3 is not installed (it is in requirements/developer.txt)")
    for name, count, each in (("message", ALONE, 1), ("hundred", 4, TOGETHER)):
        walls, cpu = _rounds(contenders, count, each)
        for peer, target in (("plain", "0.85"), ("sqlcipher", "2")):
            for ours in ("vault", "bare") if peer in contenders else ():
                show(Figure(f"store_{name}_{ours}", _ratio(walls[peer], walls[ours]), peer, target))
                show(Figure(f"store_{name}_{ours}_cpu", _ratio(cpu[peer], cpu[ours]), peer))


def store(transaction: Transaction, message_id: MessageId, text: str, content: bytes) -> None:
    """Store a text of ours with what is to be sealed of it, as the client does."""
    row = transaction.messages.add_outgoing(_CONTACT, NewMessage.of_text(message_id, NOW, text), NOW)
    transaction.outbox.add(_CONTACT, content, NOW, row)


def record(path: Path) -> Statements:
    """Return what a vault executes for one message, with marks where one differs from the next."""
    connection = encrypted(path)
    transaction = Transaction(Rows(connection), RecentSessions())
    transaction.contacts.add(new_contact("bob"))
    connection.execute("insert into sqlite_sequence(name, seq) values ('messages', ?)", (_ROW - 1,))
    found: list[tuple[str, tuple[Value, ...]]] = []

    def note(_cursor: apsw.Cursor, sql: str, values: object) -> bool:
        found.append((sql, values if isinstance(values, tuple) else ()))
        return True

    connection.exec_trace = note
    store(transaction, _ID, _TEXT, _CONTENT)
    connection.close()
    return found


def _vault(home: Path) -> Store:
    vault = create(home)
    with vault.transaction() as transaction:
        transaction.contacts.add(new_contact("bob"))
    words = Words(1)
    _store_all(vault, [words.text() for _ in range(BEFORE)])
    return lambda texts: _store_all(vault, texts)


def _store_all(vault: Vault, texts: Sequence[str]) -> None:
    with vault.transaction() as transaction:
        for text in texts:
            store(transaction, MessageId(entropy(16)), text, text.encode())


def _player(connection: Connection, recorded: Statements) -> Store:
    who = new_contact("bob")
    connection.execute(
        "insert into contacts(id, alias, alias_key, name, account, trust, trust_before, claimant, claim_link,"
        " list_version, accepted, shown, created_at, read_up_to)"
        " values (1, ?1, ?1, ?1, ?2, 'first-seen', '', x'', '', 0, 0, x'', 0, 0)",
        (who.alias, bytes(who.account)),
    )

    def play(text: str) -> None:
        new: dict[Value, Value] = {_ID: entropy(16), _TEXT: text, _CONTENT: text.encode()}
        for sql, values in recorded:
            for row in connection.execute(sql, tuple(new.get(value, value) for value in values)).fetchall():
                # The first of all answers is the number of the new row.
                new.setdefault(_ROW, row[0])

    def play_all(texts: Sequence[str]) -> None:
        connection.execute("begin immediate")
        for text in texts:
            play(text)
        connection.execute("commit")

    words = Words(1)
    play_all([words.text() for _ in range(BEFORE)])
    return play_all


def _rounds(contenders: Mapping[str, Store], count: int, each: int) -> tuple[Seconds, Seconds]:
    """Return the seconds of so many transactions, by the clock and of the processor."""
    words = Words(2)
    walls: Seconds = {name: [] for name in contenders}
    cpu: Seconds = {name: [] for name in contenders}
    order = deque(contenders.items())
    for _ in range(ROUNDS):
        texts = [[words.text() for _ in range(each)] for _ in range(count)]
        # Nobody is always the one who comes after the same.
        order.rotate()
        for name, take in order:
            start, worked = time.perf_counter(), time.process_time()
            for together in texts:
                take(together)
            walls[name].append(time.perf_counter() - start)
            cpu[name].append(time.process_time() - worked)
    for what, seconds in (("wall", walls), ("cpu", cpu)):
        rates = {name: round(statistics.median(taken) / count * 1e6) for name, taken in seconds.items()}
        print(f"{what} microseconds a transaction of {each}: {rates}", file=sys.stderr)
    return walls, cpu


def _ratio(peer: Sequence[float], ours: Sequence[float]) -> float:
    return statistics.median(theirs / own for theirs, own in zip(peer, ours, strict=True))
