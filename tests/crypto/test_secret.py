"""Secrets do not show, copy or confuse themselves."""

import copy
import logging
import pickle  # noqa: TID251  # to see that it is refused
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.hpke import SealingKey
from securemsg.crypto.kem import DecapsulationKey
from securemsg.crypto.mldsa import SigningKey as MldsaSigningKey
from securemsg.crypto.secret import Secret
from securemsg.crypto.signature import HybridSigningKey
from securemsg.crypto.x25519 import PrivateKey
from securemsg.errors import LocalError

KEYS: list[type[Secret]] = [
    DecapsulationKey,
    HybridSigningKey,
    MldsaSigningKey,
    PrivateKey,
    SealingKey,
    SigningKey,
]


class RootKey(Secret):
    """A secret of one role."""

    WIDTH: ClassVar[int | None] = 32
    __slots__ = ()


class ChainKey(Secret):
    """A secret of one role."""

    WIDTH: ClassVar[int | None] = 32
    __slots__ = ()


class Anything(Secret):
    """A secret of any width."""

    __slots__ = ()


def make(kind: type[Secret]) -> Secret:
    assert kind.WIDTH is not None
    return kind(b"\xa7canary!" * (kind.WIDTH // 8))


def shows(text: str) -> bool:
    return any(trace in text for trace in ("canary", b"canary".hex(), "\\xa7"))


def test_a_secret_gives_back_its_bytes() -> None:
    assert RootKey(bytes(range(32))).expose() == bytes(range(32))


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_gives_back_what_it_was_made_of(kind: type[Secret]) -> None:
    assert kind.WIDTH is not None
    assert make(kind).expose() == b"\xa7canary!" * (kind.WIDTH // 8)


@pytest.mark.parametrize("kind", KEYS)
def test_no_text_form_shows_a_key(kind: type[Secret]) -> None:
    """N22: `repr`, `str`, `format` and `%` name the type only."""
    secret = make(kind)
    forms = [repr(secret), str(secret), f"{secret}", f"{secret!r:>80}", "{}".format(secret), ascii(secret)]  # noqa: UP032  # the old way is tried too
    assert not any(shows(form) for form in forms)
    assert all(kind.__name__ in form for form in forms)


def test_a_secret_inside_a_dataclass_is_not_shown() -> None:
    """N22: states hold secrets and may be printed."""

    @dataclass(frozen=True)
    class State:
        root: Secret

    assert repr(State(make(RootKey))).endswith("State(root=RootKey(...))")


def test_a_traceback_and_a_log_line_do_not_show_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    """N22: also with local variables printed."""
    secret = make(RootKey)
    with pytest.raises(LocalError) as failure:
        pickle.dumps(secret)
    report = traceback.TracebackException.from_exception(failure.value, capture_locals=True)
    logging.getLogger("test").error("failed with %s", secret, exc_info=failure.value)
    printed = "".join(report.format())
    assert "RootKey(...)" in printed
    assert "RootKey(...)" in caplog.text
    assert not shows(printed)
    assert not shows(caplog.text)


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("difference", [-1, 1])
def test_another_width_is_our_own_fault(kind: type[Secret], difference: int) -> None:
    """K06: a key one byte too short or too long is refused before the primitive sees it."""
    assert kind.WIDTH is not None
    with pytest.raises(LocalError) as refusal:
        kind(b"\xa7" * (kind.WIDTH + difference))
    assert "\\xa7" not in str(refusal.value)


@given(st.binary())
def test_a_secret_without_a_width_takes_any(value: bytes) -> None:
    assert Anything(value).expose() == value


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_secrets_of_one_role_are_equal_when_their_bytes_are(first: bytes, second: bytes) -> None:
    assert (RootKey(first) == RootKey(second)) == (first == second)
    assert RootKey(first) == RootKey(bytes(first))


def test_secrets_of_two_roles_and_bytes_are_never_equal() -> None:
    value = bytes(32)
    assert RootKey(value) != ChainKey(value)
    assert RootKey(value) != Anything(value)
    assert RootKey(value) != value


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_secret_cannot_be_pickled_or_copied(kind: type[Secret], way: Callable[[object], object]) -> None:
    with pytest.raises(LocalError):
        way(make(kind))


@pytest.mark.parametrize("kind", KEYS)
def test_a_secret_cannot_be_hashed(kind: type[Secret]) -> None:
    with pytest.raises(TypeError):
        hash(make(kind))


@pytest.mark.parametrize("kind", KEYS)
def test_a_secret_has_no_attribute_dictionary(kind: type[Secret]) -> None:
    assert not hasattr(make(kind), "__dict__")
