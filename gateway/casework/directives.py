"""Arahan: the leadership asks a perangkat daerah for something by a day; its head takes it up.

The text stands in a table of its own, encrypted; the history and the notices hold its number only.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.cases import staff_alerts
from gateway.cases.casefile import required
from gateway.cases.heads import speaks_for_pd
from gateway.cases.identity import shows_a_number
from gateway.cases.staff_alerts import Alert
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from gateway.rules import clocks
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import complaints, directives
from store.directives import DirectiveRow
from store.models.complaint import Complaint
from store.models.staff import AuditEntry

LONGEST: Final = 500
_MOST_DAYS: Final = 365


@dataclass(frozen=True)
class NewDirective:
    """What the leadership wrote: about a case (`ticket`), or to a PD (`pd_code`) about none.

    `form_key` is unique to the form, so that a double click asks once.
    """

    body: str
    due_on: date | None
    ticket: str = ""
    pd_code: str = ""
    form_key: str = ""


def give(runtime: Runtime, staff: Staff, new: NewDirective) -> None:
    """Write an Arahan and tell the head of the PD.

    Raises:
        NotFoundError: no such case, or one that the leadership sees as a count only.
        InvalidInputError: says beside which field.
    """
    staff.require(Permission.GIVE_DIRECTIVES)
    body = _checked(new.body)
    with runtime.transaction() as session:
        due_at = _due_at(runtime, session, new.due_on)
        case = None
        if new.ticket:
            case = directives.case_for(session, staff.role, None, new.ticket, lock=True)
            if case is None:
                raise NotFoundError("case")
        pd_code = _addressee(runtime, case, new.pd_code)
        values = {
            "author_id": staff.id,
            "pd_code": pd_code,
            "complaint_id": case.id if case else None,
            "body": body,
            "due_at": due_at,
            "created_at": runtime.now(),
            "form_key": f"{staff.id}:{new.form_key}"[:64] if new.form_key else None,
        }
        number = directives.add(session, values)
        if number is None:
            return
        _write_down(runtime, session, staff, ("directive_given", case, number, pd_code))
        people = staff_alerts.heads_of(session, pd_code)
        alert = Alert(
            staff_alerts.DIRECTIVE,
            f"{staff_alerts.DIRECTIVE}:{number}",
            case.id if case else None,
            {"directive": number},
        )
        staff_alerts.note(session, alert, people, runtime.now())
    runtime.wake("alerts")


def acknowledge(runtime: Runtime, staff: Staff, directive_id: int) -> str:
    """Say "Saya tindak lanjuti" and return the ticket, or "" where it is about no case.

    It is the head's word, or that of the PD's officers where it has no head. Twice is as once.

    Raises:
        NotFoundError: there is none, or it is another PD's: nobody learns which.
        ForbiddenError: the head has to say it.
    """
    staff.require(Permission.WORK_AT_PD)
    with runtime.transaction() as session:
        row = _locked(session, staff, directive_id)
        if row.pd_code != staff.pd_code or row.directive.closed_at is not None:
            raise NotFoundError("directive")
        if not speaks_for_pd(session, staff):
            raise ForbiddenError(staff.role.value)
        if row.acknowledged_at is None:
            directive = row.directive
            directive.acknowledged_at, directive.acknowledged_by = runtime.now(), staff.id
            directive.acknowledged_pd = staff.pd_code
            case = session.get(Complaint, directive.complaint_id or 0)
            facts = ("directive_acknowledged", case, directive.id, row.pd_code)
            _write_down(runtime, session, staff, facts)
        return row.ticket


def close(runtime: Runtime, staff: Staff, directive_id: int) -> None:
    """Take an Arahan off the list: it is done, or no longer wanted. Twice is as once.

    Raises:
        NotFoundError: there is none that the leadership may read.
    """
    staff.require(Permission.GIVE_DIRECTIVES)
    with runtime.transaction() as session:
        row = _locked(session, staff, directive_id)
        if row.directive.closed_at is None:
            row.directive.closed_at, row.directive.closed_by = runtime.now(), staff.id
            case = session.get(Complaint, row.directive.complaint_id or 0)
            facts = ("directive_closed", case, row.directive.id, row.pd_code)
            _write_down(runtime, session, staff, facts)


def _locked(session: Session, staff: Staff, directive_id: int) -> DirectiveRow:
    row = directives.lock_one(session, staff.role, staff.pd_code, directive_id)
    if row is None:
        raise NotFoundError("directive")
    return row


def _checked(body: str) -> str:
    text = required(body, "body", "Tulis arahannya.")
    if len(text) > LONGEST:
        raise InvalidInputError({"body": f"Arahan paling panjang {LONGEST} huruf."})
    if shows_a_number(text):
        words = "Ada nomor yang tampak seperti NIK atau nomor HP. Hapus dulu."
        raise InvalidInputError({"body": words})
    return text


def _due_at(runtime: Runtime, session: Session, day: date | None) -> datetime:
    """Return when the office closes on the last day (aware UTC)."""
    calendar = clocks.office_calendar(runtime, session)
    if day is None:
        raise InvalidInputError({"due_on": "Pilih tanggal batas."})
    due_at = datetime.combine(day, calendar.closes, calendar.zone).astimezone(UTC)
    if due_at <= runtime.now():
        raise InvalidInputError({"due_on": "Batas itu sudah lewat. Pilih hari berikutnya."})
    if due_at > runtime.now() + timedelta(days=_MOST_DAYS):
        raise InvalidInputError({"due_on": "Batas paling lama satu tahun."})
    return due_at


def _addressee(runtime: Runtime, case: Complaint | None, pd_code: str) -> str:
    if case is None:
        known = {agency.code for agency in runtime.tenant.agencies if not agency.external}
        if pd_code not in known:
            raise InvalidInputError({"pd_code": "Pilih Perangkat Daerah."})
        return pd_code
    if directives.is_over(case):
        raise InvalidInputError({"": "Aduan ini sudah berakhir."})
    if case.pd_code is None:
        words = "Aduan ini belum didisposisikan, jadi belum ada Perangkat Daerah yang menangani."
        raise InvalidInputError({"": words})
    return case.pd_code


def _write_down(
    runtime: Runtime, session: Session, staff: Staff, fact: tuple[str, Complaint | None, int, str]
) -> None:
    """Keep what was done in the history of the case; what is about no case, in the audit."""
    kind, case, number, pd_code = fact
    data = {"directive": number, "pd": pd_code}
    if case is not None:
        complaints.append_event(session, case, kind, at=runtime.now(), actor_id=staff.id, data=data)
        return
    session.add(AuditEntry(at=runtime.now(), actor_id=staff.id, action=kind, data=data))
