"""The settings of the device: strict about what is in them, kind about the rest."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client_tui.settings import (
    CHOICES,
    LARGEST,
    Settings,
    change_setting,
    hours_of,
    is_fit,
    load_settings,
    parse_settings,
    settings_file,
)


def test_the_file_is_where_the_desktop_says(tmp_path: Path) -> None:
    assert settings_file({"XDG_CONFIG_HOME": str(tmp_path)}) == tmp_path / "securemsg" / "tui.toml"


def test_without_a_file_everything_is_usual(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.toml") == Settings()


def test_every_usual_value_is_one_that_may_be_set() -> None:
    assert [name for name in CHOICES if not is_fit(name, getattr(Settings(), name))] == []


def test_what_is_understood_counts_and_the_rest_is_warned_about(tmp_path: Path) -> None:
    file = tmp_path / "tui.toml"
    file.write_text(
        'theme = "day"\nascii = true\nmouse = "sideways"\nplain = "yes"\ncontacts = ["Ann"]\n'
        'quiet_hours = "25:00-07:00"\n[keys]\nlock = "f12"\nverify = 7\n'
    )
    found = load_settings(file)
    assert (found.theme, found.ascii, found.mouse, found.plain) == ("day", True, "on", False)
    assert found.keys == {"lock": ("f12",)}
    assert [
        name
        for name in ("mouse", "plain", "contacts", "quiet_hours", "keys.verify")
        if f"`{name}`" in "".join(found.warnings)
    ] == ["mouse", "plain", "contacts", "quiet_hours", "keys.verify"]
    assert len(found.warnings) == 5


@pytest.mark.parametrize(
    "content", [b"theme =", b"\xff\xfe", b"x = " + b"[" * 5_000, b"warnings = 1", b"x = " + b"9" * 5_000]
)
def test_a_file_that_is_no_settings_leaves_the_usual_ones(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "tui.toml"
    file.write_bytes(content)
    found = load_settings(file)
    assert found == Settings(warnings=found.warnings)


@given(
    st.dictionaries(
        st.text(max_size=12) | st.sampled_from(sorted(CHOICES)),
        st.text(max_size=8) | st.integers() | st.booleans(),
    )
)
def test_no_table_makes_the_reading_fail(table: dict[str, object]) -> None:
    found = parse_settings(table)
    assert all(is_fit(name, getattr(found, name)) for name in CHOICES)


def test_one_setting_is_changed_and_every_other_line_stays(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "tui.toml"
    change_setting(file, "theme", "day")
    file.write_text('# mine\ntheme = "day"\n\n[keys]\ntheme = "f12"\n')
    change_setting(file, "theme", "contrast")
    change_setting(file, "ascii", value=True)
    assert file.read_text() == '# mine\ntheme = "contrast"\n\nascii = true\n[keys]\ntheme = "f12"\n'
    assert (load_settings(file).theme, load_settings(file).ascii) == ("contrast", True)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"# caf\xe9\n", b"#" * (LARGEST + 1)])
def test_a_file_that_cannot_be_read_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "tui.toml"
    file.write_bytes(content)
    with pytest.raises(OSError, match=r"\d+"):
        change_setting(file, "theme", "day")
    assert file.read_bytes() == content


def test_a_line_separator_in_a_value_of_the_person_stays(tmp_path: Path) -> None:
    file = tmp_path / "tui.toml"
    file.write_text('editor = "a\u2028b"\r\n', encoding="utf-8", newline="")
    change_setting(file, "theme", "day")
    assert file.read_bytes().decode() == 'editor = "a\u2028b"\r\ntheme = "day"\n'
    assert load_settings(file).editor == "a\u2028b"


def test_hostile_values_are_written_as_values(tmp_path: Path) -> None:
    file = tmp_path / "tui.toml"
    change_setting(file, "editor", 'vim"\nplain = true #\u2028')
    assert load_settings(file) == Settings(editor='vim"\nplain = true #\u2028')


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("22:00-07:30", (1320, 450)),
        ("00:00-23:59", (0, 1439)),
        ("24:00-07:00", None),
        ("22-7", None),
        ("", None),
        ("1:2:3-4:5", None),
        ("a:b-c:d", None),
    ],
)
def test_quiet_hours_are_two_times_of_the_day(text: str, minutes: tuple[int, int] | None) -> None:
    assert hours_of(text) == minutes
