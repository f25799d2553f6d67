import pytest

from normalizer.scoring import (
    GOALS,
    Score,
    judge_duplicates,
    pairs_of,
    report,
    same_time,
    token_f1,
)


@pytest.mark.parametrize(
    ("want", "have", "same"),
    [
        ({"value": "2026-05-12T08:45", "precision": "minute"}, "2026-05-12T08:45", True),
        ({"value": "2026-05-12T08:45", "precision": "minute"}, "2026-05-12T08:46", False),
        ({"value": "2026-05-12T08:00", "precision": "hour"}, "2026-05-12T08:30", True),
        ({"value": "2026-05-12", "precision": "part_of_day"}, "2026-05-12", True),
        ({"value": "2026-05-12", "precision": "week"}, "2026-05-15", True),
        ({"value": "2026-05-12", "precision": "week"}, "2026-05-16", False),
        ({"value": "2026-05-12", "precision": "day", "tolerance_days": 1}, "2026-05-13", True),
        ({"value": "2026-05", "precision": "month"}, "2026-05", True),
        ({"value": "2026-05", "precision": "month", "tolerance_days": 15}, "2026-05-10", True),
        ({"value": "2025", "precision": "year"}, "2026", False),
    ],
)
def test_a_time_is_right_within_its_precision(want, have, same):
    assert same_time(want, {"value": have}) is same


def test_no_time_is_wrong():
    assert not same_time({"value": "2026", "precision": "year"}, None)


def test_spans_are_compared_by_their_words():
    assert token_f1("depan masjid", "masjid") == pytest.approx(2 / 3)
    assert token_f1(None, "") is None
    assert token_f1("x", None) == 0


def test_a_line_below_its_goal_is_marked():
    score = Score()
    score.judge("nik exact", "A", 0.0, "1", None)
    score.judge("event_start false", "A", 0.0, None, None)

    lines = report(score)

    assert next(line for line in lines if line.startswith("nik exact")).endswith("below goal")
    assert not next(line for line in lines if line.startswith("event_start f")).endswith("goal")
    assert len(lines) >= len(GOALS)
    assert score.rate("rt") is None


def test_only_what_was_missed_is_listed():
    score = Score()
    score.judge("nik false", "A", 0.0, None, None)
    score.judge("nik false", "B", 1.0, None, "1403160901909105")
    score.judge("rt", "C", 1.0, "3", "3")
    score.judge("rt", "D", 0.0, "3", None)
    score.judge("duplicate pairs false", "A+B", 0.0, "different", "no")
    score.judge("duplicate pairs false", "C+D", 1.0, "different", "yes")

    listed = [line.split()[0] for line in report(score) if "expected" in line]

    assert listed == ["B", "D", "C+D"]


def test_pairs_of_one_tenant_are_judged():
    rows = [
        {"id": "A", "tenant": "x", "dup_group": "D"},
        {"id": "B", "tenant": "x", "dup_group": "D"},
        {"id": "C", "tenant": "x"},
        {"id": "D", "tenant": "y"},
    ]
    score = Score()

    judge_duplicates(score, rows, {(0, 1): True, (0, 2): True, (1, 2): False})

    assert pairs_of(rows) == [(0, 1), (0, 2), (1, 2)]
    assert score.rate("duplicate pairs found") == 1
    assert score.rate("duplicate pairs false") == 0.5
