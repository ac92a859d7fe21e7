"""In which language people are spoken to."""

import subprocess
import sys

import pytest

from client_tui.text.language import English, _, language, language_of, ngettext, use_language


class Shouting(English):
    """A language of capitals."""

    def gettext(self, message: str) -> str:
        """Return `message` in capitals."""
        return message.upper()


@pytest.mark.parametrize(
    ("environment", "setting", "spoken"),
    [
        ({}, "", "en"),
        ({"LANG": "fr_FR.UTF-8"}, "", "fr"),
        ({"LANG": "fr"}, "", "fr"),
        ({"LANG": "fr_CA@euro"}, "", "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "", "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": ""}, "", "fr"),
        ({"LC_ALL": "C", "LANG": "fr_FR.UTF-8"}, "", "en"),
        ({"LANG": "frp_FR"}, "", "en"),
        ({"LANG": "de_DE"}, "", "en"),
        ({"LANG": "de_DE"}, "fr", "fr"),
        ({"LANG": "fr_FR"}, "en", "en"),
        ({"LANG": "fr_FR"}, "klingon", "fr"),
        ({"SECUREMSG_LANGUAGE": "en", "LANG": "fr_FR"}, "fr", "en"),
        ({"SECUREMSG_LANGUAGE": "../../etc", "LANG": "fr_FR"}, "", "fr"),
    ],
)
def test_the_language_is_the_one_asked_for_first(
    environment: dict[str, str], setting: str, spoken: str
) -> None:
    assert language_of(environment, setting) == spoken


def test_the_language_can_be_changed_while_running() -> None:
    use_language("loud", Shouting())
    assert (_("Quiet."), language()) == ("QUIET.", "loud")
    use_language("en")
    assert (_("Quiet."), ngettext("one", "many", 1), ngettext("one", "many", 0)) == ("Quiet.", "one", "many")


def test_an_unknown_language_is_english() -> None:
    use_language("../../etc/passwd")
    assert language() == "en"


def test_those_who_read_english_import_nothing_for_it() -> None:
    program = (
        "import sys; from client_tui.text.language import _, use_language; use_language('en'); _('x');"
        "print(sorted({'gettext', 'locale'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
