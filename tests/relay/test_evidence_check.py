"""`check` on PostgreSQL reads the tables of every shard, with a relay that runs or without (Spec: RL-11)."""

from pathlib import Path

import psycopg
import pytest
import trio

from tests.relay.client import Mailbox
from tests.relay.test_operation_postgres import House, leave

DAMAGES = {
    "UPDATE mailbox SET messages = messages + 1": "do not agree with what is stored in them",
    "UPDATE shelf SET remaining = remaining + 1": "do not agree with the leaves on them",
    "DELETE FROM mailbox": "that are not there",
}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def place(house: House) -> str:
    """The connection string of the only shard."""
    return (house.relay.data.parent / "shards").read_text().splitlines()[-1]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_check_tells_of_rows_that_do_not_agree(house: House, damage: str) -> None:
    relay = house.relay
    relay.config = house.postgres
    try:
        trio.run(leave, relay.start().address, Mailbox())
        assert house.command("check")[:2] == (0, "The database is whole, and so are people's files.\n")
        with psycopg.connect(place(house)) as connection:
            connection.execute(damage.encode())
        while_it_runs = house.command("check")
        assert relay.stop() == 0
        for status, printed, said in (while_it_runs, house.command("check")):
            assert (status, printed, said.count("\n")) == (1, "", 1)
            assert DAMAGES[damage] in said
            assert "securemsg-relay restored" in said
    finally:
        relay.kill()


def test_a_check_changes_nothing_and_needs_tables_and_a_server(house: House) -> None:
    house.relay.config = house.postgres
    status, printed, said = house.command("check")
    assert (status, printed, said.count("\n")) == (1, "", 1)
    with psycopg.connect(place(house)) as connection:
        assert connection.execute("SELECT to_regclass('mailbox')").fetchone() == (None,)
    (house.relay.data.parent / "shards").write_text("host=/nonexistent password=canary\n")
    status, printed, said = house.command("check")
    assert (status, printed, said.count("\n")) == (1, "", 1)
    assert "canary" not in said
