"""The conversation that is open: what is written into it, and what is done with its messages."""

from textual import on, work
from textual.message import Message

from client_tui.text.language import _
from client_tui.text.safe import safe_body
from client_tui.widgets.composer import About, Composer
from client_tui.widgets.menu_row import MenuRow
from client_tui.widgets.message_changes import REACT, change_of
from client_tui.widgets.message_verbs import YES, choices, confirmation, natural, reactions, verbs
from client_tui.widgets.said import Said
from client_tui.widgets.talk_writing import SENDING, TalkWriting
from client_tui.widgets.transcript_wishes import Asked, Left
from client_tui.widgets.writer import Begun
from securemsg.client.views import ConversationView, MessageView

CONFIRMED = {"delete_here", "delete_all"}
"""What cannot be undone is asked about."""


class Talk(TalkWriting):
    """Sends into the conversation with one contact and acts on its messages."""

    class SheetWanted(Message):
        """Something needs a sheet: `verb` is info, forward, save or view, of `message`."""

        def __init__(self, verb: str, message: MessageView) -> None:
            """Name both."""
            super().__init__()
            self.verb = verb
            self.message = message

    async def hand_over(self, view: ConversationView) -> None:
        """Show the contact that took over the name of the open one, with what was being written."""
        before, text = self.composer.contact, self.composer.text
        if before is not None and before != view.contact and text:
            self.composer.load_text("")
            if not await self.attempt(lambda held: held.save_draft(view.contact, text)):
                await self.give_back(Composer.Submitted(before, text, About()), Begun())
        await self.open(view)

    def forget(self) -> None:
        """Show nobody: the person was deleted."""
        self.view = None
        self.writer.take()
        self.composer.contact = None
        self.composer.load_text("")
        self.composer.disabled = True
        self.reader.forget()
        self.show_nobody(())

    @on(Composer.UpFromEmpty)
    def into_messages(self) -> None:
        """Select the last message."""
        if self.transcript.messages:
            self.transcript.focus()
            self.transcript.action_select_up()

    @on(Left)
    def out_of_messages(self) -> None:
        """Back to writing."""
        self.write()

    @on(MenuRow.Dropped)
    def close_menu(self) -> bool:
        """Back to the messages; tell whether there was a menu."""
        was = self.menu.close()
        if was:
            self.transcript.focus()
        return was

    @on(MenuRow.Chosen)
    def chosen(self, event: MenuRow.Chosen) -> None:
        """Do what was chosen."""
        self.close_menu()
        self.act(event.verb, event.row)

    @on(Asked)
    def asked(self, event: Asked) -> None:
        """Do what a letter asks for, or show what can be done."""
        self.act(event.verb, event.row)

    def act(self, verb: str, row: int) -> None:
        """Do something with a message, if it can be done with this one."""
        message = self.transcript.window.find(row)
        if message is None:
            return
        if verb == "choose":
            verb = natural(message) or "menu"
        if verb == "menu":
            self.menu.ask(choices(message), row)
        elif verb == "react":
            self.menu.ask(reactions(message), row)
        elif verb in CONFIRMED and verb in verbs(message):
            self.menu.ask(confirmation(verb), row)
        elif verb.startswith((REACT, YES)) or verb in verbs(message):
            self.do(verb.removeprefix(YES), message)
        else:
            self.post_message(Said(_("This cannot be done with this message."), wrong=True))

    def do(self, verb: str, message: MessageView) -> None:
        """Do `verb`, which is known to fit."""
        match verb:
            case "reply":
                self.writer.answer(message)
                self.write()
            case "edit":
                self.writer.edit(message)
                self.write()
            case "copy":
                self.app.copy_to_clipboard(safe_body(message.text))
            case "quoted":
                self.go_to_quoted(message)
            case "info" | "forward" | "save" | "view":
                self.post_message(self.SheetWanted(verb, message))
            case _:
                self.change(verb, message)

    @work
    async def go_to_quoted(self, message: MessageView) -> None:
        """Show the message that another one answers."""
        if message.quoted is not None and message.quoted.row is not None:
            await self.reader.go_to(message.quoted.row)

    @work(group=SENDING)
    async def change(self, verb: str, message: MessageView) -> None:
        """Change a message in the vault."""
        if verb == "delete_here" and self.transcript.drop_expired(message.row):
            return
        if await self.attempt(change_of(verb, message)):
            await self.reload()
