"""What is done with pictures: drawing one of a message, reading codes in one that the person chose."""

import contextlib
from collections.abc import Coroutine

from textual import on
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from client_tui.bridge import Bridge, Changes
from client_tui.pictures.codes import link_in, verification_in
from client_tui.pictures.decoder import Decoder, usual_command
from client_tui.pictures.limits import MOST_BYTES
from client_tui.pictures.raster import raster_of
from client_tui.screens.chat_base import ChatBase
from client_tui.text.sentences import sentence_of
from client_tui.widgets.add_sheet import AddSheet
from client_tui.widgets.picture import no_picture_here
from client_tui.widgets.picture_sheet import PictureSheet
from client_tui.widgets.verify_sheet import VerifySheet
from securemsg.client.views import MessageView
from securemsg.errors import LocalError, RemoteError


class ChatPictures(ChatBase):
    """Has pictures decoded, one at a time; none outlives the sheet that asked for it."""

    def __init__(self, bridge: Bridge, opened: int | None = None) -> None:
        """Begin with nothing to decode."""
        super().__init__(bridge, opened)
        self.decoder = Decoder(usual_command())
        self._decoding: Worker[None] | None = None

    async def open_picture(self, message: MessageView) -> None:
        """Show the picture of a message, or say why that cannot be."""
        reason = no_picture_here(self.app)
        if reason:
            self.keys.say(reason, "$error")
            return
        await self.show_sheet(self.sheets.picture)
        self.sheets.picture.open(message)

    @on(PictureSheet.Wanted)
    def picture_wanted(self, event: PictureSheet.Wanted) -> None:
        """Decode a picture of the vault, unless its sheet was closed before we heard of it."""
        message = self.sheets.picture.message
        if message is not None and message.row == event.row:
            self._decode(self._draw(event))

    @on(AddSheet.Pictured)
    def link_wanted(self, event: AddSheet.Pictured) -> None:
        """Read a link from a picture, unless its sheet was closed before we heard of it."""
        if self._shown is self.sheets.add:
            self._decode(self._read_link(event.path))

    @on(VerifySheet.Pictured)
    def comparison_wanted(self, event: VerifySheet.Pictured) -> None:
        """Compare the code in a picture with the number that is shown, if that is still of this contact."""
        if self._shown is self.sheets.verify and self.sheets.verify.contact == event.contact:
            self._decode(self._compare(event.contact, event.path))

    def leave_sheet(self) -> None:
        """Bring the conversation back, and let go of the picture."""
        if self._decoding is not None:
            self._decoding.cancel()
        if isinstance(self._shown, PictureSheet):
            self._shown.forget()
        super().leave_sheet()

    async def settle(self) -> None:
        """End the decoder and close the picture: before the lock, and before the end."""
        if isinstance(self._shown, PictureSheet):
            self.leave_sheet()
        decoding, self._decoding = self._decoding, None
        if decoding is not None:
            decoding.cancel()
            with contextlib.suppress(WorkerCancelled, WorkerFailed):
                await decoding.wait()
        await super().settle()

    def _decode(self, work: Coroutine[None, None, None]) -> None:
        self._decoding = self.run_worker(work, group="picture", exclusive=True)

    async def _draw(self, event: PictureSheet.Wanted) -> None:
        sheet = self.sheets.picture
        try:
            picture = await self.bridge.read_file(event.row, MOST_BYTES)
            raster = await raster_of(self.decoder, picture, event.columns, event.rows)
        except (LocalError, RemoteError) as error:
            sheet.fail(sentence_of(error))
        else:
            sheet.show(raster)

    async def _read_link(self, path: str) -> None:
        try:
            self.sheets.add.take(await link_in(self.decoder, path))
        except LocalError as error:
            self.sheets.add.fail(sentence_of(error))

    async def _compare(self, contact: int, path: str) -> None:
        try:
            code = await verification_in(self.decoder, path)
            found = await self.bridge.perform(lambda held: held.compare_code(contact, code))
        except (LocalError, RemoteError) as error:
            self.sheets.verify.fail(sentence_of(error))
        else:
            self.sheets.verify.compared(found)

    async def _look_at_sheets(self, changes: Changes) -> None:
        """Close a picture whose message is gone."""
        message = self._shown.message if isinstance(self._shown, PictureSheet) else None
        if message is None:
            await super()._look_at_sheets(changes)
        elif message.contact in changes.contacts:
            row = message.row
            found = await self.ask(lambda held: held.message(row))
            if self.sheets.picture.message is not message:
                return
            if found is None or found.deleted or found.file is None:
                self.leave_sheet()
                self.talk.write()
