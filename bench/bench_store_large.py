"""A vault of a million messages: search, opening, pages, and what it costs to erase.

Each figure is a limit divided by the median time of ours, warm: above 1 keeps the limit.
"""

import contextlib
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bench.bench_store_words import Words
from bench.figures import Figure, show
from bench.sessions import entropy
from securemsg.ids import MessageId
from securemsg.instant import SECOND, Instant
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import NewMessage
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, PASSPHRASE, create, new_contact

MESSAGES: Final = 1_000_000
LONGEST: Final = ContactId(1)
"""Has a tenth of all messages."""

DELETED: Final = ContactId(2)
"""Has 79 of a thousand."""

_OTHERS: Final = 18
_TO_LONGEST, _TO_DELETED = 100, 79
_AT_ONCE: Final = 20_000
_PAGE: Final = 50
_TIMES: Final = 25

SEARCH_MS: Final = 5
PAGE_MS: Final = 5
OPEN_MS: Final = 200
"""With the cheapest passphrase that there may be (32 MiB): it takes some 30 ms of this."""

ERASE_MS: Final = 100
DELETE_MS: Final = 5_000


def large(folder: Path, count: int = MESSAGES) -> None:
    """Fill a vault, measure, and print."""
    words = Words(3)
    home = folder / "large"
    start = time.perf_counter()
    vault = _fill(home, words, count)
    size = (home / "vault.db").stat().st_size
    took = time.perf_counter() - start
    print(f"filled with {count} messages in {took:.0f} s: {size / 1e6:.0f} MB", file=sys.stderr)
    _search(vault, words)
    _pages(vault)
    vault.close()
    _opening(home)
    with contextlib.closing(Vault.open(home, PASSPHRASE)) as again:
        _erasing(again, words)


def _fill(home: Path, words: Words, count: int) -> Vault:
    vault = create(home)
    with vault.transaction() as transaction:
        for number in range(2 + _OTHERS):
            transaction.contacts.add(new_contact(f"contact {number}"))
    for start in range(0, count, _AT_ONCE):
        with vault.transaction() as transaction:
            for number in range(start, min(start + _AT_ONCE, count)):
                now = Instant(NOW + number * SECOND)
                new = NewMessage.of_text(MessageId(entropy(16)), now, words.text())
                if words.one_of(2):
                    transaction.messages.add_incoming(_whose(number), new, now)
                else:
                    transaction.messages.add_outgoing(_whose(number), new, now)
    vault.checkpoint()
    return vault


def _whose(number: int) -> ContactId:
    """Deal messages out so that every conversation goes through the whole file."""
    place = number * 7 % 1_000
    if place < _TO_LONGEST:
        return LONGEST
    if place < _TO_LONGEST + _TO_DELETED:
        return DELETED
    return ContactId(3 + place % _OTHERS)


def _search(vault: Vault, words: Words) -> None:
    known = words.known
    queries = {
        "common": f"{known[0]} ",
        "rare": f"{known[-1]} ",
        "two_words": f"{known[1]} {known[40]} ",
        "two_common": f"{known[0]} {known[1]} ",
        "beginning": known[200][:4],
        "beginning_of_common": known[0][:3],
    }
    for name, query in queries.items():

        def find(query: str = query) -> int:
            with vault.transaction() as transaction:
                return len(transaction.search.find(query, _PAGE))

        print(f"search {name}: {find()} found", file=sys.stderr)
        _show(f"store_search_{name}", SEARCH_MS, find)


def _pages(vault: Vault) -> None:
    def newest() -> None:
        with vault.transaction() as transaction:
            transaction.messages.page(LONGEST, None, _PAGE)

    def people() -> None:
        with vault.transaction() as transaction:
            transaction.conversations.all()

    _show("store_newest_page", PAGE_MS, newest)
    _show("store_conversations", PAGE_MS, people)


def _opening(home: Path) -> None:
    _show("store_open", OPEN_MS, lambda: Vault.open(home, PASSPHRASE).close())


def _erasing(vault: Vault, words: Words) -> None:
    long = words.of(2_500)
    _show_times("store_erase_100B", ERASE_MS, [_erased(vault, words.of(14)) for _ in range(_TIMES)])
    _show_times("store_erase_16KiB", ERASE_MS, [_erased(vault, long) for _ in range(_TIMES)])
    with vault.transaction() as transaction:
        rows = transaction.messages.rows_of(DELETED)
    with _timed() as seconds:
        _erase(vault, rows)
    print(f"{len(rows)} messages in {seconds[0]:.2f} s", file=sys.stderr)
    _show_times("store_delete_conversation", DELETE_MS, seconds)


def _erased(vault: Vault, text: str) -> float:
    """Return the seconds that erasing a new message takes."""
    with vault.transaction() as transaction:
        new = NewMessage.of_text(MessageId(entropy(16)), NOW, text)
        row = transaction.messages.add_outgoing(LONGEST, new, NOW)
    with _timed() as seconds:
        _erase(vault, [row])
    return seconds[0]


def _erase(vault: Vault, rows: list[MessageRow]) -> None:
    with vault.transaction() as transaction:
        transaction.messages.erase(rows, NOW)


@contextlib.contextmanager
def _timed() -> Iterator[list[float]]:
    """Add the seconds of the block to the list."""
    found: list[float] = []
    start = time.perf_counter()
    yield found
    found.append(time.perf_counter() - start)


def _show(name: str, limit_ms: float, work: Callable[[], object]) -> None:
    seconds = []
    for _ in range(_TIMES):
        with _timed() as taken:
            work()
        seconds += taken
    _show_times(name, limit_ms, seconds)


def _show_times(name: str, limit_ms: float, seconds: list[float]) -> None:
    taken = statistics.median(seconds) * 1_000
    print(f"{name}: {taken:.2f} ms, at most {max(seconds) * 1_000:.1f}", file=sys.stderr)
    show(Figure(name, limit_ms / taken, f"{limit_ms}ms", "1"))
