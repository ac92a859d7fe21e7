"""All sheets of the main screen; at most one is shown."""

from functools import cached_property

from client_tui.widgets.add_sheet import AddSheet
from client_tui.widgets.attach_sheet import AttachSheet
from client_tui.widgets.goto_sheet import GoToSheet
from client_tui.widgets.help_sheet import HelpSheet
from client_tui.widgets.info_sheet import InfoSheet
from client_tui.widgets.link_sheet import LinkSheet
from client_tui.widgets.outbox_sheet import OutboxSheet
from client_tui.widgets.picture_sheet import PictureSheet
from client_tui.widgets.save_sheet import SaveSheet
from client_tui.widgets.search_sheet import SearchSheet
from client_tui.widgets.timer_sheet import TimerSheet
from client_tui.widgets.verify_sheet import VerifySheet
from securemsg.client.views import ProfileView


class Sheets:
    """Makes each when it is first wanted: a start needs none of them."""

    def __init__(self, own: ProfileView) -> None:
        """Nothing is made yet."""
        self._own = own

    @cached_property
    def help(self) -> HelpSheet:
        """All keys."""
        return HelpSheet()

    @cached_property
    def link(self) -> LinkSheet:
        """Our own link."""
        return LinkSheet(self._own)

    @cached_property
    def add(self) -> AddSheet:
        """A new contact."""
        return AddSheet()

    @cached_property
    def search(self) -> SearchSheet:
        """Words in all conversations."""
        return SearchSheet()

    @cached_property
    def verify(self) -> VerifySheet:
        """A safety number."""
        return VerifySheet()

    @cached_property
    def goto(self) -> GoToSheet:
        """Conversations, people and commands."""
        return GoToSheet()

    @cached_property
    def timer(self) -> TimerSheet:
        """How long messages stay."""
        return TimerSheet()

    @cached_property
    def outbox(self) -> OutboxSheet:
        """What waits."""
        return OutboxSheet()

    @cached_property
    def info(self) -> InfoSheet:
        """One message."""
        return InfoSheet()

    @cached_property
    def attach(self) -> AttachSheet:
        """A file to send."""
        return AttachSheet()

    @cached_property
    def picture(self) -> PictureSheet:
        """A picture of a message."""
        return PictureSheet()

    @cached_property
    def save(self) -> SaveSheet:
        """Where a received file goes."""
        return SaveSheet()
