"""Changes that others have to hear of: made here at once, told as far as the network is there."""

from collections.abc import Callable
from typing import TypeVar

import anyio

from client_tui.commands.alarms import tell_of_alarms
from client_tui.commands.context import Context
from client_tui.commands.opening import online
from client_tui.commands.output import tell
from client_tui.text.language import _
from securemsg.client import Engine, Profile

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds for which the relay is waited for: what is not told by then is told at the next connection."""


def change(context: Context, work: Callable[[Profile], T]) -> T:
    """Run `work`, then let what follows from it leave."""

    async def beginning_to_end(profile: Profile, engine: Engine) -> T:
        del profile
        changed = await engine.perform(work)
        with anyio.move_on_after(PATIENCE) as waiting:
            await engine.published()
            await engine.idle()
        if waiting.cancelled_caught:
            tell(_("The relay does not know it all yet; nothing is lost: it is told at the next connection."))
        tell_of_alarms(await engine.perform(Profile.alarms))
        return changed

    return online(context, beginning_to_end)
