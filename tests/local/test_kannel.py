"""Finding Kannel for the tests of local SMS, or saying how to get it."""

from pathlib import Path

import pytest

from local.kannel import KannelPrograms, ensure_kannel, find_kannel

PROGRAMS = KannelPrograms("/usr/sbin/bearerbox", "/usr/sbin/smsbox", "/usr/lib/kannel/fakesmsc")


def _program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def _cannot_install() -> bool:
    return False


def _nothing(_environ: object) -> None:
    return None


def test_the_programs_are_found_by_their_names(tmp_path: Path):
    for name in ("bearerbox", "smsbox", "fakesmsc"):
        _program(tmp_path, name)

    found = find_kannel({"PATH": str(tmp_path)}, tmp_path / "fakesmsc")

    assert found is not None
    assert found.bearerbox == str(tmp_path / "bearerbox")
    assert found.fakesmsc == str(tmp_path / "fakesmsc")


def test_without_the_stand_in_for_a_centre_there_is_no_kannel(tmp_path: Path):
    for name in ("bearerbox", "smsbox"):
        _program(tmp_path, name)

    assert find_kannel({"PATH": str(tmp_path)}, tmp_path / "fakesmsc") is None


def test_with_kannel_there_is_nothing_to_say(capsys: pytest.CaptureFixture[str]):
    code = ensure_kannel({}, install=_cannot_install, find=lambda _environ: PROGRAMS)

    assert code == 0
    assert capsys.readouterr().err == ""


def test_where_it_cannot_be_installed_one_line_says_how(capsys: pytest.CaptureFixture[str]):
    code = ensure_kannel({}, install=_cannot_install, find=_nothing)

    printed = capsys.readouterr().err
    assert code == 0
    assert "apt-get install -y kannel kannel-extras" in printed
    assert printed.count("\n") == 1


def test_on_ci_a_missing_kannel_is_an_error():
    assert ensure_kannel({"CI": "true"}, install=_cannot_install, find=_nothing) == 1


def test_what_was_installed_is_looked_for_again():
    shelf: list[KannelPrograms] = []

    def install() -> bool:
        shelf.append(PROGRAMS)
        return True

    code = ensure_kannel(
        {"CI": "true"}, install=install, find=lambda _environ: shelf[0] if shelf else None
    )

    assert code == 0
