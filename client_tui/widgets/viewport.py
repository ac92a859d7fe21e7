"""Which rows are seen, and staying with them while rows come, change and go. No widget here."""

from collections.abc import Sequence

from client_tui.widgets.message_rows import Row


class Viewport:
    """A stretch of `height` rows that begins at the row `top`."""

    __slots__ = ("height", "rows", "top")

    def __init__(self) -> None:
        self.rows: Sequence[Row] = ()
        self.height = 0
        self.top = 0

    @property
    def end(self) -> int:
        """The top at which the last row is seen at the bottom."""
        return max(len(self.rows) - self.height, 0)

    @property
    def follows(self) -> bool:
        """Whether the last row is seen, so that new ones scroll in."""
        return self.top >= self.end

    @property
    def shift(self) -> int:
        """Empty rows above the first: a short conversation stands at the bottom."""
        return max(self.height - len(self.rows), 0)

    def row_at(self, y: int) -> int | None:
        """Return the place of the row that is seen at `y`."""
        place = y - self.shift + self.top
        return place if y >= self.shift and place < len(self.rows) else None

    def scroll(self, by: int) -> bool:
        """Move by some rows, as far as there are any; tell whether anything moved."""
        return self.go(self.top + by)

    def go(self, top: int) -> bool:
        """Move to a top, as far as there are rows; tell whether anything moved."""
        before, self.top = self.top, min(max(top, 0), self.end)
        return self.top != before

    def resize(self, height: int) -> None:
        """See more or fewer rows; the lowest one stays, because writing happens below it."""
        bottom = self.top + self.height
        self.height = height
        self.go(bottom - height)

    def replace(self, rows: Sequence[Row]) -> None:
        """Take other rows; stay at the end, or with the first message that was seen and is still there."""
        follows, anchors = self.follows, self._anchors()
        self.rows = rows
        if follows:
            self.go(self.end)
            return
        first: dict[int, int] = {}
        for place, row in enumerate(rows):
            if row.message is not None:
                first.setdefault(row.message, place)
        for message, offset in anchors:
            if message in first:
                self.go(first[message] + offset)
                return
        self.go(self.top)

    def reveal(self, message: int) -> bool:
        """Move as little as needed so that a message is seen; tell whether it is there at all."""
        places = [place for place, row in enumerate(self.rows) if row.message == message]
        if not places:
            return False
        if places[0] < self.top or len(places) > self.height:
            self.go(places[0])
        elif places[-1] >= self.top + self.height:
            self.go(places[-1] - self.height + 1)
        return True

    def lead_in(self) -> None:
        """Move up over the rows that belong to no message: dates, names, the unread line."""
        while self.top > 0 and self.rows[self.top - 1].message is None:
            self.go(self.top - 1)

    def center(self, message: int) -> None:
        """Bring a message to the middle, with what was said around it."""
        places = [place for place, row in enumerate(self.rows) if row.message == message]
        if places:
            self.go(places[0] - max(self.height - len(places), 0) // 2)

    def thumb(self) -> tuple[int, int]:
        """Return first and last row of the mark in the scroll bar; nothing to scroll gives an empty one."""
        if self.end == 0 or self.height == 0:
            return 0, 0
        size = max(self.height * self.height // len(self.rows), 1)
        start = self.top * (self.height - size) // self.end
        return start, start + size

    def _anchors(self) -> list[tuple[int, int]]:
        """Return the messages that are seen, with how far the top is below the first row of each."""
        anchors: dict[int, int] = {}
        start = self.top
        while start > 0 and self._is_middle(start):
            start -= 1
        for place in range(start, min(self.top + self.height, len(self.rows))):
            message = self.rows[place].message
            if message is not None:
                anchors.setdefault(message, self.top - place)
        return list(anchors.items())

    def _is_middle(self, place: int) -> bool:
        message = self.rows[place].message if place < len(self.rows) else None
        return message is not None and self.rows[place - 1].message == message
