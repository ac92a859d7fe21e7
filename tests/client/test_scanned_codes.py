"""A code that was scanned is compared with the number that was shown; the person decides (Spec: ID-14)."""

import pytest

from securemsg.client.views import ScannedCode, Trust
from securemsg.errors import LocalError
from tests.client.post import PostOffice


def test_the_code_on_the_other_side_fits_and_decides_nothing(office: PostOffice) -> None:
    """K20, ID-14."""
    ann, ben = office.friends("ann", "ben")
    carol = office.person("carol")
    theirs = ben.profile.verification(ben.of("ann")).qr
    # Nothing was shown yet: what is compared is the account that the contact has.
    assert ann.profile.compare_code(ann.of("ben"), theirs) is ScannedCode.SAME
    ann.profile.verification(ann.of("ben"))
    assert ann.profile.compare_code(ann.of("ben"), theirs) is ScannedCode.SAME
    assert ann.view("ben").trust is Trust.FIRST_SEEN
    others = ben.profile.verification(ben.add(carol).contact).qr
    assert ann.profile.compare_code(ann.of("ben"), others) is ScannedCode.DIFFERENT


def test_a_picture_of_the_own_screen_compares_nothing(office: PostOffice) -> None:
    """ID-14: whoever took a picture of the wrong screen has not seen what the other side shows."""
    ann, _ = office.friends("ann", "ben")
    carol = office.person("carol")
    for shown in (ann.of("ben"), ann.add(carol).contact):
        ours = ann.profile.verification(shown).qr
        assert ann.profile.compare_code(ann.of("ben"), ours) is ScannedCode.OWN_SCREEN


@pytest.mark.parametrize("text", ["", "hello", "SECUREMSG-SN:", "securemsg:aaaa", "SECUREMSG-SN:AIAA"])
def test_what_is_no_code_fits_nobody_and_is_not_quoted(office: PostOffice, text: str) -> None:
    ann, _ = office.friends("ann", "ben")
    with pytest.raises(LocalError) as refused:
        ann.profile.compare_code(ann.of("ben"), text)
    assert not text or text not in str(refused.value)


def test_a_code_of_the_account_before_does_not_fit_the_one_that_claims_to_follow(office: PostOffice) -> None:
    """K20: and who changed since the number was shown is shown anew first."""
    ann, ben = office.friends("ann", "ben")
    theirs = ben.profile.verification(ben.of("ann")).qr
    ann.profile.verification(ann.of("ben"))
    mallory = office.person("mallory")
    ann.add(mallory, "ben")
    with pytest.raises(LocalError, match="look again"):
        ann.profile.compare_code(ann.of("ben"), theirs)
    ann.profile.verification(ann.of("ben"))
    assert ann.profile.compare_code(ann.of("ben"), theirs) is ScannedCode.DIFFERENT
    claimed = mallory.profile.verification(mallory.add(ann).contact).qr
    assert ann.profile.compare_code(ann.of("ben"), claimed) is ScannedCode.SAME
