"""What people do wrong and what goes wrong around them: a sentence, the right status, nothing lost."""

import base64
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from securemsg.crypto.certificate import make_certificate
from securemsg.crypto.kdf import digest
from securemsg.instant import Instant
from tests.hostile.hostile_relay import hostile_relay
from tests.support.programs import Answer, Person, RelayProgram, acquainted, environment, running_relay

REFUSED, USAGE, TIMED_OUT = 1, 2, 3
LONG_AGO = Instant(1_600_000_000_000)


@dataclass
class Scene:
    """Ann and Ben at one relay."""

    folder: Path
    relay: RelayProgram
    ann: Person
    ben: Person


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("bad-use")
    with running_relay(folder) as relay:
        yield Scene(folder, relay, *acquainted(folder, relay, "ann", "ben"))


def one_sentence(answer: Answer, status: int, *words: str) -> None:
    """Check the status, and that the only diagnostics are one readable line with these words."""
    assert answer.status == status, answer.stderr
    line = answer.stderr.strip()
    assert len(line.splitlines()) == 1
    assert "Traceback" not in line
    for word in words:
        assert word in line


def test_a_wrong_passphrase_is_refused_and_the_right_one_still_opens(scene: Scene) -> None:
    """R20: one error, nothing changed (ST-3)."""
    wrong = Person("ann", scene.ann.home, scene.folder / "wrong")
    wrong.passphrase_file.write_text("not this one\n")
    wrong.passphrase_file.chmod(0o600)
    one_sentence(wrong.run("contacts"), REFUSED, "passphrase")
    assert scene.ann.do("contacts")


def test_an_unknown_contact_is_refused(scene: Scene) -> None:
    one_sentence(scene.ann.run("send", "nobody", "hello"), REFUSED, "no such contact", "securemsg contacts")


def test_a_home_is_never_made_over_another(scene: Scene) -> None:
    answer = scene.ann.run("init", "--name", "Ann", "--relay", scene.relay.address)
    one_sentence(answer, REFUSED, "home")
    assert scene.ann.do("contacts")


def test_no_home_says_how_to_make_one(tmp_path: Path) -> None:
    one_sentence(Person.at(tmp_path, "new").run("contacts"), REFUSED, "securemsg init")


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["send", "ben"], ["history"], ["receive", "--wait", "soon"]]
)
def test_wrong_usage_ends_with_2(scene: Scene, arguments: list[str]) -> None:
    assert scene.ann.run(*arguments).status == USAGE


def test_a_relay_that_is_down_keeps_the_message_in_the_outbox(tmp_path: Path) -> None:
    """R03: what is queued while the relay is down is delivered when it is back (CL-6)."""
    relay = RelayProgram(tmp_path / "relay-data").start()
    try:
        ann, ben = acquainted(tmp_path, relay, "ann", "ben")
        relay.kill()
        answer = ann.run("send", "ben", "while you were away", "--wait", "1")
        one_sentence(answer, TIMED_OUT, "outbox", "cannot be reached")
        assert answer.lines[-1]["state"] == "queued"
        relay.start()
        ann.do("receive", "--wait", "1")
        ben.do("receive", "--wait", "5")
        assert ben.texts("ann", "in") == ["while you were away"]
    finally:
        relay.kill()


def test_making_a_home_at_a_relay_that_is_down_leaves_nothing_behind(tmp_path: Path, scene: Scene) -> None:
    """CL-13: the relay is reached before anything is made."""
    person = Person.at(tmp_path, "zoe")
    host, pin = scene.relay.address.split("#")
    answer = person.run("init", "--name", "Zoe", "--relay", f"{host.split(':')[0]}:1#{pin}")
    one_sentence(answer, REFUSED, "cannot be reached")
    assert not person.home.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["zoe.passphrase"]


def test_a_wrong_pin_is_refused_and_leaves_nothing_behind(tmp_path: Path, scene: Scene) -> None:
    """N11: the pin decides, not who answers (MB-2)."""
    person = Person.at(tmp_path, "zoe")
    host = scene.relay.address.split("#")[0]
    other = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()
    answer = person.run("init", "--name", "Zoe", "--relay", f"{host}#{other}")
    one_sentence(answer, REFUSED, "pin")
    assert not person.home.exists()


@pytest.mark.parametrize("address", ["localhost", "localhost:7443", "localhost:99999#x", "#", "ftp://x#y"])
def test_an_address_that_is_none_says_what_one_looks_like(tmp_path: Path, address: str) -> None:
    answer = Person.at(tmp_path, "zoe").run("init", "--name", "Zoe", "--relay", address)
    one_sentence(answer, REFUSED)


