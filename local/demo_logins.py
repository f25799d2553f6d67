"""The names and passwords of the demo, kept beside its data so that a second run can show them."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


def read_logins(data_dir: Path) -> dict[str, str]:
    """Return passwords by user name; empty when this database was not filled by the demo."""
    path = _file(data_dir)
    if not path.exists():
        return {}
    logins: dict[str, str] = json.loads(path.read_text())
    return logins


def write_logins(data_dir: Path, logins: Mapping[str, str]) -> None:
    """Keep passwords by user name in a file that only we can read."""
    path = _file(data_dir)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(dict(logins), file)


def _file(data_dir: Path) -> Path:
    return data_dir / "run" / "demo-logins.json"
