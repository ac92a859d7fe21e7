"""Send tokens that a restored relay may have forgotten (Spec: CL-15)."""

from securemsg.identity.access import SendToken
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, add_contact, entropy


def test_a_doubted_token_stays_its_contacts_and_goes_to_nobody_new_until_it_is_confirmed(
    vault: Vault,
) -> None:
    with vault.transaction() as transaction:
        bob, eve = (add_contact(transaction, alias) for alias in ("bob", "eve"))
        made = [SendToken.generate(entropy) for _ in range(3)]
        tokens = transaction.tokens
        tokens.add(made, NOW)
        tokens.mark_registered(made[:2])
        of_bob = tokens.take_for(bob)
        assert of_bob in made[:2]
        tokens.doubt()
        assert {token.expose() for token in tokens.unregistered()} == {token.expose() for token in made}
        assert tokens.spare_count() == 0
        assert tokens.take_for(bob) == of_bob
        assert tokens.take_for(eve) is None
        tokens.mark_registered(made[:2])
        assert tokens.unregistered() == made[2:]
        assert tokens.take_for(bob) == of_bob
        assert tokens.take_for(eve) not in (None, of_bob)


def test_doubted_spare_tokens_are_given_up_like_others(vault: Vault) -> None:
    """A newer copy of this vault may have given them away."""
    with vault.transaction() as transaction:
        bob = add_contact(transaction, "bob")
        made = [SendToken.generate(entropy) for _ in range(3)]
        tokens = transaction.tokens
        tokens.add(made, NOW)
        tokens.mark_registered(made[:2])
        of_bob = tokens.take_for(bob)
        tokens.doubt()
        tokens.forget_spare()
        left = {token.expose() for token in tokens.unregistered()}
        assert of_bob is not None
        assert left == {of_bob.expose(), made[2].expose()}
