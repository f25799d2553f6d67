"""What the architecture tests read: the project's own Python files."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]
ROOMS = ("gateway", "channels", "normalizer", "store", "config", "sandbox", "local")


def python_files(*rooms: str) -> Iterator[Path]:
    """Every Python file of the rooms (all of them by default), migrations left out."""
    for room in rooms or ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            if "versions" not in path.parts:
                yield path


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree; not to be changed, for all tests share it."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def module_name(path: Path) -> str:
    """Dotted name: gateway/web/auth.py is gateway.web.auth."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def shown(path: Path) -> str:
    """The path as a person writes it."""
    return path.relative_to(PROJECT).as_posix()
