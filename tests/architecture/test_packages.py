"""Exact pins with hashes, reasons for each package, and no address of a package index."""

import json
import re

import pytest

from tests.architecture.source_files import PROJECT

PINS = ["requirements.txt", "requirements-dev.txt"]


@pytest.mark.parametrize("name", PINS)
def test_every_package_is_pinned_exactly_and_with_hashes(name: str):
    text = (PROJECT / name).read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())

    loose = [
        entry.splitlines()[0]
        for entry in entries
        if not re.match(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+ \\\n\s+--hash=sha256:", entry)
    ]

    assert loose == []


@pytest.mark.parametrize("name", [*PINS, "package-lock.json"])
def test_pins_name_no_index_and_no_address(name: str):
    text = (PROJECT / name).read_text()

    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host", text)


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_direct_package_says_why_it_is_there(name: str):
    lines = (PROJECT / name).read_text().splitlines()
    packages = [line for line in lines if re.match(r"^[a-z]", line)]

    assert len(packages) > 5
    assert [line for line in packages if not re.search(r"\S\s+# \S", line)] == []


@pytest.mark.parametrize(
    ("source", "pins"),
    [("requirements.in", "requirements.txt"), ("requirements-dev.in", "requirements-dev.txt")],
)
def test_every_direct_package_is_in_the_pins(source: str, pins: str):
    wanted = {
        re.split(r"[\[\s]", line)[0]
        for line in (PROJECT / source).read_text().splitlines()
        if re.match(r"^[a-z]", line)
    }
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", (PROJECT / pins).read_text(), re.MULTILINE))

    assert wanted <= pinned


def test_browser_packages_are_locked_with_their_hash():
    lock = json.loads((PROJECT / "package-lock.json").read_text())
    packages = {path: entry for path, entry in lock["packages"].items() if path}

    assert "node_modules/axe-core" in packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())


def test_the_gate_of_ci_is_make_test():
    script = (PROJECT / ".ci" / "run").read_text()

    assert "exec make test" in script
    assert (PROJECT / ".ci" / "run").stat().st_mode & 0o111
