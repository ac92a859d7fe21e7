"""A header key makes its cipher when it is first used, and nothing else."""

from securemsg.ratchet.keys import HeaderKey


def test_a_header_key_has_a_cipher_and_no_other_thing_that_one_may_ask_for() -> None:
    """Copying and pickling ask for names that are not there: a cipher is no answer to them."""
    key = HeaderKey(bytes(32))
    assert not hasattr(key, "another")
    assert key.cipher is key.cipher
    assert not hasattr(key, "another")
