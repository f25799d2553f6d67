"""The public text of a case that was disposed before: put right, and approved, in one step."""

from dataclasses import dataclass

from gateway.cases.casefile import CaseRef, open_case, required
from gateway.cases.public_words import public_problems
from gateway.errors import InvalidInputError, MoveNotAllowedError
from gateway.rules.people import Permission, Staff
from gateway.rules.statuses import has_public_text, is_kept_secret
from gateway.runtime import Runtime
from store.complaints import append_event
from store.models.complaint import Complaint
from store.models.staff import AuditEntry


@dataclass(frozen=True)
class PublicText:
    """The form. Without `publish` the case is taken from the public; of Rahasia it counts not."""

    title: str
    public_text: str
    publish: bool
    reason: str


def edit(runtime: Runtime, staff: Staff, ref: CaseRef, form: PublicText) -> None:
    """Put title and public text right; what the public reads changes at once.

    A Rahasia case stays unpublished: there it is its PD that reads the text. The history keeps what
    stood there before.

    Raises:
        InvalidInputError: nothing changed, a number that may name a person, or no reason.
        MoveNotAllowedError: the case has no public text of its own now.
        ConflictError: somebody changed the case since it stood on the screen.
    """
    staff.require(Permission.DECIDE_CASES)
    problems = public_problems(form.title, form.public_text)
    if problems:
        raise InvalidInputError(problems)
    words = required(form.reason, "reason", "Tulis alasannya.")
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if not has_public_text(complaint):
            raise MoveNotAllowedError("no public text")
        publish = form.publish and not is_kept_secret(complaint)
        if not _write(complaint, form, publish=publish):
            raise InvalidInputError({"public_text": "Belum ada yang diubah."})
        complaint.public_approved_at = now if publish else None
        complaint.last_activity_at = now
        entry = AuditEntry(
            at=now, actor_id=staff.id, action="public_text", complaint_id=complaint.id,
            reason=words,
        )  # fmt: skip
        session.add(entry)
        session.flush()  # the history names its id
        facts = {"audit": entry.id, "published": publish}
        append_event(
            session, complaint, "public_text_edited", at=now, actor_id=staff.id, data=facts
        )


def _write(complaint: Complaint, form: PublicText, *, publish: bool) -> bool:
    """Write the form into the case; whether that changes anything."""
    before = complaint.title, complaint.public_text, complaint.public_approved_at is not None
    complaint.title, complaint.public_text = form.title.strip(), form.public_text.strip()
    return (complaint.title, complaint.public_text, publish) != before
