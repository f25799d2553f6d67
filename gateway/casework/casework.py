"""What Diskominfo decides on a case besides disposisi: archive, not competent, back, notes.

Every step locks the case, checks version and table of moves, writes the history, and queues what
the citizen is told in the same transaction.
"""

from dataclasses import dataclass

from gateway.cases.casefile import CaseRef, News, move, open_case, required, tell
from gateway.cases.following import release
from gateway.cases.identity import UNMASK, values_known
from gateway.cases.mentions import tell_mentioned
from gateway.cases.parts import CANCELLED, cancel_open
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.rules import clocks
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store.complaints import append_event
from store.models.complaint import ComplaintStatus, Note, Priority
from store.models.staff import AuditEntry

_SHORTEST_REASON = 5

ARCHIVE_REASONS = {
    "greeting": "Sapaan",
    "wrong_number": "Salah nomor",
    "spam": "Spam",
    "test": "Uji coba",
    "duplicate": "Aduan ganda",
}


@dataclass(frozen=True)
class Referral:
    """Which body is competent, how it is reached, and why it is not us."""

    body: str
    contact: str
    reason: str


def archive(runtime: Runtime, staff: Staff, ref: CaseRef, reason: str) -> None:
    """Put away what is no complaint (Bukan aduan); kept, counted, never shown to the public.

    Raises:
        InvalidInputError: no known reason.
        MoveNotAllowedError: it was disposed before.
    """
    if reason not in ARCHIVE_REASONS:
        raise InvalidInputError({"reason": "Pilih salah satu alasan."})
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        follows = complaint.leading_id is not None
        if complaint.status is not ComplaintStatus.RECEIVED or complaint.archived_at or follows:
            raise MoveNotAllowedError("only a received case can be archived")
        complaint.archived_at, complaint.archived_reason = now, reason
        complaint.citizen_wrote_at = None
        complaint.last_activity_at = now
        clocks.stop_all(session, complaint, now)
        release(runtime, session, complaint, staff)
        cancel_open(session, complaint, staff, now)
        append_event(
            session, complaint, "archived", at=now, actor_id=staff.id, data={"reason": reason}
        )
    runtime.wake("outbox")


def restore(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Bring an archived case back into Verifikasi.

    Raises:
        MoveNotAllowedError: it is not archived, or is a part that was taken back.
    """
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if complaint.archived_at is None or complaint.archived_reason == CANCELLED:
            raise MoveNotAllowedError("not archived")
        complaint.archived_at, complaint.archived_reason = None, None
        complaint.last_activity_at = now
        clocks.reopen(session, complaint, "K1", now)
        append_event(session, complaint, "restored", at=now, actor_id=staff.id)


def refer(runtime: Runtime, staff: Staff, ref: CaseRef, referral: Referral) -> None:
    """Close a case that another body must handle (Bukan Kewenangan) and tell the citizen which.

    Raises:
        InvalidInputError: body, contact or reason is missing.
        MoveNotAllowedError: the status does not allow it.
    """
    staff.require(Permission.DECIDE_CASES)
    body = required(referral.body, "body", "Tulis instansi yang berwenang.")
    contact = required(referral.contact, "contact", "Tulis cara menghubungi instansi itu.")
    reason = required(referral.reason, "reason", "Tulis alasannya.")
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        move(complaint, ComplaintStatus.NOT_COMPETENT, now)
        cancel_open(session, complaint, staff, now)
        complaint.status_details = {"body": body, "contact": contact, "reason": reason}
        complaint.returned_at = complaint.citizen_wrote_at = None
        complaint.draft_submitted_at = complaint.draft_returned_at = None
        clocks.stop_all(session, complaint, now)
        append_event(session, complaint, "referred", at=now, actor_id=staff.id, public=True)
        values = {"INSTANSI": body, "KONTAK": contact}
        tell(runtime, session, complaint, News("bukan_kewenangan", values, "KONTAK"))
    runtime.wake("outbox")


def accept_objection(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Take a referred case back to Masuk because the citizen objected with reason.

    Raises:
        MoveNotAllowedError: it was not referred.
    """
    staff.require(Permission.DECIDE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if complaint.status is not ComplaintStatus.NOT_COMPETENT:
            raise MoveNotAllowedError("not referred")
        move(complaint, ComplaintStatus.RECEIVED, now)
        complaint.pd_code = complaint.status_details = complaint.citizen_wrote_at = None
        clocks.start(runtime, session, complaint, "K1")
        append_event(session, complaint, "objection_accepted", at=now, actor_id=staff.id)


def set_priority(runtime: Runtime, staff: Staff, ref: CaseRef, code: str) -> str:
    """Change how soon a person must look; return the code that stood before.

    Raises:
        InvalidInputError: no such priority.
        MoveNotAllowedError: the case is archived or withdrawn.
    """
    staff.require(Permission.DECIDE_CASES)
    if code not in {item.value for item in Priority}:
        raise InvalidInputError({"priority": "Pilih prioritas."})
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if complaint.archived_at is not None or complaint.withdrawn_at is not None:
            raise MoveNotAllowedError("not in work")
        before = complaint.priority.value
        if before != code:
            complaint.priority = Priority(code)
            complaint.last_activity_at = now
            facts = {"priority": code, "before": before}
            append_event(
                session, complaint, "priority_changed", at=now, actor_id=staff.id, data=facts
            )
        return before


def not_an_emergency(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Take the red mark off a case (Bukan darurat)."""
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        complaint.emergency, complaint.priority = False, Priority.NORMAL
        append_event(session, complaint, "not_emergency", at=now, actor_id=staff.id)


def mark_read(runtime: Runtime, staff: Staff, ref: CaseRef) -> None:
    """Take the case out of Balasan warga: somebody has read what the citizen added."""
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        complaint.citizen_wrote_at = None


def add_note(runtime: Runtime, staff: Staff, ref: CaseRef, body: str, *, for_pd: bool) -> None:
    """Keep an internal note. It has a table of its own that no sender reads.

    Raises:
        InvalidInputError: the note is empty.
    """
    text = required(body, "body", "Catatan belum ditulis.")
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        session.add(
            Note(
                complaint_id=complaint.id,
                author_id=staff.id,
                body=text,
                for_pd=for_pd or staff.pd_code is not None,
                created_at=now,
            )
        )
        append_event(session, complaint, "noted", at=now, actor_id=staff.id)
        shared = for_pd or staff.pd_code is not None
        tell_mentioned(session, complaint, staff, (text, shared), now)


def unmask(runtime: Runtime, staff: Staff, ref: CaseRef, reason: str) -> None:
    """Open the reporter's identity to this officer for ten minutes.

    Raises:
        InvalidInputError: no reason was written.
    """
    staff.require(Permission.OPEN_IDENTITY)
    words = required(reason, "reason", "Tulis alasan membuka identitas.")
    if len(words) < _SHORTEST_REASON:
        raise InvalidInputError({"reason": "Alasan terlalu pendek."})
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        entry = AuditEntry(
            at=now,
            actor_id=staff.id,
            action=UNMASK,
            complaint_id=complaint.id,
            reason=words,
            data={"values": values_known(session, complaint)},
        )
        session.add(entry)
        session.flush()  # the history names its id
        append_event(
            session, complaint, "unmasked", at=now, actor_id=staff.id, data={"audit": entry.id}
        )
