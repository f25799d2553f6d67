"""Median time of one message appended to a conversation of 20, the whole of it understood anew.

Run: ``.venv/bin/python -m benchmarks.normalizer`` or ``.venv/bin/python benchmarks/normalizer.py``.
The appended message is another one in every round, so that nothing of it is remembered; the twenty
before it were read when they came, as in service. Beside it dateparser, which reads dates only: its
time on the same texts, and how many labelled times of the gold sets each of the two resolves.
"""

import importlib
import importlib.util
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from channels.message import ChannelName
from config.tenant_files import read_tenant_file
from normalizer.assemble import assemble
from normalizer.draft import Context, DialogueState, SourceMessage
from normalizer.records import findings_of
from normalizer.scoring import same_time
from normalizer.tenant import Tenant, load_tenant

_ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 300
THEIR_ROUNDS = 20
GOLD = ("tune", "own")
START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LINES = (
    "Assalamualaikum pak",
    "mau lapor lampu jalan mati",
    "di Jl. Sudirman gg buntu",
    "RT 03 RW 05 desa Air Putih",
    "depan masjid Al-Ikhlas",
    "sejak tgl 12 november jam 7 malam",
    "gelap sekali pak anak2 takut lewat",
    "kemarin ada motor jatuh",
    "tiangnya juga miring",
    "sudah lapor pak RT tapi belum ada tindakan",
    "NIK 1403160901909105",
    "nama saya Ratna",
    "tolong jangan sebut nama saya",
    "ini fotonya",
    "kabel juga menjuntai ke jalan",
    "kalau hujan airnya masuk got mampet",
    "dekat simpang tiga",
    "mohon segera diperbaiki",
    "terima kasih",
    "oh ya yang mati tiga tiang",
)


def conversation(lines: Sequence[str]) -> list[SourceMessage]:
    """Return messages that came twenty seconds after each other."""
    return [
        SourceMessage(str(index), START + timedelta(seconds=20 * index), line)
        for index, line in enumerate(lines)
    ]


def appended(number: int) -> str:
    """Return the message that is appended in one round."""
    return f"no tiang {number}, dekat rumah pak RT {number % 40}, sudah {number} hari"


def median_ms(action: Callable[[int], object], rounds: int) -> float:
    """Return the median processor time of an action in milliseconds, without other processes.

    Args:
        action: is given the number of its round.
        rounds: how often it is measured, after one that is not.
    """
    action(0)
    times: list[float] = []
    for number in range(1, rounds + 1):
        begin = time.process_time()
        action(number)
        times.append((time.process_time() - begin) * 1000)
    return statistics.median(times)


@lru_cache
def tenant_of(name: str) -> Tenant:
    """Return a government as its file describes it."""
    return load_tenant(read_tenant_file(name))


def understand(lines: Sequence[str]) -> object:
    """Read a conversation as the service does."""
    messages = conversation(lines)
    context = Context(tenant_of("bengkalis"), ChannelName.WHATSAPP, messages[-1].at)
    return assemble(DialogueState(), messages, context)


def labelled_times() -> Iterator[dict[str, Any]]:
    """Yield the gold rows whose time of the event is labelled and sure."""
    for name in GOLD:
        path = _ROOT / "tests" / "data" / "gold" / f"{name}.jsonl"
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            unsure = row["expect"].get("unsure", ())
            if row["expect"]["event_start"] and not any(n.startswith("event") for n in unsure):
                yield row


def settings_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return what dateparser is told: our order of figures, the past, the day of the message."""
    written = datetime.fromisoformat(row["received_at"]).replace(tzinfo=None)
    return {"DATE_ORDER": "DMY", "PREFER_DATES_FROM": "past", "RELATIVE_BASE": written}


def main() -> None:
    """Measure and print."""
    ours = median_ms(lambda number: understand([*LINES, appended(number)]), ROUNDS)
    single = median_ms(lambda number: understand([appended(number)]), ROUNDS)
    print(f"one message appended to 20: {ours:.2f} ms median of {ROUNDS}")
    print(f"one message alone:          {single:.2f} ms, {single / ours:.2f} of that")
    rows = list(labelled_times())
    right = sum(
        same_time(
            row["expect"]["event_start"], findings_of(row, tenant_of(row["tenant"]))["event_start"]
        )
        for row in rows
    )
    print(f"labelled times resolved:    {right / len(rows):.1%} of {len(rows)}")
    if importlib.util.find_spec("dateparser") is None:
        print("dateparser is not installed: nothing to compare with")
        return
    compare_with_dateparser(ours, rows)


def compare_with_dateparser(ours_ms: float, rows: Sequence[dict[str, Any]]) -> None:
    """Print dateparser's time and how many labelled times it resolves.

    A time counts as resolved when one of all dates that it finds in the row's words is right, or,
    on the next line, when it is right about the labelled words cut out for it.
    """
    parse = importlib.import_module("dateparser").parse
    search = importlib.import_module("dateparser.search").search_dates

    def read(number: int) -> object:
        return search("\n".join([*LINES, appended(number)]), languages=["id"])

    theirs = median_ms(read, THEIR_ROUNDS)
    print(f"dateparser, dates only:     {theirs / ours_ms:.1f} times our whole reading")
    found = alone = 0
    for row in rows:
        label, settings = row["expect"]["event_start"], settings_of(row)
        text = "\n".join(str(message["text"]) for message in row["messages"])
        hits = search(text, languages=["id"], settings=settings) or []
        found += any(same_time(label, {"value": at.isoformat()}) for _, at in hits)
        at = parse(label["text"], languages=["id"], settings=settings)
        alone += at is not None and same_time(label, {"value": at.isoformat()})
    print(f"  resolved, any of its hits: {found / len(rows):.1%}")
    print(f"  resolved, the words alone: {alone / len(rows):.1%}")


if __name__ == "__main__":
    main()
