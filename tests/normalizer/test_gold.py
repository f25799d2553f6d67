"""The labelled rows as a score. Rules follow tune and own to own4; check is only measured."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from config.tenant_files import read_tenant_file
from normalizer.records import findings_of
from normalizer.scoring import Score, score_rows
from normalizer.tenant import load_tenant

FOLDER = Path(__file__).resolve().parent.parent / "data" / "gold"
NAMES = ("bengkalis", "belitung", "bintan", "bandung")


@pytest.fixture(scope="module")
def score_of() -> Callable[[str], Score]:
    tenants = {name: load_tenant(read_tenant_file(name)) for name in NAMES}

    def measure(name: str) -> Score:
        text = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
        rows = [json.loads(line) for line in text.splitlines()]
        return score_rows(rows, [findings_of(row, tenants[row["tenant"]]) for row in rows])

    return measure


FLOORS = {
    "nik exact": 0.99,
    "nik problem": 0.95,
    "event_start": 0.90,
    "desa": 0.95,
    "kecamatan": 0.95,
    "rt": 0.95,
    "rw": 0.95,
    "street F1": 0.85,
    "landmark F1": 0.85,
    "kind macro-F1": 0.93,
    "darurat recall": 1.0,
    "anonymous recall": 1.0,
    "secret recall": 1.0,
    "missing set": 0.92,
    "category top-1": 0.85,
    "pd top-1": 0.85,
    "pd top-3": 0.95,
    "public text clean": 1.0,
}
CEILINGS = {"nik false": 0.0, "event_start false": 0.03}


@pytest.mark.parametrize("name", ["tune", "own", "own2", "own3", "own4", "check"])
def test_no_part_of_the_gold_set_falls_below_its_floor(name, score_of):
    score = score_of(name)

    rates = {line: score.rate(line) for line in (*FLOORS, *CEILINGS)}
    judged = {line: rate for line, rate in rates.items() if rate is not None}
    assert len(judged) >= 8
    assert {line: rate for line, rate in judged.items() if rate < FLOORS.get(line, 0)} == {}
    assert {line: rate for line, rate in judged.items() if rate > CEILINGS.get(line, 1)} == {}
