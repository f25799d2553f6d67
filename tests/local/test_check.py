from pathlib import Path

import pytest

from local.browser import find_browser
from local.check import ensure_browser


def _program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def _cannot_install() -> bool:
    return False


def test_a_browser_is_found_by_its_name(tmp_path: Path):
    browser = _program(tmp_path, "google-chrome")

    assert find_browser({"PATH": str(tmp_path)}) == str(browser)


def test_the_setting_beats_what_the_machine_has(tmp_path: Path):
    _program(tmp_path, "chromium")
    own = _program(tmp_path, "my-chrome")

    assert find_browser({"PATH": str(tmp_path), "SAHUT_BROWSER": str(own)}) == str(own)


def test_with_a_browser_there_is_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    _program(tmp_path, "chromium")

    code = ensure_browser({"PATH": str(tmp_path)}, install=_cannot_install)

    assert code == 0
    assert capsys.readouterr().err == ""


def test_without_a_browser_one_line_says_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    code = ensure_browser({"PATH": str(tmp_path)}, install=_cannot_install)

    said = capsys.readouterr().err
    assert code == 0
    assert "apt-get install -y chromium" in said
    assert said.count("\n") == 1


def test_ci_fails_without_a_browser(tmp_path: Path):
    assert ensure_browser({"PATH": str(tmp_path), "CI": "true"}, install=_cannot_install) == 1


def test_where_we_may_the_browser_is_installed(tmp_path: Path):
    def install() -> bool:
        _program(tmp_path, "chromium")
        return True

    assert ensure_browser({"PATH": str(tmp_path), "CI": "true"}, install=install) == 0


def test_a_setting_that_names_no_program_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    environ = {"PATH": str(tmp_path), "SAHUT_BROWSER": str(tmp_path / "nowhere")}

    code = ensure_browser(environ, install=_cannot_install)

    assert code == 1
    assert capsys.readouterr().err.startswith("SAHUT_BROWSER: ")
