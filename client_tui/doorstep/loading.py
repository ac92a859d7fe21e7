"""Everything heavy, loaded in a thread while the person types."""

import gc
import threading
from importlib import import_module

LIBRARY = "securemsg.client"
"""What opens the vault: needed first."""

SCREEN = "client_tui.app"


class Loading:
    """Once begun, `library` and `screen` wait for their part."""

    def __init__(self) -> None:
        """Load nothing yet."""
        self._library, self._screen = threading.Event(), threading.Event()
        self._failure: BaseException | None = None

    def begin(self) -> None:
        """Start the thread; the process ends after it, because what is loading while Python ends crashes."""
        threading.Thread(target=self._load).start()

    def library(self) -> None:
        """Return once a vault can be opened; raises what made that impossible."""
        self._library.wait()
        self._check()

    def screen(self) -> None:
        """Return once the screen can be shown; raises what made that impossible."""
        self._screen.wait()
        self._check()

    def _load(self) -> None:
        # What is imported stays: to look through it for rubbish again and again costs a tenth of the time.
        gc.disable()
        try:
            import_module(LIBRARY)
            self._library.set()
            import_module(SCREEN)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asks
            self._failure = error
        finally:
            gc.freeze()
            gc.enable()
            self._library.set()
            self._screen.set()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
