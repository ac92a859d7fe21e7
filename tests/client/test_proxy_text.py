"""How a proxy is written down, and that nothing repeats its password."""

import copy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.client import Profile
from securemsg.client.clock import system_clock
from securemsg.client.network import load_routing, set_proxy, set_transport
from securemsg.client.proxy import VARIABLE, Proxy, ProxyKind, environment_proxy
from securemsg.client.ways import Transport
from securemsg.errors import LocalError
from tests.client.live import profile_at

ADDRESS = "127.0.0.1:7443#" + "A" * 43
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=255)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("socks5://127.0.0.1:9050", "socks5://127.0.0.1:9050"),
        ("socks5h://127.0.0.1:9050", "socks5://127.0.0.1:9050"),
        (" http://proxy.example:3128/ ", "http://proxy.example:3128"),
        ("http://ann:secret@[2001:db8::1]:8080", "http://[2001:db8::1]:8080"),
    ],
)
def test_a_proxy_is_shown_without_its_login(text: str, where: str) -> None:
    """MB-20."""
    proxy = Proxy.parse(text)
    assert proxy.where == where
    assert Proxy.parse(proxy.reveal()) == proxy
    assert "secret" not in repr(proxy) + str(proxy)
    assert "ann" not in repr(proxy)
    with pytest.raises(LocalError):
        copy.deepcopy(proxy)


@given(st.sampled_from(list(ProxyKind)), WORDS, WORDS)
def test_every_login_of_visible_ascii_can_be_written(kind: ProxyKind, user: str, word: str) -> None:
    """MB-20."""
    plain = Proxy.parse(f"{kind.value}://x:y@host.example:1")
    proxy = Proxy(kind, plain.host, 1, user, type(plain.password)(word.encode()))
    assert Proxy.parse(proxy.reveal()) == proxy


@pytest.mark.parametrize(
    "text",
    [
        "",
        "127.0.0.1:9050",
        "https://127.0.0.1:1",
        "socks4://127.0.0.1:1",
        "socks5://127.0.0.1",
        "socks5://127.0.0.1:0",
        "socks5://127.0.0.1:65536",
        "socks5://:hunter2@127.0.0.1:1",
        "socks5://hunter2:@127.0.0.1:1",
        "socks5://hunter2@127.0.0.1:1",
        "socks5://a:hunter2@b:c@127.0.0.1:1",
        "socks5://a:hunter2%20@127.0.0.1:1",
        "socks5://a:hunter2%0d%0a@127.0.0.1:1",
        "socks5://a:hunter2é@127.0.0.1:1",
        "socks5://a:" + "hunter2" * 40 + "@127.0.0.1:1",
        "http://a:hunter2@ho st:1",
        "http://a:hunter2@host:1/path",
        "http://a:hunter2@host\r\nX: y:1",
    ],
)
def test_what_is_no_proxy_is_refused_without_repeating_it(text: str) -> None:
    """MB-20, CL-12: it may hold a password, whatever is wrong with it."""
    with pytest.raises(LocalError) as raised:
        Proxy.parse(text)
    assert "hunter2" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@given(st.text(max_size=60))
def test_any_text_is_a_proxy_or_a_local_error(text: str) -> None:
    """MB-20."""
    try:
        proxy = Proxy.parse(text)
    except LocalError:
        return
    assert Proxy.parse(proxy.reveal()) == proxy


def test_the_environment_names_a_proxy_in_place_of_the_vaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CL-22: for this process; what the vault holds stays."""
    monkeypatch.delenv(VARIABLE, raising=False)
    profile = profile_at(tmp_path, "ann", ADDRESS)
    assert profile.network.routing.proxy is None
    kept = Proxy.parse("http://ann:secret@proxy.example:3128")
    profile.decide(lambda step: set_proxy(step, kept))
    profile.decide(lambda step: set_transport(step, Transport.WEBSOCKET))
    assert profile.decide(lambda step: load_routing(step.vault)).proxy == kept
    monkeypatch.setenv(VARIABLE, "socks5://127.0.0.1:9050")
    again = Profile(profile._vault, system_clock)
    assert again.network.routing.proxy == environment_proxy() == Proxy.parse("socks5://127.0.0.1:9050")
    assert again.network.routing.transport is Transport.WEBSOCKET
    monkeypatch.setenv(VARIABLE, " ")
    assert profile.decide(lambda step: load_routing(step.vault)).proxy == kept
    profile.decide(lambda step: set_proxy(step, None))
    assert profile.decide(lambda step: load_routing(step.vault)).proxy is None
    profile.close()


def test_an_environment_that_cannot_be_read_opens_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CL-22: whoever names a proxy must not be connected without it."""
    profile = profile_at(tmp_path, "ann", ADDRESS)
    monkeypatch.setenv(VARIABLE, "sox://ann:hunter2@127.0.0.1:1")
    with pytest.raises(LocalError, match=VARIABLE) as raised:
        Profile(profile._vault, system_clock)
    assert "hunter2" not in str(raised.value)
    profile.close()
