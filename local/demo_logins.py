"""The names and passwords of the demo, kept beside its data so that a second run can show them."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One invented member of staff."""

    username: str
    password: str
    role: str


def read_logins(data_dir: Path) -> list[DemoLogin]:
    """Return the logins; empty when this database was not filled by the demo."""
    path = _file(data_dir)
    if not path.exists():
        return []
    return [DemoLogin(**login) for login in json.loads(path.read_text())]


def write_logins(data_dir: Path, logins: Iterable[DemoLogin]) -> None:
    """Keep the logins in a file that only we can read."""
    path = _file(data_dir)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump([asdict(login) for login in logins], file)


def _file(data_dir: Path) -> Path:
    return data_dir / "run" / "demo-logins.json"
