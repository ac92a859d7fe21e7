"""What stays behind outside the two vaults: ciphertext only."""

import base64
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from tests.support.programs import Person, RelayProgram, acquainted, running_relay
from tests.support.tap import Tap, tapped

TEXT = "The minister flies to Lyon on Thursday at nine"


class Scene:
    """Ann wrote to Ben and he answered, both through a tap before the relay."""

    def __init__(self, folder: Path, relay: RelayProgram, tap: Tap) -> None:
        self.folder, self.relay, self.tap = folder, relay, tap
        self.people = acquainted(folder, relay, "Ann-Example", "Ben-Example")
        ann, ben = self.people
        ann.do("send", "Ben-Example", TEXT)
        self.received = ben.do("receive", "--wait", "5")
        ben.do("send", "Ann-Example", TEXT[::-1])
        ann.do("receive", "--wait", "5")

    @cached_property
    def secrets(self) -> list[bytes]:
        """Return what must not be found: texts, names, account ids and links, in the shapes they take."""
        found = [TEXT, TEXT[::-1]]
        raw: list[bytes] = []
        for person in self.people:
            link = person.do("link")[0]["link"]
            account = next(line["account"] for line in self.accounts(person))
            found += [person.name, link, link.removeprefix("securemsg:"), account]
            raw.append(bytes.fromhex(account))
            body = link.removeprefix("securemsg:").upper()
            raw.append(base64.b32decode(body + "=" * (-len(body) % 8))[1:33])
        return [value.encode() for value in found] + raw

    def accounts(self, person: Person) -> list[dict[str, str]]:
        """Return the contact lines of a person."""
        return person.do("contacts")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("confidentiality")
    with running_relay(folder) as relay, tapped(relay.port) as tap:
        relay.address = relay.address.replace(f":{relay.port}#", f":{tap.port}#")
        yield Scene(folder, relay, tap)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def test_the_message_arrived(scene: Scene) -> None:
    assert [line["text"] for line in scene.received if line["type"] == "message"] == [TEXT]


def test_the_relays_folder_and_log_hold_no_text_name_account_or_link(scene: Scene) -> None:
    """N25, N22, N21: what a thief of the relay's disk finds is ciphertext (RL-2, RL-3, RL-10)."""
    places = [*files_below(scene.folder / "relay-data"), scene.folder / "relay-data.log"]
    assert any(path.stat().st_size > 1_000 for path in places)
    for path in places:
        content = path.read_bytes()
        assert [secret for secret in scene.secrets if secret in content] == [], path.name


def test_a_captured_stream_holds_no_text_name_account_or_link(scene: Scene) -> None:
    """N22: TLS covers even what the relay may see (MB-1)."""
    assert scene.tap.connections >= 4
    assert len(scene.tap.seen) > 20_000
    assert [secret for secret in scene.secrets if secret in scene.tap.seen] == []


def test_the_homes_hold_no_plaintext_and_no_database_header(scene: Scene) -> None:
    """ST-2: the whole vault file is noise, the first page too."""
    for person in scene.people:
        for path in files_below(person.home):
            content = path.read_bytes()
            assert [secret for secret in scene.secrets if secret in content] == [], path.name
            assert b"SQLite format" not in content
            assert b"CREATE TABLE" not in content
