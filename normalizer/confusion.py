"""The page of what is understood and what is not: totals, then each miss with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from normalizer.scoring import GOALS, Score

_Row = Mapping[str, Any]
# Lines that judge the same thing as another line, or hold no row of their own.
_NOT_LISTED = frozenset({"kind macro-F1", "duplicate pairs false"})
_TEXT_LENGTH = 160
_REASONS = {
    "category top-1": "category",
    "pd top-1": "category",
    "pd top-3": "category",
    "kind": "kind",
    "event_start": "event_start",
    "event_start false": "event_start",
    "missing set": "missing",
}
_PLACE_LINES = frozenset({"desa", "kecamatan", "rt", "rw", "street F1", "landmark F1"})
_HEAD = """# What is understood, and what is not

Written by `python -m normalizer score --gold FILE ... --totals FILE
--note docs/understanding-blind.md --page docs/understanding.md`
from invented conversations. The rows of the check part are only counted, never shown: who writes
rules does not read them.
"""


@dataclass(frozen=True)
class Part:
    """A file of labelled rows, measured. Without `rows` only its totals are told."""

    name: str
    score: Score
    rows: Sequence[_Row] = ()
    results: Sequence[_Row] = ()


def page_of(parts: Sequence[Part], note: str = "") -> str:
    """Return the page as Markdown.

    Args:
        parts: the measured files, in the order of the columns.
        note: what else is to be told behind the totals, as Markdown.
    """
    sections = [
        _HEAD,
        _totals(parts),
        *([note] if note else []),
        *(_misses(part) for part in parts if part.rows),
    ]
    return "\n".join(sections)


def _totals(parts: Sequence[Part]) -> str:
    names = " | ".join(part.name for part in parts)
    lines = [
        "## Totals\n",
        f"| | goal | {names} |",
        "|---|---|" + "---|" * len(parts),
    ]
    for line, goal, lower in GOALS:
        cells = " | ".join(_cell(part.score, line, goal, lower=lower) for part in parts)
        sign = "at most" if lower else "at least"
        lines.append(f"| {line} | {sign} {goal:.0%} | {cells} |")
    return "\n".join(lines) + "\n"


def _cell(score: Score, line: str, goal: float, *, lower: bool) -> str:
    rate = score.rate(line)
    if rate is None:
        return "-"
    met = rate <= goal if lower else rate >= goal
    cell = f"{rate:.1%} of {score.tries[line]}"
    return cell if met else f"**{cell}**"


def _misses(part: Part) -> str:
    rows = {str(row["id"]): row for row in part.rows}
    results = {str(result["id"]): result for result in part.results}
    lines: list[str] = []
    for line, row_id, expected, got in part.score.misses:
        if line in _NOT_LISTED or row_id not in rows:
            continue
        why = _why(line, results[row_id])
        cells = (row_id, line, expected, got, why, _text(rows[row_id]))
        lines.append("| " + " | ".join(_plain(cell) for cell in cells) + " |")
    head = ["| row | line | expected | got | why | text |", "|---|---|---|---|---|---|"]
    body = [*head, *lines] if lines else ["Nothing was missed."]
    return "\n".join([f"## {part.name}: every miss\n", *body]) + "\n"


def _why(line: str, result: _Row) -> str:
    """Say what led to a finding: the words, and how sure it was."""
    topic = "location" if line in _PLACE_LINES else _REASONS.get(line, "")
    reason: str = result["evidence"].get(topic, "")
    return reason


def _text(row: _Row) -> str:
    text = " / ".join(str(message["text"]) for message in row["messages"] if message["text"])
    return text if len(text) <= _TEXT_LENGTH else text[:_TEXT_LENGTH] + "..."


def _plain(value: object) -> str:
    """Write a value for a cell of a table."""
    text = "nothing" if value is None else str(value)
    return " ".join(text.replace("|", "/").replace("<", "&lt;").split())
