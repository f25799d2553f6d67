"""What a perangkat daerah reads: its own cases, without identity and without raw text.

Nothing here opens `nik`, `reporter_name`, `original_text` or the text of a message (decision 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from channels.message import MediaKind
from gateway.cases import neighbours
from gateway.cases.assigned import NOBODY, assigned_words
from gateway.cases.casefile import seen_case
from gateway.cases.following import open_followers
from gateway.cases.parts import whole_of
from gateway.cases.pd_reminders import standing_reminder
from gateway.errors import NotFoundError
from gateway.reading.pd_drafts import DRAFT_RETURNS, draft_view, sent_views
from gateway.reading.pd_examples import examples
from gateway.reading.pd_messages import pd_messages
from gateway.reading.pd_views import PdCase, PdListing, PdRow
from gateway.rules import clocks
from gateway.rules.cursors import read_cursor, write_cursor
from gateway.rules.people import Staff
from gateway.rules.statuses import may_be_on_paper, may_move
from gateway.runtime import Runtime
from gateway.showing.case_parts import clock_views, history_lines, note_views
from gateway.showing.group_views import part_views
from gateway.showing.photo_views import photo_views
from gateway.showing.showing import (
    attachment_view,
    category_name,
    pin_view,
    place_words,
    status_words,
)
from store import answer_photos, casework_rows, complaints, hints, queues, reading
from store.models.complaint import (
    Clock,
    Complaint,
    ComplaintStatus,
    Disposisi,
    DraftAnswer,
    Privacy,
)
from store.visibility import seen_by

_S = ComplaintStatus
QUEUES = (
    ("semua", "Semua"),
    ("baru", "Disposisi baru"),
    ("draf", "Perlu draf"),
    ("dikembalikan", "Dikembalikan"),
    ("balasan", "Balasan warga"),
    ("dikerjakan", "Dikerjakan"),
    ("tempo", "Jatuh tempo"),
    ("selesai", "Selesai"),
)
_NAMES = dict(QUEUES)
FIRST_HELP = "pd_inbox"


def listing(runtime: Runtime, staff: Staff, code: str, cursor: str | None = None) -> PdListing:
    """Return one page of a queue of this person's PD, and the counts of all queues.

    Raises:
        NotFoundError: there is no such queue.
    """
    if code not in _NAMES or staff.pd_code is None:
        raise NotFoundError("queue")
    own = seen_by(staff.role, staff.pd_code)
    with runtime.transaction() as session:
        conditions = queues.pd_conditions(runtime.now())
        counted = queues.counts(session, conditions, own)
        page = queues.page(
            session,
            conditions[code] & own,
            read_cursor(cursor),
            oldest_first=code in queues.OLDEST_FIRST,
        )
        rows = _rows(runtime, session, page.cases)
        first_help = not hints.is_closed(session, staff.id, FIRST_HELP)
    return PdListing(
        code,
        _NAMES[code],
        [(key, name, counted[key]) for key, name in QUEUES],
        rows,
        write_cursor(page.earlier),
        write_cursor(page.later),
        first_help,
    )


def case(runtime: Runtime, staff: Staff, ticket: str) -> PdCase:
    """Return a case of this person's PD.

    Raises:
        NotFoundError: no such number, or another PD's: nobody learns which.
    """
    with runtime.transaction() as session:
        complaint = seen_case(session, ticket, staff)
        view = _case(runtime, session, complaint)
        nearby = neighbours.close_by(runtime, session, staff, complaint)
        drafts = "draft" in view.actions
        before = examples(runtime, session, complaint) if drafts else []
        return replace(view, nearby=nearby, examples=before)


def _rows(runtime: Runtime, session: Session, cases: Sequence[Complaint]) -> list[PdRow]:
    ids = [case.id for case in cases]
    running = queues.running_clocks(session, ids, queues.PD_CLOCKS)
    files = queues.attachment_counts(session, ids)
    instructions = queues.last_disposisi(session, ids)
    drafts = queues.last_drafts(session, ids)
    held = assigned_words(runtime, session, cases, instructions)
    return [
        replace(
            _row(runtime, case, running.get(case.id, ()), files.get(case.id, 0),
                 (instructions.get(case.id), drafts.get(case.id))),
            assigned=held.get(case.id, ""), unassigned=held.get(case.id) == NOBODY,
        )
        for case in cases
    ]  # fmt: skip


def _row(
    runtime: Runtime,
    complaint: Complaint,
    running: Sequence[Clock],
    files: int,
    written: tuple[Disposisi | None, DraftAnswer | None],
) -> PdRow:
    instruction, draft = written
    chips = [clocks.chip(clock, runtime.now()) for clock in running]
    facts = [
        category_name(runtime, complaint.category_code),
        f"{files} lampiran" if files else "",
        _reporter(complaint),
    ]
    returned = ""
    if complaint.draft_returned_at is not None and draft is not None:
        returned = DRAFT_RETURNS.get(draft.return_reason or "", "")
    return PdRow(
        ticket=complaint.ticket,
        title=complaint.title,
        facts=" · ".join(fact for fact in facts if fact),
        chip=chips[0] if chips else None,
        draft_chip=next((chip for chip in chips[1:] if chip.name.startswith("K3")), None),
        note=(instruction.note or "") if instruction else "",
        returned=returned,
        step=_step(complaint),
        status=status_words(complaint),
        unread=complaint.citizen_wrote_at is not None,
    )


def _step(complaint: Complaint) -> str:
    if complaint.status is _S.DISPOSED:
        return "accept"
    if complaint.status is not _S.IN_PROGRESS or complaint.draft_submitted_at is not None:
        return "wait"
    return "redraft" if complaint.draft_returned_at is not None else "draft"


def _reporter(complaint: Complaint) -> str:
    return "Rahasia" if complaint.privacy is Privacy.SECRET else "Pelapor anonim"


def _case(runtime: Runtime, session: Session, complaint: Complaint) -> PdCase:
    instruction = complaints.latest_disposisi(session, complaint.id)
    messages = reading.citizen_messages(session, complaint.part_of_id or complaint.id)
    files = casework_rows.attachments_of(session, [message.id for message in messages])
    pds = reading.pd_names(session)
    return PdCase(
        ticket=complaint.ticket,
        version=complaint.version,
        title=complaint.title,
        text=complaint.public_text,
        status=status_words(complaint),
        category=category_name(runtime, complaint.category_code),
        reporter=_reporter(complaint),
        place=place_words(complaint),
        pin=pin_view(complaint.place),
        attachments=[
            attachment_view(item, shared_only=True)
            for item in files
            if not item.is_identity and item.kind is not MediaKind.CONTACT
        ],
        messages=pd_messages(runtime, complaint, messages, files),
        notes=note_views(runtime, session, complaint, for_pd=True),
        history=history_lines(runtime, session, complaint, pds, for_pd=True),
        clocks=[
            view
            for kind, view in clock_views(runtime, session, complaint).items()
            if kind in queues.PD_CLOCKS
        ],
        instruction=(instruction.note or "") if instruction else "",
        plan=_plan(instruction),
        parts=part_views(session, complaint.part_of_id or complaint.id, pds),
        coordinator=_coordinator(session, complaint, pds),
        same_reports=open_followers(session, complaint.id),
        draft=draft_view(runtime, session, complaint, instruction),
        sent=sent_views(runtime, session, complaint),
        photos=photo_views(runtime, session, complaint),
        needs_photo=answer_photos.needs_photo(session, complaint),
        actions=_actions(complaint),
        reminded=standing_reminder(runtime, session, complaint),
    )


def _actions(complaint: Complaint) -> frozenset[str]:
    live = complaint.archived_at is None and complaint.withdrawn_at is None
    drafting = live and complaint.status in {_S.IN_PROGRESS, _S.PENDING_SCHEDULED}
    wanted = {
        "accept": live and complaint.status is _S.DISPOSED,
        "return": live and complaint.status is _S.DISPOSED,
        "draft": drafting and complaint.draft_submitted_at is None,
        "schedule": live and may_move(complaint, _S.PENDING_SCHEDULED),
        "resume": live and complaint.status is _S.PENDING_SCHEDULED,
        "ask": live and complaint.status in {_S.DISPOSED, _S.IN_PROGRESS},
        "read": complaint.citizen_wrote_at is not None,
        "copy": may_be_on_paper(complaint),
    }
    return frozenset(name for name, allowed in wanted.items() if allowed)


def _coordinator(session: Session, complaint: Complaint, pds: Mapping[str, str]) -> str:
    """Return who coordinates, for the PD of a part; empty for a whole case."""
    if complaint.part_of_id is None:
        return ""
    return pds.get(whole_of(session, complaint).pd_code or "", "Diskominfo")


def _plan(instruction: Disposisi | None) -> str:
    if instruction is None or not instruction.plan:
        return ""
    day = instruction.expected_on
    return f"{instruction.plan} (perkiraan selesai {day:%d/%m/%Y})" if day else instruction.plan
