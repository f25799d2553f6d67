"""Jawaban terkoreksi of Diskominfo: kept beside the PD's draft, sent, or the draft given back.

Two records with two authors (`gateway.answering.drafts` writes the other). Only the corrected one
can be sent; the draft stays as it was written.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from gateway.answering.drafting import ANSWERS, LONGEST_ANSWER, stale, waiting_draft
from gateway.answering.template_values import require_complete
from gateway.cases.casefile import CaseRef, News, move, open_case, required, tell, when
from gateway.cases.parts import settle
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.rules import clocks
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import require_move
from gateway.runtime import Runtime
from gateway.showing.photo_views import require_proof, tick
from store import answer_photos, complaints
from store.complaints import append_event
from store.media import StoredMedium
from store.models.complaint import Complaint, ComplaintStatus, CorrectedAnswer, Privacy

RETURN_REASONS = {
    "not_answered": "belum menjawab",
    "no_time": "tanpa waktu",
    "language": "bahasa",
    "personal_data": "ada data pribadi",
    "no_evidence": "bukti kurang",
    "wrong_case": "salah aduan",
}


@dataclass(frozen=True)
class Correction:
    """Diskominfo's form: the text, whether it is the final answer, and the version it began on.

    `to_citizen` and `to_public` are the ids of the photos that go with it; `no_photo` says why none
    shows the work.
    """

    body: str
    final: bool
    version: int = 0
    no_photo: str = ""
    to_citizen: frozenset[int] = frozenset()
    to_public: frozenset[int] = frozenset()


def save_correction(runtime: Runtime, staff: Staff, ref: CaseRef, form: Correction) -> int:
    """Keep Diskominfo's text without sending it; return its new version.

    Raises:
        StaleTextError: a colleague saved it meanwhile.
        NotFoundError: no draft waits.
    """
    staff.require(Permission.ANSWER_CASES)
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        answer = _correction_to_write(runtime, session, complaint, staff, form)
        session.flush()
        return answer.version


def return_draft(
    runtime: Runtime,
    staff: Staff,
    ref: CaseRef,
    reason: str,
    note: str = "",
    wished: Correction | None = None,
) -> None:
    """Give the draft back to the PD; its clock K3 runs on.

    `wished` is what Diskominfo made of the text meanwhile: the PD sees what differs.

    Raises:
        InvalidInputError: none of the six reasons.
        StaleTextError: a colleague saved another text meanwhile.
        NotFoundError: no draft waits.
    """
    staff.require(Permission.ANSWER_CASES)
    if reason not in RETURN_REASONS:
        raise InvalidInputError({"reason": "Pilih alasan pengembalian."})
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        draft = waiting_draft(session, complaint)
        if wished is not None and wished.body.strip() not in {"", draft.body.strip()}:
            _correction_to_write(runtime, session, complaint, staff, wished)
        draft.returned_at, draft.return_reason = now, reason
        draft.return_note = note.strip() or None
        complaint.draft_submitted_at, complaint.draft_returned_at = None, now
        complaint.last_activity_at = now
        clocks.stop(session, complaint, "K4", now)
        clocks.reopen(session, complaint, "K3", now)
        facts = {"draft": draft.id, "reason": reason, "round": draft.round}
        append_event(session, complaint, "draft_returned", at=now, actor_id=staff.id, data=facts)


def send_answer(runtime: Runtime, staff: Staff, ref: CaseRef, form: Correction) -> None:
    """Send the corrected answer to the citizen; a final one closes the case (Selesai).

    Raises:
        InvalidInputError: the text is empty or too long, or nothing shows that work is done.
        StaleTextError: a colleague saved another text meanwhile.
        NotFoundError: no draft waits: it was sent or returned before.
    """
    staff.require(Permission.ANSWER_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        answer = _correction_to_write(runtime, session, complaint, staff, form)
        draft = waiting_draft(session, complaint)
        if draft.proposal not in ANSWERS:
            raise MoveNotAllowedError("a proposal is decided, not sent")
        require_complete(form.body, "body")
        if form.final:
            reasons = [form.no_photo, (draft.fields or {}).get("no_photo", "")]
            require_proof(session, complaint, reasons)
            settle(session, complaint, staff, now)
        answer.sent_at = now
        _close_round(runtime, session, complaint, final=form.final)
        photos = _photos_that_go(session, complaint, answer, staff)
        news = News("dijawab", {"JWB": answer.body.rstrip()}, "JWB", photos=photos)
        answer.message_id = tell(runtime, session, complaint, news)
        facts = {"answer": answer.id, "final": form.final, "message": answer.message_id}
        append_event(
            session, complaint, "answered", at=now, actor_id=staff.id, public=True, data=facts
        )
        if form.final and complaint.privacy is not Privacy.SECRET:
            _ask_for_a_rating(runtime, session, complaint)
    runtime.wake("outbox")


def answer_directly(runtime: Runtime, staff: Staff, ref: CaseRef, body: str) -> None:
    """Answer a request for information without a PD: Masuk becomes Selesai (decision 17).

    Raises:
        InvalidInputError: the text is empty.
        MoveNotAllowedError: not a request for information, or not in Masuk.
    """
    staff.require(Permission.ANSWER_CASES)
    text = required(body, "body", "Jawaban belum ditulis.")
    require_complete(text, "body")
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if complaint.kind != "information_request":
            raise MoveNotAllowedError("only requests for information")
        answer = CorrectedAnswer(
            complaint_id=complaint.id, author_id=staff.id, body=text, final=True,
            saved_at=now, sent_at=now,
        )  # fmt: skip
        session.add(answer)
        _close_round(runtime, session, complaint, final=True)
        news = News("dijawab", {"JWB": text}, "JWB")
        answer.message_id = tell(runtime, session, complaint, news)
        append_event(
            session, complaint, "answered", at=now, actor_id=staff.id, public=True,
            data={"final": True, "message": answer.message_id},
        )  # fmt: skip
    runtime.wake("outbox")


def approve_noted(
    runtime: Runtime, staff: Staff, ref: CaseRef, reason: str, review_on: date | None
) -> None:
    """Agree to a PD's proposal of Pending - Catatan; the citizen is told reason and review day.

    Raises:
        InvalidInputError: the reason is missing, or the day is not within 180 days.
        NotFoundError: no proposal waits.
    """
    staff.require(Permission.ANSWER_CASES)
    words = required(reason, "reason", "Tulis alasan yang dibaca warga.")
    day = _review_day(runtime, review_on)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, CaseRef(ref.ticket), staff)
        waiting_draft(session, complaint)
        move(complaint, ComplaintStatus.PENDING_NOTED, now)
        complaint.resume_on, complaint.status_details = day, {"reason": words}
        complaint.draft_submitted_at = None
        clocks.stop(session, complaint, "K4", now)
        append_event(
            session, complaint, "noted_pending", at=now, actor_id=staff.id, public=True,
            data={"review_on": day.isoformat()},
        )  # fmt: skip
        values = {"ALASAN": words.rstrip("."), "TGL": f"{day.day}/{day.month}/{day.year}"}
        tell(runtime, session, complaint, News("tunda_catatan", values, "ALASAN"))
    runtime.wake("outbox")


_LONGEST_REVIEW_DAYS = 180


def _correction_to_write(
    runtime: Runtime, session: Session, complaint: Complaint, staff: Staff, form: Correction
) -> CorrectedAnswer:
    draft = waiting_draft(session, complaint)
    text = required(form.body, "body", "Jawaban belum ditulis.")
    if len(text) > LONGEST_ANSWER:
        raise InvalidInputError({"body": f"Jawaban paling panjang {LONGEST_ANSWER} huruf."})
    answer = complaints.correction_of(session, draft.id)
    if answer is None:
        answer = CorrectedAnswer(complaint_id=complaint.id, draft_id=draft.id)
        session.add(answer)
    elif answer.version != form.version:
        raise stale(session, answer)
    answer.author_id, answer.body, answer.final = staff.id, text, form.final
    answer.no_photo = form.no_photo.strip() or None
    answer.saved_at = runtime.now()
    tick(answer_photos.of_case(session, complaint.id), form.to_citizen, form.to_public)
    return answer


def _photos_that_go(
    session: Session, complaint: Complaint, answer: CorrectedAnswer, staff: Staff
) -> list[StoredMedium]:
    """Let the ticked photos go with this answer; return those for the citizen's own channel.

    Of a Rahasia case the public sees none; its reporter sees them where the PIN is asked for.
    """
    session.flush()  # the photos name the answer by its id
    going = answer_photos.going(session, complaint.id)
    for photo in going:
        photo.answer_id = answer.id
    if complaint.privacy is not Privacy.SECRET and answer.sent_at is not None:
        public = [photo for photo in going if photo.to_public]
        answer_photos.publish(session, public, (staff.id, answer.sent_at))
    return [answer_photos.as_stored(photo) for photo in going if photo.to_citizen]


def _close_round(runtime: Runtime, session: Session, complaint: Complaint, *, final: bool) -> None:
    now = runtime.now()
    complaint.draft_submitted_at = complaint.draft_returned_at = None
    complaint.citizen_wrote_at = None
    complaint.last_activity_at = now
    clocks.stop(session, complaint, "K4", now)
    if final:
        move(complaint, ComplaintStatus.RESOLVED, now)
        complaint.resolved_at, complaint.verdict = now, None
        complaint.resume_on = complaint.status_details = None
        clocks.stop_all(session, complaint, now)
        if complaint.part_of_id is None:  # no citizen answers for a part
            clocks.start(runtime, session, complaint, "K6")
    elif complaint.status is not ComplaintStatus.IN_PROGRESS:
        require_move(complaint, ComplaintStatus.IN_PROGRESS)
        complaint.status, complaint.status_at = ComplaintStatus.IN_PROGRESS, now


def _ask_for_a_rating(runtime: Runtime, session: Session, complaint: Complaint) -> None:
    until = complaints.running_clock(session, complaint.id, "K6")
    values = {"TGL": when(runtime, until.due_at) if until else "-"}
    tell(runtime, session, complaint, News("selesai_nilai", values))


def _review_day(runtime: Runtime, review_on: date | None) -> date:
    today = runtime.now().date()
    if review_on is None or not 0 < (review_on - today).days <= _LONGEST_REVIEW_DAYS:
        sentence = f"Isi tanggal tinjau ulang, paling lambat {_LONGEST_REVIEW_DAYS} hari lagi."
        raise InvalidInputError({"review_on": sentence})
    return review_on