@pytest.mark.parametrize(("days", "words"), [(1, "expired"), (36_500, "in between")])
def test_another_certificate_is_refused_whether_it_is_valid_or_expired(
    tmp_path: Path, scene: Scene, days: int, words: str
) -> None:
    """N10, N11: a certificate that the relay's identity key did not sign for, or an old one (MB-1, MB-2)."""
    key, certificate = make_certificate("127.0.0.1", LONG_AGO, days)
    (tmp_path / "tls.key").write_bytes(key)
    (tmp_path / "tls.crt").write_bytes(certificate)
    with hostile_relay(scene.relay.port, tmp_path) as impostor:
        address = scene.relay.address.replace(f":{scene.relay.port}#", f":{impostor.port}#")
        person = Person.at(tmp_path, "zoe")
        one_sentence(person.run("init", "--name", "Zoe", "--relay", address), REFUSED, words)
        assert not person.home.exists()


def test_a_relay_with_a_full_disk_keeps_the_message_in_the_outbox(tmp_path: Path) -> None:
    """N05: nothing is accepted that could not be kept; it is sent when there is room (RL-5)."""
    relay = RelayProgram(tmp_path / "relay-data").start()
    try:
        ann, ben = acquainted(tmp_path, relay, "ann", "ben")
        relay.stop()
        plain, relay.config = relay.config, "[limits]\nreserve_mebibytes = 1000000000\n"
        relay.start()
        one_sentence(ann.run("send", "ben", "no room", "--wait", "2"), TIMED_OUT, "outbox", "disk")
        relay.stop()
        relay.config = plain
        relay.start()
        # The relay asked to wait a while before the next try.
        ann.run("receive", "--wait", "1")
        ann.do("send", "ben", "room again", "--wait", "60")
        ben.do("receive", "--wait", "5")
        assert ben.texts("ann", "in") == ["no room", "room again"]
    finally:
        relay.kill()


def test_a_corrupt_vault_is_refused_and_not_replaced(tmp_path: Path, scene: Scene) -> None:
    """R12, R13: damage is told, the damaged file stays as it is (ST-9)."""
    person = Person.at(tmp_path, "zoe")
    person.do("init", "--name", "Zoe", "--relay", scene.relay.address)
    vault = person.home / "vault.db"
    damaged = bytearray(vault.read_bytes())
    damaged[100:200] = bytes(100)
    vault.write_bytes(damaged)
    one_sentence(person.run("contacts"), REFUSED, "damaged", "backup")
    assert vault.read_bytes() == bytes(damaged)


def test_links_of_a_newer_version_damaged_links_and_other_texts_are_told_apart(scene: Scene) -> None:
    """E17: each says what to do (ID-6)."""
    link = scene.ben.do("link")[0]["link"]
    body = link.removeprefix("securemsg:").upper()
    raw = bytearray(base64.b32decode(body + "=" * (-len(body) % 8)))
    raw[0] = 2
    raw[-4:] = digest(b"link", bytes(raw[:-4]))[:4]
    newer = "securemsg:" + base64.b32encode(raw).rstrip(b"=").decode().lower()
    one_sentence(scene.ann.run("add", newer), REFUSED, "newer version", "pdate")
    one_sentence(scene.ann.run("add", link[:-5]), REFUSED, "damaged or incomplete")
    one_sentence(scene.ann.run("add", "https://example.org"), REFUSED, "securemsg:")
    one_sentence(scene.ann.run("add", scene.ann.do("link")[0]["link"]), REFUSED, "your own")


def test_a_home_that_is_in_use_is_refused_to_a_second_process(scene: Scene) -> None:
    """R15: the second process is told so at once (ST-4)."""
    scene.ben.do("send", "ann", "are you there?")
    first = subprocess.Popen(
        scene.ann.command("receive", "--follow"), env=environment(), stdout=subprocess.PIPE, text=True
    )
    with first:
        assert first.stdout is not None
        assert first.stdout.readline()
        one_sentence(scene.ann.run("contacts"), REFUSED, "Another", "close")
        first.terminate()
        assert first.wait(20) == 0
    assert scene.ann.do("contacts")


def test_too_long_and_empty_messages_are_refused_before_anything_is_queued(scene: Scene) -> None:
    """E19: the limit of a text is told (CT-2)."""
    before = scene.ann.do("history", "ben")
    one_sentence(scene.ann.run("send", "ben", "-", stdin="x" * 16_001), REFUSED, "16")
    one_sentence(scene.ann.run("send", "ben", ""), REFUSED, "empty")
    assert scene.ann.do("history", "ben") == before
