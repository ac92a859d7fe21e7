"""Whether the tables agree with each other."""

from typing import Final

import psycopg
from psycopg import Connection

from securemsg.errors import LocalError

_CONNECT_SECONDS: Final = 5

_TALLIES: Final = """
SELECT count(*) FROM mailbox
LEFT JOIN (SELECT box, count(*) AS messages, sum(octet_length(sealed)) AS bytes, max(sequence) AS last
    FROM envelope GROUP BY box) AS waiting ON waiting.box = mailbox.box
LEFT JOIN (SELECT box, count(*) AS ids FROM submitted GROUP BY box) AS known ON known.box = mailbox.box
WHERE mailbox.messages <> coalesce(waiting.messages, 0) OR mailbox.bytes <> coalesce(waiting.bytes, 0)
    OR mailbox.last_sequence < coalesce(waiting.last, 0) OR submit_ids <> coalesce(known.ids, 0)
"""

_SHELVES: Final = """
SELECT count(*) FROM shelf JOIN store ON store.epoch = shelf.epoch
WHERE remaining <> (SELECT count(*) FROM leaf WHERE leaf.box = shelf.box AND NOT spent)
"""

_STRAYS: Final = """
SELECT count(*) FROM (SELECT box FROM token UNION SELECT box FROM envelope UNION SELECT box FROM submitted
    UNION SELECT box FROM shelf UNION SELECT box FROM leaf) AS named
WHERE NOT EXISTS (SELECT 1 FROM mailbox WHERE mailbox.box = named.box)
"""


def faults_at(conninfo: str) -> list[str]:
    """What is wrong in the database that `conninfo` names, primary or standby; it is only read.

    Raises `LocalError` where it cannot be asked.
    """
    try:
        with psycopg.connect(conninfo, autocommit=True, connect_timeout=_CONNECT_SECONDS) as connection:
            return faults(connection)
    except psycopg.Error as error:
        raise LocalError(
            f"The PostgreSQL server could not be asked ({type(error).__name__}); check that it runs and that"
            " the relay has served from it."
        ) from None


def faults(connection: Connection) -> list[str]:
    """What is wrong, as of one moment; an empty list if nothing is. Reads everything."""
    with connection.transaction():
        connection.execute(b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute(b"SET LOCAL statement_timeout = 0")
        for setting in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
            connection.execute(b"SELECT set_config(%s, 'on', true)", (setting,))
        found = [
            (_TALLIES, "mailboxes do not agree with what is stored in them"),
            (_SHELVES, "shelves do not agree with the leaves on them"),
            (_STRAYS, "mailboxes are named that are not there"),
        ]
        rows = [(connection.execute(query.encode()).fetchone() or (0,), words) for query, words in found]
    return [f"{count} {words}" for (count,), words in rows if count]
