"""A government's name is data. Code, templates and the message catalogue serve any of them."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_files import PROJECT, python_files, shown, tree

TEXT_FILES = {".html", ".js", ".css", ".txt", ".csv", ".json"}
# Lists of areas are about places.
ABOUT_PLACES = ("normalizer/data/", "config/tenants/")


def _names() -> set[str]:
    names: set[str] = set()
    for path in sorted((PROJECT / "config" / "tenants").glob("*.toml")):
        names.add(tomllib.loads(path.read_text(encoding="utf-8"))["identity"]["kabupaten"])
    return names


def _texts() -> Iterator[tuple[str, str]]:
    """Whole text files, and the strings of Python files; comments may speak of dialects."""
    for room in ("gateway", "channels", "normalizer", "store", "sandbox", "config"):
        for path in sorted((PROJECT / room).rglob("*")):
            if path.suffix in TEXT_FILES and not shown(path).startswith(ABOUT_PLACES):
                yield shown(path), path.read_text(encoding="utf-8")
    for path in python_files():
        for line, text in _strings(path):
            yield f"{shown(path)}:{line}", text


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    module = tree(path)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            yield node.lineno, node.value


def test_there_are_governments_to_look_for():
    assert {"Bengkalis", "Belitung", "Bintan", "Bandung"} <= _names()


def test_no_government_is_named_outside_its_own_file():
    pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(_names())))

    found = [
        f"{where}: {match.group()}" for where, text in _texts() if (match := pattern.search(text))
    ]

    assert found == []
