"""Indonesian words in identifiers are a closed list (ADR 0005, docs/glossary.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source_files import PROJECT, python_files, shown, tree

# Words of administration and of complaints that a programmer is tempted to use. Words that are
# also English (status, data, operator) are left out.
_WORDS = PROJECT / "tests" / "data" / "indonesian_words.txt"
INDONESIAN = frozenset(_WORDS.read_text(encoding="utf-8").split())
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _glossary() -> set[str]:
    """First column of the tables above "Known, but not in code"."""
    page = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    kept = page.split("## Known, but not in code")[0]
    rows = [line.split("|")[1] for line in kept.splitlines() if line.startswith("|")]
    terms = [term for row in rows for term in re.findall(r"`([a-z_]+)`", row)]
    return {word for term in terms for word in term.split("_")}


def _identifiers(path: Path) -> Iterator[tuple[int, str]]:
    yield 1, path.stem
    for node in ast.walk(tree(path)):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.keyword(arg=str(name)):
                yield node.value.lineno, name


def _indonesian_words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)} & INDONESIAN


def test_indonesian_words_in_identifiers_are_in_the_glossary():
    allowed = _glossary()

    strangers = sorted(
        {
            f"{shown(path)}:{line}: {name}"
            for path in python_files()
            for line, name in _identifiers(path)
            if _indonesian_words(name) - allowed
        }
    )

    assert strangers == []


def test_the_glossary_holds_the_terms_that_must_not_be_translated():
    assert {
        "nik",
        "disposisi",
        "perangkat",
        "daerah",
        "pd",
        "kelurahan",
        "kecamatan",
    } <= _glossary()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nomor_tiket", {"nomor", "tiket"}),
        ("PelaporForm", {"pelapor"}),
        ("KATEGORI_LIST", {"kategori"}),
        ("complaint_status", set()),
    ],
)
def test_words_are_found_in_every_style_of_name(name: str, words: set[str]):
    assert _indonesian_words(name) == words


def test_every_term_of_the_glossary_has_a_meaning_a_gloss_and_a_source():
    page = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8")
    kept = page.split("## Known, but not in code")[0]
    rows = [line for line in kept.splitlines() if line.startswith("| `")]

    incomplete = [row for row in rows if not all(cell.strip() for cell in row.split("|")[1:-1])]

    assert len(rows) >= 20
    assert incomplete == []
