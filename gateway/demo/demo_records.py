"""Two matters of the demo that officers wrote down: one is doubted, one waits to be answered."""

from dataclasses import replace
from datetime import timedelta

from gateway.answering import answers
from gateway.cases.casefile import CaseRef
from gateway.cases.recording_form import CALL, SOCIAL
from gateway.recording import recording, recording_drafts
from gateway.recording.recording_drafts import DraftView
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from store.complaints import append_event, by_ticket

_ANSWER = "Loket buka Senin sampai Kamis pukul 08.00-15.00, Jumat sampai 11.30."


def write_down(runtime: Runtime, admin: Staff) -> int:
    """Write down a call and a post; return how many. Nothing is sent."""
    then = runtime.now() - timedelta(hours=5)
    past = replace(runtime, now=lambda: then)
    called = _save(
        past,
        admin,
        CALL,
        {
            "source": "phone",
            "name": "Ibu Contoh",
            "story": "Air keran tidak mengalir, hanya menetes sedikit pada pagi hari.",
            "event": "sejak kemarin pagi",
            "place": runtime.tenant.desa[0].name,
        },
    )
    _doubt(past, called)
    posted = _save(
        past,
        admin,
        SOCIAL,
        {
            "link": "https://x.com/warga_contoh/status/1",
            "name": "@warga_contoh",
            "kind": "information_request",
            "story": "Jam berapa loket administrasi kependudukan buka pada hari kerja?",
        },
    )
    answers.answer_directly(past, admin, CaseRef(posted), _ANSWER)
    return 2


def _save(runtime: Runtime, admin: Staff, form: str, fields: dict[str, str]) -> str:
    key = f"demo-{form}"
    filled = {"kind": "complaint", "privacy": "anonymous", **fields}
    recording_drafts.keep_draft(runtime, admin, DraftView(key, form, filled, []))
    return recording.save(runtime, admin, key).ticket


def _doubt(runtime: Runtime, ticket: str) -> None:
    """Let the caller say that something in it is wrong, as SALAH does."""
    with runtime.transaction() as session:
        complaint = by_ticket(session, ticket, lock=True)
        if complaint is None:
            raise LookupError("the demo's call is missing")
        complaint.dispute, complaint.citizen_wrote_at = "wrong", runtime.now()
        append_event(session, complaint, "disputed", at=runtime.now(), data={"how": "wrong"})
