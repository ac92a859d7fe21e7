"""Lending the terminal to the person's editor while the rest of the client goes on."""

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Final

from textual.app import App, SuspendNotSupported

from client_tui.settings import load_settings, settings_file
from client_tui.terminal.editor import editor_command, folder_in_memory, lent, taken_back
from client_tui.text.safe import safe_paste

if TYPE_CHECKING:
    from asyncio.subprocess import Process

PATIENCE: Final = 2.0
"""Seconds for an editor to end when it is told to: the vault is to be closed."""


def editor() -> list[str]:
    """Return the editor of the person as a command, empty where there is none."""
    return editor_command(os.environ, load_settings(settings_file(os.environ)).editor)


class Lending:
    """The editor while it has the terminal."""

    def __init__(self) -> None:
        """Lend it to nobody."""
        self._program: Process | None = None
        self._is_over = False

    @property
    def is_out(self) -> bool:
        """Whether an editor has the terminal."""
        return self._program is not None

    async def edited(self, app: App[int], text: str) -> str | None:
        """Return what the person made of `text` in their editor; None where that was not possible.

        Messages go on arriving meanwhile; nothing is drawn until the editor has ended.
        """
        command = editor()
        folder = folder_in_memory(os.environ)
        if self._is_over or not command or folder is None:
            return None
        with lent(text, folder) as file:
            try:
                with app.batch_update(), app.suspend():
                    status = await self._run([*command, str(file)])
            except (OSError, SuspendNotSupported):
                return None
            made = taken_back(file) if status == 0 or self._is_over else None
        return None if made is None else safe_paste(made)

    async def _run(self, command: list[str]) -> int:
        self._program = await asyncio.create_subprocess_exec(*command)
        try:
            if self._is_over:
                # Told while it was being started.
                await self.end()
            return await self._program.wait()
        finally:
            # Also when nobody waits any more: it would go on showing the words, and read what is typed.
            await self._end_program()
            self._program = None

    async def end(self) -> None:
        """Take the terminal back, for good; what was saved in the editor counts."""
        self._is_over = True
        await self._end_program()

    async def _end_program(self) -> None:
        program = self._program
        if program is None or program.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            program.terminate()
            try:
                async with asyncio.timeout(PATIENCE):
                    await program.wait()
            except TimeoutError:
                program.kill()
                await program.wait()
