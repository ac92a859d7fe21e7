"""All sheets of the main screen; at most one is shown."""

from client_tui.widgets.add_sheet import AddSheet
from client_tui.widgets.help_sheet import HelpSheet
from client_tui.widgets.link_sheet import LinkSheet
from client_tui.widgets.search_sheet import SearchSheet
from client_tui.widgets.sheet import Sheet
from client_tui.widgets.verify_sheet import VerifySheet
from securemsg.client.views import ProfileView


class Sheets:
    """Holds them by name."""

    def __init__(self, own: ProfileView) -> None:
        """Make them, hidden."""
        self.help = HelpSheet()
        self.link = LinkSheet(own)
        self.add = AddSheet()
        self.search = SearchSheet()
        self.verify = VerifySheet()

    @property
    def all(self) -> tuple[Sheet, ...]:
        """Every sheet."""
        return (self.help, self.link, self.add, self.search, self.verify)

    def show(self, shown: Sheet) -> None:
        """Show one and hide the others."""
        for sheet in self.all:
            sheet.display = sheet is shown

    def hide(self) -> None:
        """Hide all."""
        for sheet in self.all:
            sheet.display = False
