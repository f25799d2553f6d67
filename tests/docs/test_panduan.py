"""The handbooks speak of what is there: pictures, links, keys and the words of the pages."""

import ast
import html
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from docs.make_panduan import SHOTS
from gateway.rules.shortcuts import SHORTCUTS
from tests.architecture.source_files import PROJECT, python_files, tree

PANDUAN = PROJECT / "docs" / "panduan"
PAGES = sorted(PANDUAN.glob("*.md"))
MOST_BYTES = 120_000  # of a picture: they are read on telephones
_LINK = re.compile(r"\]\(([^)]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_TAG = re.compile(r"{#.*?#}|{%.*?%}|<[^>]*>", re.DOTALL)
# Bold that is no word of a page: what one should remember, and the beginnings of paragraphs.
_END = (".", "?", ":", "!")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _named(page: Path) -> set[str]:
    """The words in bold that a page promises to show."""
    found = {_one_line(words) for words in _BOLD.findall(_text(page))}
    return {words for words in found if not words.endswith(_END)}


@cache
def _shown_words() -> str:
    """Every word that a page, a message or a script can show, one piece a line."""
    pieces = [_text(PROJECT / "config" / "messages.csv")]
    for path in sorted((PROJECT / "gateway" / "templates").rglob("*.html")):
        text = re.sub(r"<kbd>.*?</kbd>", "", _text(path))
        pieces += [line for line in _TAG.sub("\n", text).splitlines() if line]
        pieces += re.findall(r"'([^'\n]*)'", text)
    for path in sorted((PROJECT / "gateway" / "static").glob("*.js")):
        pieces.append(_text(path))
    pieces += [words for path in python_files("gateway", "normalizer") for words in _strings(path)]
    return "\n".join(_one_line(html.unescape(piece)) for piece in pieces)


def _strings(path: Path) -> Iterator[str]:
    """The strings of a file that are no documentation."""
    module = tree(path)
    told = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the usual forges make them."""
    heads = re.findall(r"^#+ (.+)$", _text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_there_is_a_handbook_for_everybody_who_works_with_it():
    assert [page.stem for page in PAGES] == ["admin", "petugas-pd", "pimpinan", "superadmin"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_of_a_handbook_leads_somewhere(page: Path):
    lost = []
    for link in _LINK.findall(_text(page)):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.is_file() or (anchor and anchor not in _anchors(target)):
            lost.append(link)

    assert lost == []


def test_every_picture_is_taken_by_the_script_and_shown_in_a_handbook():
    shown = {link for page in PAGES for link in _LINK.findall(_text(page)) if "gambar/" in link}
    taken = {f"gambar/{one.name}.webp" for one in SHOTS}
    there = {f"gambar/{path.name}" for path in (PANDUAN / "gambar").iterdir()}

    assert shown == taken
    assert there == taken


def test_no_picture_is_too_heavy_for_a_telephone():
    heavy = {
        path.name
        for path in (PANDUAN / "gambar").iterdir()
        if not 0 < path.stat().st_size < MOST_BYTES
    }

    assert heavy == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_word_in_bold_stands_on_a_page_or_in_a_message(page: Path):
    named = _named(page)
    gone = {
        words
        for words in named
        if not re.search(rf"(?<!\w){re.escape(words)}(?!\w)", _shown_words())
    }

    assert len(named) > 3
    assert gone == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_key_that_a_handbook_names_does_something(page: Path):
    keys = {one.key for one in SHORTCUTS}
    named = set(re.findall(r"`(\S|Ctrl\+\w+)`", _text(page)))

    assert named - keys == set()


def test_the_readme_leads_to_every_handbook():
    readme = _text(PROJECT / "README.md")

    assert [page.name for page in PAGES if f"docs/panduan/{page.name}" not in readme] == []
