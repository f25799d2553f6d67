"""`python -m normalizer extract|score`: conversations as JSON lines in, findings or scores out."""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from normalizer.confusion import Part, page_of
from normalizer.duplicates import Incident, compare
from normalizer.records import findings_of
from normalizer.scoring import judge_duplicates, pairs_of, report, score_rows
from normalizer.tenant import Tenant, load_tenant

_FOLDER = Path(__file__).resolve().parent.parent / "config" / "tenants"


class _Tenants:
    """Governments read from their files, each once."""

    def __init__(self) -> None:
        self._known: dict[str, Tenant] = {}

    def get(self, name: str) -> Tenant:
        if name not in self._known:
            path = _FOLDER / f"{name}.toml"
            if not path.is_file():
                raise SystemExit(f"no tenant named {name!r} in config/tenants")
            self._known[name] = load_tenant(tomllib.loads(path.read_text(encoding="utf-8")))
        return self._known[name]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m normalizer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    extract = commands.add_parser("extract", help="read conversations, write findings")
    extract.add_argument("--tenant", default="bengkalis", help="where a row names none")
    score = commands.add_parser("score", help="measure against labelled rows")
    score.add_argument("--gold", type=Path, required=True, nargs="+")
    score.add_argument("--tenant", default="bengkalis")
    score.add_argument("--brief", action="store_true", help="leave out the rows that missed")
    score.add_argument("--page", type=Path, help="write totals and misses to this Markdown file")
    score.add_argument("--totals", type=Path, help="a file whose rows the page does not show")
    score.add_argument("--note", type=Path, help="Markdown that the page shows behind the totals")
    options = parser.parse_args(arguments)
    if options.command == "extract":
        return _extract(options.tenant)
    parts = [_measure(path, options.tenant) for path in options.gold]
    if options.page:
        hidden = [options.totals] if options.totals else []
        counted = [replace(_measure(path, options.tenant), rows=()) for path in hidden]
        note = options.note.read_text(encoding="utf-8") if options.note else ""
        options.page.write_text(page_of([*parts, *counted], note), encoding="utf-8")
        return 0
    for part in parts:
        print("\n".join(report(part.score, details=not options.brief)))
    return 0


def _extract(default: str) -> int:
    tenants = _Tenants()
    for row in _rows(sys.stdin):
        result = findings_of(row, tenants.get(row.get("tenant") or default))
        print(json.dumps(result, ensure_ascii=False), flush=True)
    return 0


def _measure(path: Path, default: str) -> Part:
    tenants = _Tenants()
    with path.open(encoding="utf-8") as file:
        rows = [{"tenant": default, **row} for row in _rows(file)]
    results = [findings_of(row, tenants.get(row["tenant"])) for row in rows]
    score = score_rows(rows, results)
    incidents = [_incident(row, result) for row, result in zip(rows, results, strict=True)]
    similar = {
        (left, right): compare(incidents[left], incidents[right]).same
        for left, right in pairs_of(rows)
    }
    judge_duplicates(score, rows, similar)
    return Part(path.stem, score, rows, results)


def _incident(row: Mapping[str, Any], result: Mapping[str, Any]) -> Incident:
    place = result["location"] or {}
    return Incident(
        text=result["public_text"],
        at=datetime.fromisoformat(row["received_at"]),
        category=result["category"],
        desa=place.get("desa"),
        street=place.get("street"),
        landmark=place.get("landmark"),
    )


def _rows(lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    for line in lines:
        if line.strip():
            yield json.loads(line)


if __name__ == "__main__":
    sys.exit(main())
