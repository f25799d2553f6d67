"""A copy of the project in which the worked example of docs/adding-a-channel.md was done."""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
CHANGES = PROJECT / "docs" / "examples" / "line" / "changes.toml"
_LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "var", "__pycache__", ".coverage*", ".hypothesis", "gold"
)


@dataclass(frozen=True)
class Copy:
    """The project with one more channel; `before` is what every file was without it."""

    folder: Path
    before: dict[str, bytes]

    def touched(self) -> set[str]:
        """Which files of the project have become others."""
        return {
            name for name, digest in self.before.items() if _digest(self.folder / name) != digest
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run one of our tools in it, as `make test` would."""
        tool = Path(sys.executable).with_name(command[0])
        # Its lines are no lines of ours: no coverage of it.
        environ = {key: text for key, text in os.environ.items() if "COVERAGE" not in key}
        return subprocess.run(
            [str(tool), *command[1:]],
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )


def changes() -> dict[str, Any]:
    return tomllib.loads(CHANGES.read_text("utf-8"))


def make_copy(folder: Path) -> Copy:
    """Copy the project and do to it what the example says."""
    shutil.copytree(PROJECT, folder, ignore=_LEFT_BEHIND)
    plan = changes()
    before = {
        str(path.relative_to(folder)): _digest(path) for path in folder.rglob("*") if path.is_file()
    }
    for source, target in plan["own"].items():
        where = folder / target
        if (PROJECT / source).is_dir():
            shutil.copytree(PROJECT / source, where)
        else:
            shutil.copy2(PROJECT / source, where)
    for change in plan["touched"]:
        _touch(folder / change["file"], change)
    return Copy(folder, before)


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _touch(path: Path, change: dict[str, Any]) -> None:
    lines = path.read_text("utf-8").split("\n")
    places = [number for number, line in enumerate(lines) if line == change["after"]]
    assert len(places) == 1, (
        f"{change['file']}: {change['after']!r} stands there {len(places)} times"
    )
    at = places[0]
    kept = change.get("replaces", lines[at])
    lines[at : at + 1] = [kept, *change["lines"]]
    path.write_text("\n".join(lines), "utf-8")
