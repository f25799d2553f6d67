"""The worked example of docs/adding-a-channel.md: done in a copy, proved there, and counted."""

import re
from pathlib import Path

import pytest

from tests.examples.added_channel import PROJECT, Copy, changes, make_copy

PAGE = PROJECT / "docs" / "adding-a-channel.md"
GOAL = {"registry", "settings", "texts"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return make_copy(Path(tmp_path_factory.mktemp("line") / "sahut"))


def test_a_new_channel_touches_its_registry_line_its_settings_and_its_texts_only(copy):
    planned = changes()["touched"]

    assert {one["kind"] for one in planned} == GOAL
    assert copy.touched() == {one["file"] for one in planned}


def test_the_registry_gains_one_line_and_its_import():
    registry = [one for one in changes()["touched"] if one["kind"] == "registry"]

    assert [one["replaces"] for one in registry] == [
        "from channels.platforms import line, x",
        "PLATFORMS: tuple[Platform, ...] = (line.PLATFORM, x.PLATFORM)",
    ]
    assert [one["lines"] for one in registry] == [[], []]


def test_the_page_names_the_places_that_are_touched_and_no_other():
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| (registry|settings|texts) \| `([^`]+)` \| (\d+) \|", page, re.MULTILINE)
    counted: dict[tuple[str, str], int] = {}
    for one in changes()["touched"]:
        place = (one["kind"], one["file"])
        counted[place] = counted.get(place, 0) + len(one["lines"]) + ("replaces" in one)

    assert {(kind, file): int(lines) for kind, file, lines in rows} == counted


def test_the_page_names_its_own_files_and_no_other():
    page = PAGE.read_text("utf-8")

    named = set(re.findall(r"`(docs/examples/line/[^`]+)` \| `([^`]+)`", page))

    assert named == set(changes()["own"].items())


@pytest.mark.journey
def test_it_reads_like_the_rest(copy):
    own = ["channels", "config", "tests/channels/test_line.py"]

    for command in (
        ("ruff", "format", "--check", *own),
        ("ruff", "check", *own),
        ("lint-imports",),
        ("mypy", "channels/platforms", "channels/registry.py", "config/settings.py"),
    ):
        done = copy.run(*command)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.journey
def test_it_keeps_the_contract_reads_its_payloads_and_answers(copy):
    tests = [
        "tests/channels/test_contract.py",
        "tests/channels/test_line.py",
        "tests/conformance/test_payloads.py",
        "tests/config/test_settings.py",
        "tests/store/test_migrations.py",
    ]
    # The contract of all others is proved here and not once more in the copy.
    chosen = "line or every_adapter or settings or migrations or models"

    done = copy.run("pytest", "--quiet", *tests, "-k", chosen, "-p", "no:cacheprovider")

    assert done.returncode == 0, done.stdout[-6000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) >= 100
