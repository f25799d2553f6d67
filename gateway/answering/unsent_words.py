"""Text that an officer is writing and has not sent: it waits on every device of that officer.

The page that is written on keeps its own copy, too; this one is for a telephone that was put away.
Two pages may write at once: the one that does not know of the other's text is told, and asks its
reader. Words that were sent go at once; what nobody went on with, after two weeks.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.errors import InvalidInputError, NotFoundError
from gateway.rules.dates import local
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from gateway.showing.showing import clock_words, full_time
from store import recordings
from store.models.recording import RecordingDraft

LONGEST: Final = 10_000
_LIFE: Final = timedelta(days=14)
_BATCH: Final = 500
_KEY: Final = re.compile(r"[A-Za-z0-9-]{1,30}")


@dataclass(frozen=True, slots=True)
class Unsent:
    """What was written, when (in words), and the mark of this state of it."""

    text: str
    at: str
    mark: str


@dataclass(frozen=True, slots=True)
class Writer:
    """The page that writes: its own name, and the mark of the state that it knows ("" none)."""

    page: str
    mark: str = ""


def find(runtime: Runtime, staff: Staff, key: str) -> Unsent | None:
    """Return what this officer has not sent at this place, None for nothing."""
    staff.require(Permission.HANDLE_CASES)
    name = _name(key)
    with runtime.transaction() as session:
        row = recordings.draft_of(session, staff.id, name)
        return None if row is None else _unsent(runtime, row)


def keep(runtime: Runtime, staff: Staff, key: str, text: str, writer: Writer) -> str | Unsent:
    """Keep what stands on a page now; return the mark of it.

    Returns:
        The text of another page instead, where the writer does not know it: nothing is changed.

    Raises:
        InvalidInputError: far more than anybody could send.
        NotFoundError: there is no such place to write.
    """
    staff.require(Permission.HANDLE_CASES)
    name = _name(key)
    if len(text) > LONGEST:
        raise InvalidInputError({"text": f"Paling panjang {LONGEST} huruf."})
    with runtime.transaction() as session:
        row = recordings.open_draft(session, staff.id, name, recordings.WORDS, runtime.now())
        before = _unsent(runtime, row)
        if row.fields.get("sent") == writer.page:
            return ""  # on its way before the sending, here after it
        if before and row.fields.get("page") != writer.page and before.mark != writer.mark:
            return before
        if not text.strip():
            recordings.drop(session, staff.id, name)
            return ""
        recordings.fill(row, {"text": text, "page": writer.page}, runtime.now())
        return _mark(row)


def forget(runtime: Runtime, staff: Staff, key: str, page: str) -> None:
    """Forget words that have been sent, and what that page may still be saving of them.

    Raises:
        NotFoundError: there is no such place to write.
    """
    name = _name(key)
    with runtime.transaction() as session:
        row = recordings.open_draft(session, staff.id, name, recordings.WORDS, runtime.now())
        recordings.fill(row, {"sent": page}, runtime.now())


def clean(runtime: Runtime) -> None:
    """Forget what nobody went on with."""
    now = runtime.now()
    with runtime.transaction() as session:
        recordings.drop_older(session, now - _LIFE, now, _BATCH, words=True)


def _name(key: str) -> str:
    """Return under which name words are kept: never that of a record in work."""
    if _KEY.fullmatch(key) is None:
        raise NotFoundError("draft")
    return f"w:{key}"


def _unsent(runtime: Runtime, row: RecordingDraft) -> Unsent | None:
    text = row.fields.get("text", "")
    return Unsent(text, _when(runtime, row.saved_at), _mark(row)) if text else None


def _when(runtime: Runtime, at: datetime) -> str:
    zone = runtime.profile.timezone
    today = local(at, zone).date() == local(runtime.now(), zone).date()
    return f"pukul {clock_words(runtime, at)}" if today else f"pada {full_time(runtime, at)}"


def _mark(row: RecordingDraft) -> str:
    return f"{row.saved_at.isoformat()} {row.fields.get('page', '')}"
