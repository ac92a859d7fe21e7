"""Our EC ratchet and the package DoubleRatchet talk to each other, under the package's derivations."""

import asyncio
from dataclasses import dataclass

import pytest
from doubleratchet import EncryptedMessage

from securemsg.crypto.x25519 import PrivateKey
from securemsg.ratchet import opening, receiving, start
from securemsg.ratchet.chains import chain_step, root_step
from securemsg.ratchet.errors import Replayed
from securemsg.ratchet.keys import Authenticator, EpochSeed, HeaderKey, RootKey
from securemsg.ratchet.start import Seed, initiate, respond
from tests.interop.ec_ratchet import Ours, TooOld, other_derivations
from tests.interop.package import Package
from tests.store.chance import Chance
from tests.support.entropy import SeededEntropy

BINDING = b"of this session"
STEPS = 2_000


def agreed(seed: int) -> tuple[Seed, PrivateKey, SeededEntropy]:
    """Return what a handshake would have agreed on, and the responder's prekey."""
    entropy = SeededEntropy(seed)
    secrets = [entropy(32) for _ in range(5)]
    shared = Seed(
        entropy(64),
        RootKey(secrets[0]),
        EpochSeed(secrets[1]),
        Authenticator(secrets[2]),
        HeaderKey(secrets[3]),
        HeaderKey(secrets[4]),
    )
    return shared, PrivateKey.generate(entropy), entropy


@dataclass
class Letter:
    """A message on its way."""

    receiver: Ours | Package
    message: EncryptedMessage
    content: bytes


class Talk:
    """A conversation of one of ours with one of the package's, over a network that loses and reorders."""

    def __init__(self, ours: Ours, package: Package, seed: int) -> None:
        """Begin with nothing said."""
        self.ours, self.package = ours, package
        self.chance = Chance(seed)
        self.way: list[Letter] = []
        self.opened: list[Letter] = []
        self.too_old = 0
        self.late = 0
        """Messages of ours that a row opened."""
        self.said = 0

    def next(self) -> bytes:
        """Return something new to say."""
        self.said += 1
        return b"%d" % self.said

    async def say(self, sender: Ours | Package) -> None:
        """Put a message on its way."""
        content = self.next()
        receiver = self.package if sender is self.ours else self.ours
        self.way.append(Letter(receiver, await sender.seal(content), content))

    async def arrive(self) -> None:
        """Let something arrive, in any order, the earlier the likelier."""
        letter = self.way.pop(min(self.chance.randrange(len(self.way)) for _ in range(3)))
        rows = len(self.ours.rows)
        try:
            assert await letter.receiver.open(letter.message) == letter.content
        except TooOld:
            self.too_old += 1
        else:
            self.opened.append(letter)
            self.late += len(self.ours.rows) < rows

    async def run(self) -> None:
        """Let everything happen that the dice say."""
        for _ in range(STEPS):
            dice = self.chance.random()
            if dice < 0.24:
                await self.say(self.ours)
            elif dice < 0.48 and self.package.heard:
                await self.say(self.package)
            elif dice < 0.53 and self.way:
                self.way.pop(self.chance.randrange(len(self.way)))
            elif self.way:
                await self.arrive()
        while self.way:
            await self.arrive()


@pytest.mark.parametrize("seed", range(6))
def test_our_initiator_and_the_package_read_each_other(seed: int) -> None:
    """RT-2, RT-10: over turns, losses and reordering, in both directions."""

    async def run() -> Talk:
        shared, prekey, entropy = agreed(seed)
        ours = Ours(initiate(shared, prekey.public(), entropy), BINDING, entropy)
        talk = Talk(ours, Package(shared.root.expose(), BINDING, prekey=prekey.expose()), seed)
        await talk.run()
        return talk

    with other_derivations():
        check(asyncio.run(run()))


@pytest.mark.parametrize("seed", range(6))
def test_our_responder_and_the_package_read_each_other(seed: int) -> None:
    """RT-2, RT-10: where the package speaks first."""

    async def run() -> Talk:
        shared, prekey, entropy = agreed(seed)
        package = Package(shared.root.expose(), BINDING, prekey=prekey.public())
        talk = Talk(Ours(respond(shared, prekey), BINDING, entropy), package, seed)
        content = talk.next()
        first = await package.begin(content)
        for _ in range(3):
            await talk.say(package)
        await talk.arrive()
        talk.way.append(Letter(talk.ours, first, content))
        await talk.run()
        return talk

    with other_derivations():
        check(asyncio.run(run()))


def check(talk: Talk) -> None:
    """Check that enough was heard on both sides, and that neither hears anything twice."""
    heard = [sum(letter.receiver is end for letter in talk.opened) for end in (talk.ours, talk.package)]
    assert min(heard) > 50
    assert len(talk.opened) + talk.too_old > 150

    async def again(letter: Letter) -> None:
        with pytest.raises((Replayed, TooOld)):
            await letter.receiver.open(letter.message)

    for letter in talk.opened:
        if letter.receiver is talk.ours:
            asyncio.run(again(letter))
    chain = talk.ours.state.receiving
    assert chain is not None
    assert chain.index > 20
    assert talk.late > 10


def test_the_derivations_are_the_only_thing_that_differs() -> None:
    """What is replaced is back when the test is over."""
    with other_derivations():
        assert vars(receiving)["chain_step"] is not chain_step
    assert vars(receiving)["chain_step"] is chain_step
    assert receiving._skip.__defaults__ == (chain_step,)
    assert all(vars(module)["root_step"] is root_step for module in (opening, receiving, start))
