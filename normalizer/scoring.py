"""Measures findings against labelled rows, field by field, as the gold set's page asks.

Fields that a row calls unsure are left out. Every line names its goal, the rows that missed it can
be listed (`Score.misses`).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

from normalizer.gazetteer import fold_name

_Row = Mapping[str, Any]
_LOCATION_EXACT = ("desa", "kecamatan", "rt", "rw")
_LOCATION_SPANS = ("street", "landmark")
_WEEK_TOLERANCE = 3
_LEAKS = re.compile(r"(?<!\d)(?:\d[ .\-]?){16}(?!\d)|(?<!\d)(?:\+?62|0)8\d(?:[ \-]?\d){7,11}(?!\d)")


@dataclass
class Score:
    """Hits and tries per line, and what was missed.

    Attributes:
        tries: how often a line was judged.
        points: the sum of its judgements, each 0 to 1.
        misses: (line, row id, expected, got) of every judgement that was not right: below 1, or
            above 0 on a line that counts what is wrong.
    """

    tries: Counter[str] = field(default_factory=Counter)
    points: dict[str, float] = field(default_factory=dict)
    misses: list[tuple[str, str, Any, Any]] = field(default_factory=list)

    def judge(self, line: str, row_id: str, points: float, expected: Any, got: Any) -> None:
        """Count one judgement."""
        self.tries[line] += 1
        self.points[line] = self.points.get(line, 0.0) + points
        if points > 0 if line in _COUNTS_WRONG else points < 1:
            self.misses.append((line, row_id, expected, got))

    def rate(self, line: str) -> float | None:
        """Return the mean of a line between 0 and 1, or None when nothing was judged."""
        return self.points[line] / self.tries[line] if self.tries[line] else None


# Line, goal, and whether a lower rate is better.
GOALS: tuple[tuple[str, float, bool], ...] = (
    ("nik exact", 0.99, False),
    ("nik false", 0.0, True),
    ("nik problem", 0.95, False),
    ("event_start", 0.90, False),
    ("event_start false", 0.03, True),
    ("desa", 0.95, False),
    ("kecamatan", 0.95, False),
    ("rt", 0.95, False),
    ("rw", 0.95, False),
    ("street F1", 0.85, False),
    ("landmark F1", 0.85, False),
    ("kind macro-F1", 0.93, False),
    ("darurat recall", 1.0, False),
    ("darurat precision", 0.90, False),
    ("anonymous recall", 1.0, False),
    ("anonymous precision", 0.95, False),
    ("secret recall", 1.0, False),
    ("secret precision", 0.95, False),
    ("missing set", 0.92, False),
    ("category top-1", 0.85, False),
    ("pd top-1", 0.85, False),
    ("pd top-3", 0.95, False),
    ("reporter name", 0.0, False),
    ("duplicate pairs found", 1.0, False),
    ("duplicate pairs false", 0.01, True),
    ("public text clean", 1.0, False),
)


_COUNTS_WRONG = frozenset(name for name, _, lower in GOALS if lower)


def score_rows(rows: Sequence[_Row], results: Sequence[_Row]) -> Score:
    """Compare results with labelled rows of the same order."""
    score = Score()
    kinds: list[tuple[str, str]] = []
    for row, got in zip(rows, results, strict=True):
        expect: dict[str, Any] = row["expect"]
        unsure = frozenset(expect.get("unsure", ()))
        _judge_nik(score, row["id"], expect, got, unsure)
        _judge_event(score, row["id"], expect, got, unsure)
        _judge_location(score, row["id"], expect, got, unsure)
        _judge_routing(score, row["id"], expect, got, unsure)
        _judge_flags(score, row["id"], expect, got, unsure)
        if "kind" not in unsure:
            kinds.append((expect["kind"], got["kind"]))
            if expect["kind"] != got["kind"]:
                score.misses.append(("kind", row["id"], expect["kind"], got["kind"]))
    _judge_kinds(score, kinds)
    return score


def judge_duplicates(
    score: Score, rows: Sequence[_Row], similar: Mapping[tuple[int, int], bool]
) -> None:
    """Count labelled pairs found and other pairs claimed.

    Args:
        score: is added to.
        rows: with ``dup_group``.
        similar: for each pair of indexes, whether they were taken for the same incident.
    """
    for (left, right), claimed in similar.items():
        group = rows[left].get("dup_group")
        same = group is not None and group == rows[right].get("dup_group")
        pair = f"{rows[left]['id']}+{rows[right]['id']}"
        if same:
            score.judge("duplicate pairs found", pair, float(claimed), "same", claimed)
        else:
            score.judge("duplicate pairs false", pair, float(claimed), "different", claimed)


def pairs_of(rows: Sequence[_Row]) -> list[tuple[int, int]]:
    """Return all pairs of rows of the same tenant."""
    return [
        (left, right)
        for left, right in combinations(range(len(rows)), 2)
        if rows[left]["tenant"] == rows[right]["tenant"]
    ]


def _judge_nik(score: Score, row_id: str, expect: _Row, got: _Row, unsure: frozenset[str]) -> None:
    if "nik" not in unsure:
        line = "nik exact" if expect["nik"] else "nik false"
        hit = got["nik"] == expect["nik"]
        score.judge(line, row_id, float(hit == bool(expect["nik"])), expect["nik"], got["nik"])
    if "nik_problem" not in unsure and "nik" not in unsure:
        want, have = expect["nik_problem"], got["nik_problem"]
        score.judge("nik problem", row_id, float(want == have), want, have)
    if expect.get("reporter_name") and "reporter_name" not in unsure:
        want, have = str(expect["reporter_name"]), str(got["reporter_name"])
        score.judge("reporter name", row_id, float(want.lower() == have.lower()), want, have)


def _judge_event(
    score: Score, row_id: str, expect: _Row, got: _Row, unsure: frozenset[str]
) -> None:
    if any(name.startswith("event_start") for name in unsure):
        return
    want, have = expect["event_start"], got["event_start"]
    if want is None:
        score.judge("event_start false", row_id, float(have is not None), None, have)
        return
    score.judge("event_start", row_id, float(same_time(want, have)), want["value"], have)


def same_time(want: _Row, have: _Row | None) -> bool:
    """Whether a time is right within the precision and tolerance of the label."""
    if have is None:
        return False
    expected, value = str(want["value"]), str(have["value"])
    tolerance = want.get("tolerance_days")
    precision = str(want["precision"])
    if precision == "week" and not tolerance:
        tolerance = _WEEK_TOLERANCE
    if tolerance:
        return abs((_date_of(expected) - _date_of(value)).days) <= int(tolerance)
    length = {"minute": 16, "hour": 13, "month": 7, "year": 4}.get(precision, 10)
    return value[:length] == expected[:length]


def _date_of(value: str) -> date:
    parts = [int(part) for part in value[:10].split("-")]
    return date(*[*parts, 1, 1][:3])


def _judge_location(
    score: Score, row_id: str, expect: _Row, got: _Row, unsure: frozenset[str]
) -> None:
    if "location" in unsure or expect["kind"] in ("spam", "sapaan"):
        return
    want, have = expect["location"] or {}, got["location"] or {}
    for name in _LOCATION_EXACT:
        if f"location.{name}" not in unsure:
            left, right = fold_name(want.get(name) or ""), fold_name(have.get(name) or "")
            score.judge(name, row_id, float(left == right), want.get(name), have.get(name))
    for name in _LOCATION_SPANS:
        points = token_f1(want.get(name), have.get(name))
        if f"location.{name}" not in unsure and points is not None:
            score.judge(f"{name} F1", row_id, points, want.get(name), have.get(name))


def token_f1(want: str | None, have: str | None) -> float | None:
    """Return the F1 of the words of two spans, or None when both are empty."""
    left = re.findall(r"\w+", (want or "").lower())
    right = re.findall(r"\w+", (have or "").lower())
    if not left and not right:
        return None
    common = sum((Counter(left) & Counter(right)).values())
    return 2 * common / (len(left) + len(right))


def _judge_routing(
    score: Score, row_id: str, expect: _Row, got: _Row, unsure: frozenset[str]
) -> None:
    if "category" not in unsure and expect.get("category"):
        hit = got["category"] == expect["category"]
        score.judge("category top-1", row_id, float(hit), expect["category"], got["category"])
    if "pd" not in unsure and expect.get("pd"):
        top = got["pd_top"]
        score.judge("pd top-1", row_id, float(top[:1] == [expect["pd"]]), expect["pd"], top)
        score.judge("pd top-3", row_id, float(expect["pd"] in top), expect["pd"], top)


def _judge_flags(
    score: Score, row_id: str, expect: _Row, got: _Row, unsure: frozenset[str]
) -> None:
    for name in ("anonymous", "secret"):
        if name in unsure:
            continue
        want, have = bool(expect[name]), bool(got[name])
        if want:
            score.judge(f"{name} recall", row_id, float(have), want, have)
        if have:
            score.judge(f"{name} precision", row_id, float(want), want, have)
    if not {"missing", "complete"} & unsure:
        want_set, have_set = set(expect["missing"]), set(got["missing"])
        score.judge("missing set", row_id, float(want_set == have_set), want_set, have_set)
    leak = _LEAKS.search(got["public_text"])
    score.judge("public text clean", row_id, float(leak is None), "", "leak" if leak else "")


def _judge_kinds(score: Score, kinds: Sequence[tuple[str, str]]) -> None:
    """Add the macro-F1 over kinds and what the emergencies need."""
    for name in sorted({want for want, _ in kinds}):
        true = sum(pair == (name, name) for pair in kinds)
        wrong = sum(name in pair and pair[0] != pair[1] for pair in kinds)
        score.judge("kind macro-F1", name, 2 * true / (2 * true + wrong), name, "")
    for want, have in kinds:
        if want == "darurat":
            score.judge("darurat recall", "", float(have == want), want, have)
        if have == "darurat":
            score.judge("darurat precision", "", float(have == want), want, have)


def report(score: Score, *, details: bool = True) -> list[str]:
    """Return the lines of the goals table, then the rows that missed them."""
    lines = [f"{'line':24} {'score':>7} {'goal':>7}  judged"]
    for name, goal, lower in GOALS:
        rate = score.rate(name)
        if rate is None:
            lines.append(f"{name:24} {'-':>7} {goal:7.0%}  0")
            continue
        sign = "" if (rate <= goal if lower else rate >= goal) else "  below goal"
        lines.append(f"{name:24} {rate:7.1%} {goal:7.0%}  {score.tries[name]}{sign}")
    if details:
        lines += [
            f"  {row_id:12} {name:20} expected {want!r}, got {have!r}"
            for name, row_id, want, have in score.misses
        ]
    return lines
