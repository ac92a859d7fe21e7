"""Lending the terminal to the person's editor while the rest of the client goes on."""

import asyncio
import os

from textual.app import App, SuspendNotSupported

from client_tui.settings import load_settings, settings_file
from client_tui.terminal.editor import editor_command, folder_in_memory, lent, taken_back
from client_tui.text.safe import safe_paste


def editor() -> list[str]:
    """Return the editor of the person as a command, empty where there is none."""
    return editor_command(os.environ, load_settings(settings_file(os.environ)).editor)


async def edited(app: App[int], text: str) -> str | None:
    """Return what the person made of `text` in their editor; None where that was not possible.

    Messages go on arriving meanwhile; nothing is drawn until the editor has ended.
    """
    command = editor()
    folder = folder_in_memory(os.environ)
    if not command or folder is None:
        return None
    with lent(text, folder) as file:
        try:
            with app.batch_update(), app.suspend():
                program = await asyncio.create_subprocess_exec(*command, str(file))
                status = await program.wait()
        except (OSError, SuspendNotSupported):
            return None
        made = taken_back(file) if status == 0 else None
    return None if made is None else safe_paste(made)
