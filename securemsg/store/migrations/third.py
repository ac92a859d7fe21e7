"""Step 3: how relays are reached, and the number that an alarm tells."""

from typing import Final

STATEMENTS: Final = (
    """create table settings(
        name text not null primary key,
        value text not null
    ) strict, without rowid""",
    "alter table alarms add column amount integer not null default 0",
)
"""In the order in which they run."""
