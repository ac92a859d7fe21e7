"""Writing into a conversation: sending, editing, slash commands, pastes, drafts, and who is writing."""

import contextlib
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from client_tui.bridge import Bridge
from client_tui.registry import Command, find_slash, slash_commands
from client_tui.text.language import _
from client_tui.text.sentences import sentence_of
from client_tui.widgets.compose_line import completions, no_such_command, shown_slash
from client_tui.widgets.composer import Composer
from client_tui.widgets.file_line import shortened
from client_tui.widgets.said import Said
from client_tui.widgets.talk_view import TalkView
from client_tui.widgets.writer import Begun, put_before
from securemsg.client import Profile
from securemsg.errors import LocalError, RemoteError

if TYPE_CHECKING:
    from textual.timer import Timer

PAUSE = 0.5
"""Seconds without a key after which a draft is brought into the vault."""

TELL = 4.0
"""Seconds in which the library is asked once whether the other side may see that one writes."""

SENDING = "sending"
"""The workers that bring into the vault what was sent: the lock waits for them."""

SLASH = "/"
NAME_SHOWN = 60


class TalkWriting(TalkView):
    """Takes what is written."""

    class AttachWanted(Message):
        """A file was dropped: attach it."""

        def __init__(self, contact: int | None, path: str) -> None:
            """Carry its path, and for whom it was dropped."""
            super().__init__()
            self.contact = contact
            self.path = path

    class Ordered(Message):
        """A slash command was written."""

        def __init__(self, contact: int, action: str) -> None:
            """Carry the action that it runs, and where it was written."""
            super().__init__()
            self.contact = contact
            self.action = action

    def __init__(self, bridge: Bridge) -> None:
        """Start without a conversation."""
        super().__init__(bridge)
        self._pause: Timer | None = None
        self._touched = 0.0
        self._told: dict[int, float] = {}

    @on(Composer.Submitted)
    def submit(self, event: Composer.Submitted) -> None:
        """Run a slash command, or send the text."""
        begun = self.writer.take() if event.contact == self.composer.contact else Begun()
        if event.text.startswith(SLASH) and not event.text.startswith(SLASH + SLASH):
            self._order(event, begun)
        else:
            self.send(event, begun)

    @work(group=SENDING)
    async def send(self, event: Composer.Submitted, begun: Begun) -> None:
        """Put the text on disk; a refusal gives it back to where it was written."""
        text = event.text.removeprefix(SLASH) if event.text.startswith(SLASH) else event.text
        answers, edits = event.about.answers, event.about.edits
        if edits is not None:
            done = await self.attempt(lambda held: held.edit(edits, text))
        else:
            done = await self.attempt(lambda held: held.queue_text(event.contact, text, reply_to=answers))
        if not done:
            await self.give_back(event, begun)
            return
        await self.writer.settle()
        if self.view is not None and self.view.contact == event.contact:
            self.transcript.drop_unread_line()
            await self.reader.go_to_end()
            await self.reload()

    def _order(self, event: Composer.Submitted, begun: Begun) -> None:
        text = event.text
        name, _space, argument = text.removeprefix(SLASH).partition(" ")
        command = None if "\n" in text else find_slash(name)
        if command is None:
            # What looks like a command and is none is never sent: it may have been meant for us alone. One
            # with further lines was pasted: nobody saw what it would do.
            self.run_worker(self.give_back(event, begun), group=SENDING)
            self.post_message(Said(no_such_command(), wrong=True))
        else:
            self.line.pass_by(None)
            if event.contact == self.composer.contact:
                self.writer.resume(begun)
            self.post_message(self.Ordered(event.contact, command.call(argument.strip())))

    async def give_back(self, event: Composer.Submitted, begun: Begun) -> None:
        """Put a text back to where it was written, before what was written there since."""
        if event.contact == self.composer.contact:
            since = self.composer.text
            self.composer.turn_to(event.contact, f"{event.text}\n{since}" if since else event.text)
            self.writer.resume(begun)
        else:
            await self.attempt(lambda held: put_before(held, event.contact, event.text, event.about))

    @on(TextArea.Changed)
    def written(self, event: TextArea.Changed) -> None:
        """Make room, complete a slash name, and bring the draft into the vault after a pause."""
        event.stop()
        self.composer.fit()
        self._complete(self.composer.text)
        self._touched = time.monotonic()
        if self._pause is None:
            self._pause = self.set_timer(PAUSE, self._settle)
        text, contact = self.composer.text, self.composer.contact
        if contact is not None and text.strip() and not text.startswith(SLASH) and self.writer.differs:
            self._tell_typing(contact)

    def _settle(self) -> None:
        """Save the draft, unless a key was pressed meanwhile: then wait for the rest of the pause."""
        rest = self._touched + PAUSE - time.monotonic()
        if rest > 0:
            self._pause = self.set_timer(rest, self._settle)
        else:
            self._pause = None
            self.run_worker(self.writer.settle(), group="draft")

    def _tell_typing(self, contact: int) -> None:
        """Let the other side know, where the person wants that; now and then, not at each key."""
        present = time.monotonic()
        if self._told.get(contact, -TELL) + TELL > present:
            return
        self._told[contact] = present
        self.run_worker(self._type(contact), group="typing", exclusive=True)

    async def _type(self, contact: int) -> None:
        with contextlib.suppress(LocalError):
            await self.bridge.perform(lambda held: held.typing(contact))

    def _complete(self, text: str) -> None:
        begun = _begun(text)
        if begun is not None:
            self.line.pass_by(completions(slash_commands(begun), begun))
        elif text.startswith(SLASH) and (command := find_slash(text[1:].partition(" ")[0])) is not None:
            self.line.pass_by(completions([command], ""))
        elif not self.composer.is_asking:
            self.line.pass_by(None)

    @on(Composer.Completed)
    def complete(self) -> None:
        """Finish the slash name that was begun; where none was, go on to the next pane."""
        begun = _begun(self.composer.text)
        if begun is None:
            self.screen.focus_next()
        found: list[Command] = slash_commands(begun) if begun is not None else []
        if found and self.composer.contact is not None:
            slash = found[0].slash
            space = " " if slash is not None and slash.takes else ""
            self.composer.turn_to(self.composer.contact, f"/{shown_slash(found[0])}{space}")

    @on(Composer.PasteHeld)
    def ask_about_paste(self, event: Composer.PasteHeld) -> None:
        """Ask before many lines or a path are inserted."""
        if event.file is not None:
            name = shortened(event.file.name, NAME_SHOWN)
            words = _("Attach {name}?").format(name=name)
            keys = _("Enter attaches   t inserts its path   Esc drops it")
        else:
            words = _("Insert {n} lines?").format(n=event.lines)
            keys = _("Enter inserts   Esc drops them")
        self.line.pass_by(Content.assemble((f" {words}  ", "bold $warning"), (keys, "$foreground")))

    @on(Composer.PasteAnswered)
    def paste_answered(self, event: Composer.PasteAnswered) -> None:
        """Go on; a file is attached."""
        self.line.pass_by(None)
        if event.file is not None:
            self.post_message(self.AttachWanted(event.contact, str(event.file)))

    def take_back(self) -> bool:
        """Undo one step of what was begun here; tell whether there was one."""
        if self.asked_twice and self.view is not None:
            self.asked_twice = False
            self.banner.explain(self.view)
            return True
        return self.composer.drop_paste() or self.writer.let_go()

    async def attempt(self, function: Callable[[Profile], object]) -> bool:
        """Do something with the vault; a refusal is said in a sentence."""
        try:
            await self.bridge.perform(function)
        except (LocalError, RemoteError) as error:
            self.post_message(Said(sentence_of(error), wrong=True))
            return False
        return True


def _begun(text: str) -> str | None:
    """Return the slash name that is being written, None for anything else."""
    if not text.startswith(SLASH) or text.startswith(SLASH + SLASH) or "\n" in text or " " in text:
        return None
    return text.removeprefix(SLASH)
