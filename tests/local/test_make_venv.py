"""The first step on a fresh machine: one line when Python, its version or its venv is missing."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "local" / "make_venv.sh"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of pretended programs that comes first in PATH."""
    folder = tmp_path / "machine"
    folder.mkdir()
    _program(folder, "id", "echo 1000")
    # Says that it is new enough; its venv works once the package is "installed".
    _program(
        folder,
        "python-pretended",
        f'case "$*" in -c*) exit 0;; "-m venv"*) test -e {folder}/installed || exit 1;'
        ' shift 3; mkdir -p "$1";; esac',
    )
    return folder


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def _make(machine: Path, python: str, target: Path) -> tuple[int, list[str]]:
    environ = {"PATH": f"{machine}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["/bin/sh", str(SCRIPT), python, str(target)],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


def test_a_working_python_makes_the_environment(machine: Path, tmp_path: Path):
    (machine / "installed").touch()

    code, lines = _make(machine, "python-pretended", tmp_path / "venv")

    assert (code, lines) == (0, [])
    assert (tmp_path / "venv").is_dir()


def test_without_python_one_line_says_so(machine: Path, tmp_path: Path):
    code, lines = _make(machine, "python-that-is-not-there", tmp_path / "venv")

    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith("Python is missing: install python3")


def test_an_old_python_is_named_with_its_version(machine: Path, tmp_path: Path):
    _program(machine, "python-old", 'test "$1" = --version && echo Python 3.9.2 || exit 1')

    code, lines = _make(machine, "python-old", tmp_path / "venv")

    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith("Python 3.9.2 is too old")


def test_an_ordinary_user_is_told_which_package_is_missing(machine: Path, tmp_path: Path):
    code, lines = _make(machine, "python-pretended", tmp_path / "venv")

    assert code == 1
    assert len(lines) == 1
    assert "apt-get install -y python3-venv" in lines[0]
    assert not (tmp_path / "venv").exists()


def test_root_on_debian_gets_the_package_installed(machine: Path, tmp_path: Path):
    _program(machine, "id", "echo 0")
    _program(machine, "apt-get", f"touch {machine}/installed")

    code, lines = _make(machine, "python-pretended", tmp_path / "venv")

    assert code == 0
    assert lines == ["Installing python3-venv ..."]
    assert (tmp_path / "venv").is_dir()


def test_root_without_a_mirror_gets_the_same_line(machine: Path, tmp_path: Path):
    _program(machine, "id", "echo 0")
    _program(machine, "apt-get", "exit 100")

    code, lines = _make(machine, "python-pretended", tmp_path / "venv")

    assert code == 1
    assert "apt-get install -y python3-venv" in lines[-1]
