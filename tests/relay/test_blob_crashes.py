"""The folder of blobs after a power cut between any two of its changes, and after kills of the relay."""

import os
from pathlib import Path

import pytest

from relay.blobs.files import BlobFiles, Quota
from relay.blobs.places import Places, payer_of
from relay.blobs.sweep import Swept, faults_in, sweep_charges, sweep_orphans
from securemsg.instant import HOUR, Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed
from securemsg.mailbox.blobs import MAX_CHUNK, BlobState
from tests.relay.blobs import Blob, joined
from tests.relay.client import Mailbox, RelayClient
from tests.relay.forgetful_disk import Tape
from tests.relay.stored import NOW
from tests.store.chance import Chance
from tests.support.programs import RelayProgram

QUOTA = Quota(10_000_000, 10_000_000, 10, 0, 24)
FANS = tuple(f"{number:02x}" for number in range(256))
REFUSED = Failed(ErrorCode.REFUSED)


def look(files: BlobFiles, blob: Blob) -> Answer:
    return files.look(blob.look, NOW)


def go_on(files: BlobFiles, blob: Blob) -> None:
    """Do what a client does that lost the relay: create again, ask, put the rest, and read."""
    assert files.create(blob.creation, NOW) == Done()
    state = look(files, blob)
    assert isinstance(state, BlobState)
    rest = blob.puts(state.durable) or blob.puts()
    assert files.put(rest, NOW).answers == [Done()] * len(rest)
    assert joined(files.read(blob.gets(), NOW)) == blob.content


def check_promises(files: BlobFiles, blob: Blob, promised: list[object]) -> None:
    """What was answered holds, and nothing is said to be there that is not."""
    state = look(files, blob)
    if "deleted" in promised:
        assert state == REFUSED
        return
    durable = max((one for one in promised if isinstance(one, int)), default=None)
    if durable is None:
        return
    if "deleting" in promised:
        if not isinstance(state, BlobState):
            return
    else:
        assert isinstance(state, BlobState)
        assert [one.blob for one in files.places.charges(payer_of(blob.payer.id))] == [blob.id]
    assert state.durable >= durable
    path = files.places.part(blob.id)
    path = path if path.exists() else files.places.whole(blob.id)
    assert path.read_bytes()[4_096 : 4_096 + state.durable] == blob.content[: state.durable]
    if durable == blob.size and "deleting" not in promised:
        assert joined(files.read(blob.gets(), NOW)) == blob.content


def recorded(root: Path, blob: Blob) -> Tape:
    """The life of a blob, from before the folder is there."""
    tape = Tape(root)
    with tape.recording():
        files = BlobFiles(Places(root / "blobs"), QUOTA)
        assert files.create(blob.creation, NOW) == Done()
        tape.promise(0)
        for begin, end in ((0, 1), (1, 3), (3, len(blob.puts()))):
            run = blob.puts()[begin:end]
            assert set(files.put(run, NOW).answers) == {Done()}
            tape.promise(run[-1].offset + len(run[-1].chunk))
        # A moment in which nothing is done, but that could be cut.
        (root / "pause").touch()
        tape.promise("deleting")
        assert files.delete(blob.deletion, NOW) == Done()
        tape.promise("deleted")
    return tape


def test_a_power_cut_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    """N24, RL-61: what is left can be filled further, counts once, and is gone when its time is over."""
    blob = Blob(Mailbox(), 4 * MAX_CHUNK + 1_234)
    root = tmp_path / "relay"
    root.mkdir()
    tape = recorded(root, blob)
    cuts = 0
    for number, (disk, promised) in enumerate(tape.disks()):
        for attempt in range(6):
            target = tmp_path / f"{number} {attempt}"
            target.mkdir()
            disk.rebuild(root, target, Chance(100 * number + attempt))
            files = BlobFiles(Places(target / "blobs"), QUOTA)
            check_promises(files, blob, promised)
            assert list(faults_in(files.places)) == []
            if "deleted" not in promised:
                go_on(files, blob)
            if not attempt:
                check_expiry(files)
            cuts += 1
    assert cuts > 200


def test_a_folder_that_a_killed_relay_made_is_synced_by_the_next(tmp_path: Path) -> None:
    """RL-61: it was there, so that nobody synced its name, and a power cut took all that lay in it."""
    blob, root = Blob(Mailbox(), 1_000), tmp_path / "relay"
    root.mkdir()
    places, tape = Places(root / "blobs"), Tape(root)
    payer = places.payer(payer_of(blob.payer.id))
    with tape.recording():
        os.mkdir(places.path, 0o700)  # noqa: PTH102  # the way that is recorded
        files = BlobFiles(places, QUOTA)
        for path in (payer.parent, payer, places.part(blob.id).parent):
            os.mkdir(path, 0o700)  # noqa: PTH102  # the same
        assert files.create(blob.creation, NOW) == Done()
    *_, (disk, _) = tape.disks()
    for attempt in range(20):
        target = tmp_path / str(attempt)
        target.mkdir()
        disk.rebuild(root, target, Chance(attempt))
        found = BlobFiles(Places(target / "blobs"), QUOTA)
        assert look(found, blob) == BlobState(0, 1_000)
        assert len(found.places.charges(payer_of(blob.payer.id))) == 1


def check_expiry(files: BlobFiles) -> None:
    """A day later nothing is left, whatever a cut left behind."""
    late = Instant(NOW + 26 * HOUR)
    swept = sum((sweep_charges(files, fan, late) for fan in FANS), Swept())
    swept += sum((sweep_orphans(files, fan, late) for fan in FANS), Swept())
    left = [path.name for path in files.places.path.rglob("*") if path.is_file()]
    assert (sorted(left), swept.blobs) == (["decoy", "lock"], 0)


@pytest.mark.anyio
async def test_a_killed_relay_goes_on_with_the_same_upload(tmp_path: Path) -> None:
    """N24: SIGKILL in the middle of 20 MiB, five times: what was answered is there, the whole verifies."""
    blob = Blob(Mailbox(), 20 * 1024 * 1024)
    content = blob.content
    program = RelayProgram(tmp_path / "data").start()
    try:
        async with RelayClient.open(RelayAddress.parse(program.address)) as client:
            await client.ask_all([blob.payer.creation, blob.creation])
        answered = kills = 0
        while answered < blob.size:
            answered = await fill(program, blob, answered)
            kills += 1
            program.kill()
            program.start()
        assert kills >= 4
        async with RelayClient.open(RelayAddress.parse(program.address)) as reader:
            assert joined(await reader.ask_all(blob.gets())) == content
    finally:
        program.stop()


async def fill(program: RelayProgram, blob: Blob, answered: int) -> int:
    """Go on from where the relay says, for three megabytes; one more is under way when this returns."""
    async with RelayClient.open(RelayAddress.parse(program.address)) as client:
        state = await client.ask(blob.look)
        assert isinstance(state, BlobState)
        assert answered <= state.durable < blob.size
        run = blob.puts(state.durable)[:50]
        assert set(await client.ask_all(run)) == {Done()}
        answered = run[-1].offset + len(run[-1].chunk)
        for request in blob.puts(answered)[:20]:
            await client.stream.send(client.connection.send(request))
    return answered
