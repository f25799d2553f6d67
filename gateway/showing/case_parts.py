"""Parts of a case page that Diskominfo and the PD share: clocks, notes, history."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from gateway.cases.conflict_marks import LIFTED, NOTED
from gateway.rules import clocks
from gateway.rules.clock_reasons import explain
from gateway.runtime import Runtime
from gateway.showing.case_views import ClockView, NoteView
from gateway.showing.history_words import assignees, assignment_views, change_views
from gateway.showing.showing import HistoryLine, full_time, history_line
from store import casework_rows, reading
from store import staff as staff_rows
from store.history_anchors import values_of
from store.labels import LABELS
from store.models.complaint import Complaint, ComplaintEvent

# Steps that say something of the reporter, or of messages that a PD does not read.
_OF_RECORDS = {
    "pin_renewed", "disputed", "dispute_checked", "phoned_back", "replied_at_source", "nik_added",
    "photo_judged",
}  # fmt: skip
_OF_GROUPS = {
    "grouped",
    "ungrouped",
    "follower_joined",
    "follower_left",
    "judged_apart",
    NOTED,
    LIFTED,
}
_NOT_FOR_PD = {
    "unmasked", "message_moved", "replied", "not_emergency", *LABELS, *_OF_RECORDS, *_OF_GROUPS
}  # fmt: skip


def clock_views(runtime: Runtime, session: Session, complaint: Complaint) -> dict[str, ClockView]:
    """Return the newest clock of each kind, K1 first."""
    return {
        clock.kind: ClockView(
            clocks.chip(clock, runtime.now()),
            full_time(runtime, clock.due_at),
            explain(clock.explanation),
        )
        for clock in reading.clocks_of(session, complaint.id)
    }


def note_views(
    runtime: Runtime, session: Session, complaint: Complaint, *, for_pd: bool
) -> list[NoteView]:
    """Return the internal notes, oldest first; a PD reads only those meant for it."""
    notes = casework_rows.notes_of(session, complaint.id, for_pd=for_pd)
    names = staff_rows.user_names(session, [note.author_id for note in notes])
    return [
        NoteView(
            names.get(note.author_id, "Petugas"),
            full_time(runtime, note.created_at),
            note.body,
            note.for_pd,
        )
        for note in notes
    ]


def history_lines(
    runtime: Runtime,
    session: Session,
    complaint: Complaint,
    pds: Mapping[str, str],
    *,
    for_pd: bool,
) -> list[HistoryLine]:
    """Return the history, oldest first."""
    events = reading.history(session, complaint.id)
    people = {e.actor_id for e in events} | {n for e in events for n in assignees(e.data)}
    names = staff_rows.user_names(session, [number for number in people if number])
    texts = values_of(session, [event.id for event in events if "texts" in event.data])
    return [
        replace(
            history_line(runtime, event, names, pds),
            changes=[
                *assignment_views(event.data, names),
                *change_views(runtime, event.data, texts.get(event.id, ()), for_pd=for_pd),
            ],
        )
        for event in (_for_pd(complaint, events) if for_pd else events)
    ]


def _for_pd(complaint: Complaint, events: Sequence[ComplaintEvent]) -> list[ComplaintEvent]:
    """Leave out what no PD reads, and what was done while a conflict kept the case from PDs."""
    kept: list[ComplaintEvent] = []
    apart = False
    for event in events:
        apart = event.kind == NOTED or (apart and event.kind != LIFTED)
        if event.kind not in _NOT_FOR_PD and not (apart and complaint.conflict_pd is None):
            kept.append(event)
    return kept
