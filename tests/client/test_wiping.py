"""A home is wiped whatever is in the way (Spec: ST-13)."""

from pathlib import Path

import pytest

from securemsg.client.profile import Profile
from securemsg.client.wiping import wipe
from securemsg.store.errors import StorageFailed
from tests.client.live import friends
from tests.store.vaults import PASSPHRASE

pytestmark = pytest.mark.anyio
NOBODY = "127.0.0.1:9#" + "A" * 43


async def test_a_vault_that_cannot_be_closed_in_order_is_destroyed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST-13: nor does a relay that does not answer keep it."""
    with friends(tmp_path, NOBODY, "ann", "ben") as (ann, ben):
        home = ann.home
        ann.close()
        ben.close()
    close = Profile.close

    def fail(profile: Profile) -> None:
        close(profile)
        raise StorageFailed("The disk failed.")

    monkeypatch.setattr(Profile, "close", fail)
    assert not await wipe(home, PASSPHRASE)
    assert not home.exists()
