"""The record of the KEM ratchet's machine, a part of the state's (see `snapshot`)."""

from typing import Final

from securemsg.crypto.kem import SEED_WIDTH, DecapsulationKey
from securemsg.errors import FrameError
from securemsg.ratchet.codewords import INDICES, OBJECT_WIDTH, WORD_WIDTH, WORDS, Coded, Symbols
from securemsg.ratchet.epochs import CODE_WIDTH
from securemsg.ratchet.kem_states import (
    MAX_EPOCH,
    MAX_FAILURES,
    Epochs,
    Machine,
    SendCt,
    SendEk,
    WaitCt,
    WaitEk,
)
from securemsg.ratchet.keys import Authenticator, ChainKey, EpochRoot
from securemsg.wire.codec import Encodable, encode
from securemsg.wire.fields import Fields

MAX_MACHINE: Final = 4_096
"""Bytes: the longest state needs about 3,300."""

_KEY: Final = 32
_MAX_CODES: Final = 2

_SEND_EK, _WAIT_CT, _WAIT_EK, _SEND_CT = range(1, 5)


def encode_machine(machine: Machine) -> bytes:
    """Return the record of a state of the machine."""
    epochs = machine.epochs
    common = (
        epochs.installed,
        epochs.root.expose(),
        epochs.authenticator.expose(),
        () if epochs.arriving is None else (epochs.arriving.expose(),),
        epochs.codes,
        epochs.failures,
    )
    return encode((*common, *_own(machine)))


def _own(machine: Machine) -> tuple[Encodable, ...]:
    match machine:
        case SendEk():
            return _SEND_EK, machine.private.expose(), machine.coded.value
        case WaitCt():
            return _WAIT_CT, machine.private.expose(), machine.coded.value, _flat(machine.symbols)
        case WaitEk():
            return _WAIT_EK, _flat(machine.symbols)
        case SendCt():
            return _SEND_CT, machine.departing.expose(), machine.coded.value


def decode_machine(record: bytes) -> Machine:
    """Return the state of a record; raises `FrameError` for a damaged one."""
    fields = Fields.parse(record, MAX_MACHINE)
    epochs = _epochs(fields)
    match fields.uint(_SEND_CT):
        case 1:
            machine: Machine = SendEk(epochs, _private(fields), Coded(fields.binary(OBJECT_WIDTH)))
        case 2:
            private, coded = _private(fields), Coded(fields.binary(OBJECT_WIDTH))
            machine = WaitCt(epochs, private, coded, _symbols(fields))
        case 3:
            machine = WaitEk(epochs, _symbols(fields))
        case 4:
            machine = SendCt(epochs, ChainKey(fields.binary(_KEY)), Coded(fields.binary(OBJECT_WIDTH)))
        case _:
            raise FrameError("no state of the machine")
    fields.end()
    return machine


def _epochs(fields: Fields) -> Epochs:
    installed = fields.uint(MAX_EPOCH)
    root, authenticator = EpochRoot(fields.binary(_KEY)), Authenticator(fields.binary(_KEY))
    arriving = fields.optional()
    chain = None if arriving is None else ChainKey(arriving.binary(_KEY))
    listed = fields.array(_MAX_CODES)
    codes = tuple(listed.binary(CODE_WIDTH) for _ in range(len(listed)))
    if len(codes) != min(installed + 1, _MAX_CODES):
        raise FrameError("another number of codes, or none")
    return Epochs(installed, root, authenticator, chain, codes, fields.uint(MAX_FAILURES))


def _private(fields: Fields) -> DecapsulationKey:
    return DecapsulationKey(fields.binary(SEED_WIDTH))


def _flat(symbols: Symbols) -> tuple[Encodable, ...]:
    return tuple(part for symbol in symbols for part in symbol)


def _symbols(fields: Fields) -> Symbols:
    listed = fields.array(2 * (WORDS - 1))
    symbols = tuple((listed.uint(INDICES - 1), listed.binary(WORD_WIDTH)) for _ in range(len(listed) // 2))
    listed.end()
    if len({index for index, _ in symbols}) != len(symbols):
        raise FrameError("an index twice")
    return symbols
