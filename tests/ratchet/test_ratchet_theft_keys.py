"""What each kind of key opens that is stolen alone, and what it does not.

The thief has everything that is public, and all that it names; of the rest it has nothing but zeros.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

import pytest

from securemsg.crypto.kem import DecapsulationKey
from securemsg.crypto.x25519 import PrivateKey
from securemsg.errors import RemoteError
from securemsg.ratchet.chains import chain_step
from securemsg.ratchet.codewords import Coded, codeword
from securemsg.ratchet.epochs import Exchange, epoch_step, next_epoch
from securemsg.ratchet.header import open_header
from securemsg.ratchet.kem_states import Machine, SendCt, SendEk, WaitCt
from securemsg.ratchet.kem_steps import offer
from securemsg.ratchet.keys import Authenticator, ChainKey, EpochRoot, HeaderKey, RootKey
from securemsg.ratchet.skipped import Which
from securemsg.ratchet.state import Active, RatchetPair, Turn
from securemsg.wire.envelope import Message
from tests.ratchet.changed import changed
from tests.ratchet.forging import hand_over
from tests.ratchet.parties import SIZES, Party, Rows, parties, standing, talk, tell
from tests.ratchet.test_ratchet_theft import THIEF, opens
from tests.ratchet.thief import read

NOTHING = bytes(32)
EC_CHAINS, HEADERS, ROOT, PRIVATE = "EC chains", "header keys", "root key", "ratchet private key"
KEM_CHAINS, EPOCH_ROOT, AUTHENTICATOR, DECAPSULATION = "KEM chains", "epoch root", "authenticator", "dk"
EC = {EC_CHAINS, HEADERS, ROOT, PRIVATE}
KEM = {KEM_CHAINS, EPOCH_ROOT, AUTHENTICATOR, DECAPSULATION}


def of(kinds: Iterable[str], state: Active) -> Active:
    """Return `state` with these kinds of keys, and with nothing in place of all others."""
    kept = set(kinds)
    receiving, sending = state.receiving, state.sending
    assert receiving is not None
    if EC_CHAINS not in kept:
        receiving = receiving._replace(key=b"\0" * len(receiving.key))
        sending = sending._replace(key=b"\0" * len(sending.key))
    if HEADERS not in kept:
        receiving = receiving._replace(header=HeaderKey(NOTHING))
        sending = sending._replace(header=HeaderKey(NOTHING))
    ours, theirs = state.epoch_sending, state.epoch_receiving
    if KEM_CHAINS not in kept:
        ours, theirs = (chain._replace(key=b"\0" * len(chain.key)) for chain in (ours, theirs))
    return changed(
        state,
        turn=_turn(state.turn, kept),
        sending=sending,
        receiving=receiving,
        epoch_sending=ours,
        epoch_receiving=theirs,
        machine=_machine(state.machine, kept),
    )


def _turn(turn: Turn, kept: set[str]) -> Turn:
    if HEADERS not in kept:
        turn = replace(turn, next_sending=HeaderKey(NOTHING), next_receiving=HeaderKey(NOTHING), past=())
    if ROOT not in kept:
        turn = replace(turn, root=RootKey(NOTHING))
    if PRIVATE not in kept:
        turn = replace(turn, ours=RatchetPair(PrivateKey.generate(THIEF), turn.ours.public))
    return turn


def _machine(machine: Machine, kept: set[str]) -> Machine:
    epochs = machine.epochs
    if KEM_CHAINS not in kept and epochs.arriving is not None:
        epochs = replace(epochs, arriving=ChainKey(NOTHING))
    if EPOCH_ROOT not in kept:
        epochs = replace(epochs, root=EpochRoot(NOTHING))
    if AUTHENTICATOR not in kept:
        epochs = replace(epochs, authenticator=Authenticator(NOTHING))
    machine = replace(machine, epochs=epochs)
    if isinstance(machine, SendCt) and KEM_CHAINS not in kept:
        machine = replace(machine, departing=ChainKey(NOTHING))
    if isinstance(machine, (SendEk, WaitCt)) and DECAPSULATION not in kept:
        machine = replace(machine, private=DecapsulationKey.generate(THIEF))
    return machine


def robbed(victim: Party, kinds: Iterable[str]) -> Party:
    """Return a thief who holds these kinds of keys of `victim`, and no rows."""
    return Party(of(kinds, victim.active), THIEF, victim.now)


def scene() -> tuple[Party, Party]:
    """Return a victim in WaitCt, whose peer has answered, and the peer."""
    initiator, responder = parties()
    talk(initiator, responder, 0, 2)
    tell(initiator, responder, 4)
    tell(responder, initiator, 1)
    assert (standing(initiator)[0], standing(responder)[0]) == ("WaitCt", "SendCt")
    return initiator, responder


def three_words(initiator: Party, responder: Party) -> list[Message]:
    """Return a message of the present chain, one of the next, and one of the next epoch."""
    present = responder.seal(b"." * SIZES[4])
    initiator.open(present)
    responder.open(initiator.seal(b"." * SIZES[0]))
    turned = responder.seal(b"." * SIZES[0])
    assert responder.active.epoch_sending.epoch == 1
    return [present, turned]


def test_with_all_kinds_of_keys_a_thief_reads_on() -> None:
    """The thief is not imagined: nothing else than the keys named here is missing to the others."""
    initiator, responder = scene()
    thief = robbed(initiator, EC | KEM)
    present, turned = three_words(initiator, responder)
    assert thief.open(present)
    assert thief.open(turned)


@pytest.mark.parametrize("missing", sorted(EC | KEM))
def test_what_is_missing_decides_where_a_thief_ends(missing: str) -> None:
    """RT-5, KR-2: chains and headers are needed at once, roots and privates with the next step."""
    initiator, responder = scene()
    thief = robbed(initiator, (EC | KEM) - {missing})
    present, turned = three_words(initiator, responder)
    at_once = {EC_CHAINS, HEADERS, KEM_CHAINS}
    assert opens(thief, present) == (missing not in at_once)
    try:
        thief.open(present)
        thief.open(turned)
    except RemoteError:
        return
    raise AssertionError(missing)


@pytest.mark.parametrize("kind", sorted(EC | KEM))
def test_one_kind_of_key_alone_opens_nothing(kind: str) -> None:
    """RT-5, I9: neither of what was said nor of what will be."""
    initiator, responder = scene()
    skipped = responder.seal(b"." * SIZES[0])
    past = responder.seal(b"." * SIZES[0])
    initiator.open(past)
    thief = robbed(initiator, {kind})
    for message in (skipped, past, *three_words(initiator, responder)):
        assert not opens(thief, message)


@pytest.mark.parametrize("ratchet", [EC, KEM])
def test_the_keys_of_one_ratchet_open_nothing(ratchet: set[str]) -> None:
    """RT-5: all of them; who holds the EC ratchet reads the headers of its chain, and no content."""
    initiator, responder = scene()
    thief = robbed(initiator, ratchet)
    messages = three_words(initiator, responder)
    assert not any(opens(thief, message) for message in messages)
    receiving = thief.active.receiving
    assert receiving is not None
    seen = open_header(receiving.header, messages[0].sealed_header, thief.active.binding.opening)
    assert (seen is not None) == (ratchet is EC)


def test_both_chain_keys_open_the_rest_of_their_chains_and_nothing_before_or_after() -> None:
    """RT-14, I9."""
    initiator, responder = scene()
    before = responder.seal(b"before")
    initiator.open(before)
    thief = robbed(initiator, {EC_CHAINS, HEADERS, KEM_CHAINS})
    assert not opens(thief, before)
    for _ in range(4):
        message = responder.seal(b"." * SIZES[0])
        initiator.open(message)
        assert thief.open(message)
    responder.open(initiator.seal(b"." * SIZES[0]))
    initiator.open(turned := responder.seal(b"." * SIZES[0]))
    assert not opens(thief, turned)


def test_a_header_key_shows_places_and_no_content() -> None:
    """Section 9: the header comes from the EC ratchet alone."""
    initiator, responder = scene()
    key = initiator.active.turn.next_receiving
    responder.open(initiator.seal(b"." * SIZES[0]))
    message = responder.seal(b"." * SIZES[0])
    fields = open_header(key, message.sealed_header, initiator.active.binding.opening)
    assert fields is not None
    assert fields[1:] == (1, 0, 0, 0, 2)
    assert not opens(robbed(initiator, {HEADERS}), message)


@pytest.mark.parametrize("kinds", [*product([ROOT, ""], [PRIVATE, ""])])
def test_the_next_turn_needs_the_root_and_the_private_key(kinds: tuple[str, str]) -> None:
    """RT-10: one without the other follows nothing, although all chains are there."""
    initiator, responder = scene()
    thief = robbed(initiator, {EC_CHAINS, HEADERS, *KEM, *kinds} - {""})
    responder.open(initiator.seal(b"." * SIZES[0]))
    assert opens(thief, responder.seal(b"." * SIZES[0])) == ("" not in kinds)


@pytest.mark.parametrize("kept", [set(), {Which.EC}, {Which.KEM}, set(Which)])
def test_the_rows_of_both_ratchets_open_their_message_and_no_other(kept: set[Which]) -> None:
    """RT-1, RT-5: a stolen row is one half of one message."""
    initiator, responder = scene()
    first, second, third = (responder.seal(b"." * SIZES[0]) for _ in range(3))
    initiator.open(third)
    assert initiator.counts() == [2, 2]
    number = initiator.active.receiving.number if initiator.active.receiving else 0
    rows = {place: row for place, row in initiator.rows.items() if place.ratchet in kept}
    keys = {place: row.key.expose() for place, row in rows.items()}
    ec = [key for place, key in keys.items() if place.ratchet is Which.EC] or [NOTHING]
    kem = [key for place, key in keys.items() if place.ratchet is Which.KEM] or [NOTHING]
    binding = initiator.active.binding.opening
    found = [
        [read(message, *pair, binding) is not None for pair in product(ec, kem)]
        for message in (first, second, third)
    ]
    assert number > 0
    whole = kept == set(Which)
    assert found[0] == ([True, False, False, False] if whole else [False] * len(found[0]))
    assert found[1] == ([False, False, False, True] if whole else [False] * len(found[1]))
    assert not any(found[2])
    assert not opens(Party(of((), initiator.active), THIEF, initiator.now, Rows(rows)), first)


def test_both_message_keys_open_their_message_and_no_other() -> None:
    """RT-4, KR-4: a key gives neither the next one nor the one before."""
    initiator, responder = scene()
    state = responder.active
    message, other = (responder.seal(b"." * SIZES[0]) for _ in range(2))
    keys = chain_step(state.sending.key)[1], epoch_step(state.epoch_sending.key)[1]
    binding = initiator.active.binding.opening
    assert read(message, *keys, binding) is not None
    assert read(other, *keys, binding) is None
    assert read(message, keys[1], keys[0], binding) is None


def test_the_next_epoch_needs_the_decapsulation_key_the_root_and_the_authenticator() -> None:
    """KR-2: with all three it follows from the ciphertext, with two of them it does not."""
    initiator, responder = scene()
    machine, answer = initiator.active.machine, responder.active.machine
    assert isinstance(machine, WaitCt)
    assert isinstance(answer, SendCt)
    key, ciphertext = machine.private.public().encoded, answer.coded.value[:1_568]
    exchange = Exchange(initiator.active.binding.session_id, 1, key, ciphertext)

    def chain(private: DecapsulationKey, authenticator: Authenticator, root: EpochRoot) -> bytes:
        mixed = exchange.mix(authenticator, private.decapsulate(ciphertext))
        return next_epoch(root, mixed.secret, 1)[1].sealed_by(responder.active.binding.role).expose()

    whole = (machine.private, machine.epochs.authenticator, machine.epochs.root)
    assert chain(*whole) == answer.departing.expose()
    assert chain(DecapsulationKey(bytes(64)), *whole[1:]) != answer.departing.expose()
    assert chain(whole[0], Authenticator(NOTHING), whole[2]) != answer.departing.expose()
    assert chain(*whole[:2], EpochRoot(NOTHING)) != answer.departing.expose()


def test_an_authenticator_lets_a_key_be_forged_only_by_who_seals_messages_too() -> None:
    """KR-2: the tag alone carries nothing anywhere; without it, who seals cannot offer keys of their own."""
    initiator, responder = parties()
    talk(initiator, responder, 0, 2)
    thief = DecapsulationKey.generate(THIEF)
    for known in (False, True):
        kinds = {AUTHENTICATOR} if known else set[str]()
        state = of(kinds, initiator.active)
        forged = _offer(state, thief)
        hand_over(initiator, responder, b"".join(codeword(forged.value, index) for index in range(4)))
        assert standing(responder) == (("SendCt", 1) if known else ("WaitEk", 0))
        assert responder.active.machine.epochs.failures == 1


def _offer(state: Active, private: DecapsulationKey) -> Coded:
    return offer(state.machine.epochs, state.binding, lambda _: private.expose()).coded
