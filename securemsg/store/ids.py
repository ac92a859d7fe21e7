"""Numbers of rows, one type for each table that others refer to; all are positive."""

from typing import NewType

ContactId = NewType("ContactId", int)
"""A contact."""

BookId = NewType("BookId", int)
"""A peer device and its sessions."""

MessageRow = NewType("MessageRow", int)
"""A message; numbers grow in the order of storing and are never used again (Spec: CT-5)."""

OutboxId = NewType("OutboxId", int)
"""An entry of the outbox; numbers grow in the order of making (Spec: CL-5)."""
