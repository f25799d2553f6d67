"""A government's name is data. Code, templates and the message catalogue serve any of them."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_files import PROJECT, shown

TEXT_FILES = {".py", ".html", ".js", ".css", ".txt", ".csv", ".json"}
# Files that are about places: lists of areas, and what was learnt from them.
ABOUT_PLACES = ("normalizer/data/", "normalizer/regions.py", "config/tenants/")


def _names() -> set[str]:
    names: set[str] = set()
    for path in sorted((PROJECT / "config" / "tenants").glob("*.toml")):
        names.add(tomllib.loads(path.read_text(encoding="utf-8"))["identity"]["kabupaten"])
    return names


def _files() -> Iterator[Path]:
    for room in ("gateway", "channels", "normalizer", "store", "sandbox", "config"):
        for path in sorted((PROJECT / room).rglob("*")):
            if path.suffix in TEXT_FILES and not shown(path).startswith(ABOUT_PLACES):
                yield path


def test_there_are_governments_to_look_for():
    assert {"Bengkalis", "Belitung", "Bintan", "Bandung"} <= _names()


def test_no_government_is_named_outside_its_own_file():
    pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(_names())))

    found = [
        f"{shown(path)}:{number}: {match.group()}"
        for path in _files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (match := pattern.search(line))
    ]

    assert found == []
