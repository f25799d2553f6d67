"""The import contracts hold, and each of them bites: a violation planted in a copy breaks it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source_files import PROJECT, ROOMS

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
# Contract: file that gets the import, and the import that it must not have.
VIOLATIONS = {
    "rooms": ("store/db.py", "import gateway.runtime"),
    "gateway": ("gateway/runtime.py", "import gateway.dialogue.dialogue"),
    "use-cases": ("gateway/intake/intake.py", "import gateway.dialogue.dialogue"),
    "channels": ("channels/message.py", "import channels.registry"),
    "store": ("store/db.py", "import store.messages"),
    "one-door-to-adapters": ("gateway/intake/intake.py", "import channels.telegram"),
    "words-only": ("normalizer/kind.py", "import channels.adapter"),
    "one-door-to-settings": ("gateway/intake/intake.py", "import config.settings"),
    "web-calls-use-cases": ("gateway/web/access.py", "import sqlalchemy"),
    "no-flask-inside": ("gateway/intake/intake.py", "import flask"),
    "pure": ("normalizer/kind.py", "import socket"),
    "sandbox-apart": ("sandbox/defaults.py", "import store.db"),
    "service-apart": ("gateway/intake/intake.py", "import sandbox.defaults"),
}
# More ways to break the contracts that matter most.
FURTHER = [
    ("rooms", "normalizer/kind.py", "import store.db"),
    ("rooms", "channels/errors.py", "import normalizer.draft"),
    ("gateway", "gateway/cases/casefile.py", "import gateway.answering.answers"),
    ("gateway", "gateway/dialogue/dialogue.py", "import gateway.web.access"),
    ("gateway", "gateway/new_file_without_a_place.py", ""),
    ("channels", "channels/telegram.py", "import channels.meta_messaging"),
    ("channels", "channels/new_file_without_a_place.py", ""),
    ("store", "store/models/staff.py", "import store.staff"),
    ("store", "store/new_file_without_a_place.py", ""),
    ("words-only", "store/db.py", "import channels.http"),
    ("one-door-to-settings", "gateway/web/access.py", "import config.settings"),
    ("web-calls-use-cases", "gateway/web/access.py", "import store.staff"),
    ("no-flask-inside", "store/db.py", "import werkzeug"),
    ("pure", "normalizer/kind.py", "import time"),
    ("pure", "channels/message.py", "import requests"),
    ("service-apart", "store/db.py", "import local.postgres"),
]


def _contracts() -> list[str]:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    return [contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rooms and their contracts in a folder of their own."""
    folder = tmp_path_factory.mktemp("planted")
    for room in ROOMS:
        shutil.copytree(
            PROJECT / room,
            folder / room,
            ignore=shutil.ignore_patterns("__pycache__", "static", "templates", "versions"),
        )
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def _lint(folder: Path, *contracts: str) -> tuple[int, str]:
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    done = subprocess.run(
        [str(LINT_IMPORTS), "--no-cache", *chosen],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_all_contracts_hold(copy: Path):
    code, said = _lint(copy)

    assert code == 0, said


def test_every_contract_has_a_planted_violation():
    assert sorted(VIOLATIONS) == sorted(_contracts())


@pytest.mark.parametrize(
    ("contract", "file", "line"),
    [(contract, *planted) for contract, planted in VIOLATIONS.items()] + FURTHER,
)
def test_a_planted_violation_breaks_its_contract(copy: Path, contract: str, file: str, line: str):
    path = copy / file
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n")
    try:
        code, said = _lint(copy, contract)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)

    assert code == 1
    assert "BROKEN" in said
