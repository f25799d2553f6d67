"""Work grows with the length of a text and with nothing else: counted in calls, not in seconds."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from re import _constants as kinds  # type: ignore[attr-defined]  # typeshed knows no inner parser
from re import _parser as parser  # type: ignore[attr-defined]  # the same
from types import FrameType
from typing import Any

import pytest

import normalizer
from channels.message import ChannelName
from config.tenant_files import read_tenant_file
from normalizer.assemble import assemble
from normalizer.draft import Context, DialogueState, SourceMessage
from normalizer.tenant import load_tenant

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
CONTEXT = Context(load_tenant(read_tenant_file("bengkalis")), ChannelName.WHATSAPP, NOW)
REPEATS = (kinds.MAX_REPEAT, kinds.MIN_REPEAT)


def calls_of(run: Callable[[], object]) -> int:
    count = 0

    def on_event(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


def calls_for(piece: str, length: int) -> int:
    text = piece * (length // len(piece))
    return calls_of(lambda: assemble(DialogueState(), [SourceMessage("1", NOW, text)], CONTEXT))


@pytest.mark.parametrize(
    "piece",
    [
        "a b ",
        "A. ",
        "1 ",
        "08 ",
        "1403011910939117 ",
        "nik ",
        "jl ",
        "Jl. A gg ",
        "jl sudirman no 5 ",
        "rt 5 rw 3 ",
        "eh salah rt 6 ",
        "desa ",
        "di kota a ",
        "depan pasar pak ",
        "kemarin jam 1 ",
        "01/01 ",
        "nama saya Pak ",
        "identitas saya ",
        "jangan sebut ",
        "tidak ",
        "a@",
        "http://a.b/",
        "(",
        "lampu mati di jalan sudirman. ",
    ],
)
def test_twice_the_text_is_twice_the_work(piece):
    calls_for(piece, 4_000)  # what is made once, is made here

    once, twice = calls_for(piece, 4_000), calls_for(piece, 8_000)

    assert twice < 2.2 * once + 500


def nested_repeats(pattern: Any) -> Iterator[tuple[int, int]]:
    """Yield (least width of a round, least width of the repeat inside it)."""
    for kind, value in pattern:
        bodies = [body for body in _bodies(kind, value) if body is not None]
        for body in bodies:
            yield from nested_repeats(body)
            if kind in REPEATS and value[1] == kinds.MAXREPEAT:
                yield from ((body.getwidth()[0], width) for width in _repeats_in(body))


def _bodies(kind: Any, value: Any) -> list[Any]:
    if kind in REPEATS:
        return [value[2]]
    if kind is kinds.SUBPATTERN:
        return [value[3]]
    if kind is kinds.BRANCH:
        return list(value[1])
    return [value[1]] if kind in (kinds.ASSERT, kinds.ASSERT_NOT) else []


def _repeats_in(pattern: Any) -> Iterator[int]:
    for kind, value in pattern:
        if kind in REPEATS and value[1] == kinds.MAXREPEAT:
            yield value[0] * value[2].getwidth()[0]
        for body in _bodies(kind, value):
            yield from _repeats_in(body)


def wordings() -> dict[str, re.Pattern[str]]:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(normalizer.__path__, "normalizer.")
        if not found.name.endswith("__main__")
    ]
    return {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


def test_no_wording_repeats_without_bound_what_repeats_without_bound():
    found = wordings()

    assert len(found) > 60
    assert {
        name
        for name, pattern in found.items()
        for outer, inner in nested_repeats(parser.parse(pattern.pattern, pattern.flags))
        if outer <= inner
    } == set()


def test_a_wording_that_can_run_away_is_seen():
    assert list(nested_repeats(parser.parse(r"(?:a+)*b"))) == [(1, 1)]
    assert list(nested_repeats(parser.parse(r"(?:a+,)*b"))) == [(2, 1)]
