"""States that the play does not come to by itself: they are played into its vault, after all others."""

from client_tui import clock
from client_tui.bridge import Changes
from client_tui.demo.stage import HOUR, MINUTE
from client_tui.text.language import _
from client_tui.widgets.said import Said
from securemsg.client.alarms import CLOCK
from securemsg.client.notices import Typing
from securemsg.client.rehearsal import scene
from securemsg.client.scene import Line
from securemsg.client.scene_files import Attachment
from securemsg.client.transfer.failures import DISK_FULL
from securemsg.client.views import Direction, FileState
from securemsg.errors import Sentence
from securemsg.instant import DAY, SECOND, Instant
from securemsg.store.alarms import NOBODY
from tests.client_tui.snapshots.place import Place

UNREACHABLE = Sentence(
    "The relay at {where} cannot be reached: check the network and the address, or ask its administrator.",
    where="m.exemple.fr:7443",
)
FULL = "The disk is full: nothing of this step was kept; make room and try again."

WAYS = {
    Direction.OUT: (FileState.PREPARING, FileState.UPLOADING, FileState.PAUSED, FileState.SENT),
    Direction.IN: (
        FileState.OFFERED,
        FileState.DOWNLOADING,
        FileState.SAVED,
        FileState.FAILED,
        FileState.EXPIRED,
    ),
}
"""How a file of ours goes, and how one of theirs comes."""


async def file_states(place: Place) -> None:
    """Let somebody be met with whom files go both ways, one in each state."""
    await place.screen.action_dismiss_alarm()
    with scene(place.profile, b"files") as played:
        contact = played.meet("Nadia Ferrand")
        for way, states in WAYS.items():
            for number, state in enumerate(states):
                why = DISK_FULL if state is FileState.FAILED else ""
                file = Attachment(f"{state}.pdf", "application/pdf", 3_000_000, state, 1_200_000, reason=why)
                at = Instant(HOUR - (20 - number) * MINUTE)
                played.say(contact, Line(way, "", at, file=file))
        played.read(contact)
    place.people["Nadia Ferrand"] = contact
    await place.screen.refresh_people()
    await place.talk("Nadia")


async def typing(place: Place) -> None:
    """Let the open one and another be writing."""
    await place.talk("Nadia")
    names = ("Nadia Ferrand", "Claire Dumont")
    told = tuple(Typing(place.people[name], Instant(HOUR + 9 * SECOND)) for name in names)
    await place.screen.look_again(Changes(typing=told))
    await place.settle()


async def blocked(place: Place) -> None:
    """Block the open one."""
    await place.talk("Nadia")
    await place.screen.action_block()
    await place.settle()
    place.screen.keys.hint()


async def archived(place: Place) -> None:
    """Put the open one away, and unfold what is there."""
    contact = place.people["Nadia Ferrand"]
    await place.screen.bridge.perform(lambda held: held.unblock(contact))
    await place.screen.refresh_people()
    await place.talk("Nadia")
    await place.screen.action_archive()
    await place.screen.refresh_people()
    place.screen.people.select(contact)
    await place.settle()
    place.screen.keys.hint()


async def expired(place: Place) -> None:
    """Let the time of a message run out while it is looked at."""
    await place.talk("H\u00e9l\u00e8ne")
    clock.hold(Instant(HOUR + 30 * DAY))
    transcript = place.screen.talk.transcript
    gone = next(each for each in reversed(transcript.messages) if each.expires_at is not None)
    transcript.show_window(transcript.window.without(gone.row))
    await place.settle()


async def disk_full(place: Place) -> None:
    """Say that nothing could be kept."""
    await place.talk("Claire")
    place.screen.post_message(Said(_(FULL), wrong=True))
    await place.settle()


async def clock_wrong(place: Place) -> None:
    """Let the relay show another hour."""
    await place.talk("Claire")
    place.screen.keys.hint()
    with place.profile.step() as step:
        step.vault.alarms.renew(CLOCK, NOBODY, step.now)
        step.vault.alarms.tell(CLOCK, NOBODY, 26 * 60 * MINUTE)
        step.changes.list = True
    await place.screen.look_again(Changes(conversations=True))
    await place.settle()


async def wipe(place: Place) -> None:
    """Ask whether everything is to go; there is no way back to the conversations."""
    await place.press("escape")
    await place.pilot.app.run_action("wipe")
    await place.settle()


async def locked(place: Place) -> None:
    """Keep everything: what is left then is the lock."""
    await place.press("escape")
    await place.settle()


async def locked_asking(place: Place) -> None:
    """Ask for the passphrase."""
    await place.press("a")
    await place.settle()
