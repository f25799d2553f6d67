"""`make worker`: one more worker, with the settings of a `make run` that is under way.

Without those a worker beside a `make run` would not know the sandbox's credentials and could not
send what it takes up. Without a run under way the environment alone decides.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from config.settings import PROJECT_DIR


def worker_environment(given: Mapping[str, str], data_dir: Path) -> dict[str, str]:
    """Return the variables of the run under way, overruled by the given ones."""
    note = data_dir / "run" / "environment"
    running: dict[str, str] = json.loads(note.read_text()) if note.is_file() else {}
    return {**running, **given}


def main() -> None:
    """Become the worker."""
    data_dir = Path(os.environ.get("SAHUT_DATA_DIR") or PROJECT_DIR / "var")
    environ = worker_environment(os.environ, data_dir)
    program = [sys.executable, str(PROJECT_DIR / "worker.py")]
    os.execve(program[0], program, environ)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main()
