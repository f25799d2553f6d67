"""When it happened (first cut: the plainest forms)."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from normalizer.draft import ChronologyEntry, Finding, Precision, ResolvedTime
from normalizer.transcript import Transcript

_NEAR = re.compile(r"\b(hari ini|tadi|barusan|sekarang|kemarin|semalam)\b")


def read_chronology(
    transcript: Transcript, masked: str, zone: ZoneInfo
) -> tuple[Finding[ResolvedTime] | None, tuple[ChronologyEntry, ...]]:
    """Find the event time and the events in order."""
    hit = _NEAR.search(masked)
    if hit is None:
        return None, ()
    at: datetime = transcript.message_at(hit.start()).at.astimezone(zone)
    back = 1 if hit.group() in ("kemarin", "semalam") else 0
    day = (at - timedelta(days=back)).replace(hour=0, minute=0, second=0, microsecond=0)
    span = transcript.span(hit.start(), hit.end())
    time = ResolvedTime(day, Precision.DAY, hit.group())
    return Finding(time, 0.8, span), (ChronologyEntry(time, hit.group(), span),)
