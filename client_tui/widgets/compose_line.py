"""The row above where one writes: what is answered or edited, who is writing, what a slash completes."""

from textual.content import Content

from client_tui.registry import Command
from client_tui.text.language import _, language
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.signs import Sign
from client_tui.widgets.key_names import escape, key_for
from client_tui.widgets.line import Line, sides
from securemsg.client.views import Direction, MessageView

SHOWN = 120
"""Characters of a message that is answered."""


class ComposeLine(Line):
    """A rule, or whatever has to be said directly above the field."""

    DEFAULT_CSS = "ComposeLine { color: $rule; background: $background; }"

    def __init__(self) -> None:
        """Start as a rule."""
        super().__init__(id="above-composer")
        self._standing: Content | None = None
        self._passing: Content | None = None
        self._typing = ""

    def stand(self, content: Content | None) -> None:
        """Show what holds until it is done: an answer, an edit."""
        self._standing = content
        self._draw()

    def pass_by(self, content: Content | None) -> None:
        """Show a question or a choice before everything else, until it is answered."""
        self._passing = content
        self._draw()

    def set_typing(self, name: str) -> None:
        """Show who is writing, nobody for an empty name."""
        self._typing = name
        self._draw()

    def on_resize(self) -> None:
        """Draw the rule for this width."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        typing = (
            Content.styled(
                f" {_('{name} is writing…').format(name=safe_name(self._typing))} ", "italic $muted"
            )
            if self._typing
            else Content("")
        )
        if self._passing is not None:
            self.show(self._passing)
        elif self._standing is not None:
            esc = Content.assemble((f"{escape()} ", "bold $strong"), (str(Sign.DELETED) + " ", "$muted"))
            self.show(sides(self._standing, Content.assemble(typing, esc), width))
        else:
            rule = Content.styled(str(Sign.RULE) * max(width - typing.cell_length, 0), "$rule")
            self.show(Content.assemble(typing, rule))


def answering(message: MessageView) -> Content:
    """Return what is said while one answers a message."""
    mine = message.direction is Direction.OUT
    title = _("Answer to yourself") if mine else _("Answer to {name}").format(name=safe_name(message.alias))
    return _about(title, message)


def editing(message: MessageView) -> Content:
    """Return what is said while one edits a message."""
    return _about(_("Edit"), message)


def completions(commands: list[Command], begun: str) -> Content:
    """Return the commands that a slash name may become; Tab takes the first."""
    if not commands:
        return Content.styled(f" /{safe_line(begun)}  {no_such_command()}", "$warning")
    parts: list[tuple[str, str]] = [(" ", "")]
    for place, command in enumerate(commands):
        name = shown_slash(command)
        takes = f" {_(command.slash.takes)}" if command.slash is not None and command.slash.takes else ""
        parts += [(f"/{name}", "bold $accent" if place == 0 else "$foreground")]
        parts += [(takes if place == 0 else "", "italic $accent")]
        parts += [(f" {_(command.help)}" if place == 0 else "", "$muted"), ("   ", "")]
    return Content.assemble(*parts)


def no_such_command() -> str:
    """Return what is said of a slash name that nothing has."""
    words = _("No such command: {key} lists them; // begins a message with /.")
    return words.format(key=key_for("help"))


def shown_slash(command: Command) -> str:
    """Return the slash name of a command in the language of the person."""
    if command.slash is None:
        return ""
    return command.slash.french if language() == "fr" else command.slash.english


def _about(title: str, message: MessageView) -> Content:
    words = message.text or (message.file.name if message.file is not None else "")
    return Content.assemble(
        (f" {Sign.QUOTE} ", "$primary"),
        (f"{title}  ", "bold $accent"),
        (safe_line(words, SHOWN), "italic $muted"),
    )
