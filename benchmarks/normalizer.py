"""Median time of one message appended to a conversation of 20, the whole of it understood anew.

Run: ``.venv/bin/python -m benchmarks.normalizer`` or ``.venv/bin/python benchmarks/normalizer.py``.
Beside it dateparser on the same texts, where it is installed: it reads dates only.
"""

import importlib
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from channels.message import ChannelName
from config.tenant_files import read_tenant_file
from normalizer.assemble import assemble
from normalizer.draft import Context, DialogueState, SourceMessage
from normalizer.tenant import load_tenant

ROUNDS = 300
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
    "no tiang 17",
)


def conversation() -> list[SourceMessage]:
    """Return twenty messages and the one that is appended."""
    start = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    return [
        SourceMessage(str(index), start + timedelta(seconds=20 * index), line)
        for index, line in enumerate(LINES)
    ]


def median_ms(action: Callable[[], object], rounds: int) -> float:
    """Return the median processor time of an action in milliseconds, without other processes."""
    times: list[float] = []
    for _ in range(rounds):
        begin = time.process_time()
        action()
        times.append((time.process_time() - begin) * 1000)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    messages = conversation()
    tenant = load_tenant(read_tenant_file("bengkalis"))
    context = Context(tenant, ChannelName.WHATSAPP, messages[-1].at)
    ours = median_ms(lambda: assemble(DialogueState(), messages, context), ROUNDS)
    single = median_ms(lambda: assemble(DialogueState(), messages[-1:], context), ROUNDS)
    print(f"one message appended to 20: {ours:.2f} ms median of {ROUNDS}")
    print(f"one message alone:          {single:.2f} ms")
    if importlib.util.find_spec("dateparser") is None:
        print("dateparser is not installed: nothing to compare with")
        return
    search = importlib.import_module("dateparser.search").search_dates
    text = "\n".join(LINES)
    theirs = median_ms(lambda: search(text, languages=["id"]), 10)
    print(f"dateparser, dates only:     {theirs:.2f} ms ({theirs / ours:.1f} x)")


if __name__ == "__main__":
    main()
