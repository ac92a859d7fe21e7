"""A person asks what the relay holds of her, by the number that her own client prints (Spec: RL-46)."""

import json
import subprocess
import sys
from pathlib import Path

from tests.relay.test_relay_command import run
from tests.support.programs import acquainted, environment, running_relay


def test_the_administrator_tells_what_is_kept_of_the_mailbox_that_doctor_names(tmp_path: Path) -> None:
    with running_relay(tmp_path) as relay:
        ann, ben = acquainted(tmp_path, relay, "ann", "ben")
        ben.do("send", "ann", "one that waits")
        # A doctor that connects receives: ask the one who does not wait for anything.
        told = {line["check"]: line for line in ben.do("doctor")}
        held = json.loads(run(relay.data, "what-we-hold", told["mailbox"]["mailbox"], "--json")[1])
        assert (held["held"], held["mailbox"]) == (True, told["mailbox"]["mailbox"])
        assert [name for name, line in told.items() if "mailbox" in line] == ["mailbox"]
        human = subprocess.run(
            ann.command("doctor"), capture_output=True, text=True, env=environment(), check=True
        )
        (line,) = (one for one in human.stdout.splitlines() if " mailbox " in one)
        assert line.startswith("ok    mailbox ")
        assert json.loads(run(relay.data, "what-we-hold", line.split()[-1], "--json")[1])["held"]


def test_relay_and_client_tell_the_version_that_was_installed(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "client_tui", "--version"]
    told = subprocess.run(asked, capture_output=True, text=True, env=environment(), check=True).stdout
    name, _, number = told.partition(" ")
    assert (name, number.strip() != "") == ("securemsg", True)
    assert run(tmp_path, "--version") == (0, f"securemsg-relay {number}", "")
