"""Templat: ready-made texts that an officer puts into a reply, a draft or an answer.

They are kept by Diskominfo and filled with the data of the case that is open; what they leave open
([isi …]) the officer writes, or the text is not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from gateway.answering.template_values import case_values, filled, unknown_places
from gateway.cases.casefile import may_see
from gateway.errors import ConflictError, InvalidInputError, NotFoundError
from gateway.rules.dates import local
from gateway.rules.people import INBOX_ROLES, PD_ROLES, Role, Staff
from gateway.runtime import Runtime
from gateway.showing.showing import full_time
from store import answer_templates, complaints
from store import staff as staff_rows
from store.models.answering import AnswerTemplate
from store.models.complaint import ComplaintStatus

_LONGEST_BODY = 2000
_LONGEST_NAME = 100
_EXAMPLE_PLACES = {
    "NOMOR": "26-00421-3",
    "JUDUL": "Lampu jalan mati",
    "STATUS": "Penanganan (Terbuka)",
    "KATEGORI": "Penerangan jalan umum",
    "PD": "Dinas Perhubungan",
    "TEMPAT": "desa yang dilaporkan",
    "MASUK": "Senin, 2 November 2026",
    "BATAS": "Jum 27/11 16.00",
    "HARI_INI": "Jumat, 20 November 2026",
}


@dataclass(frozen=True, slots=True)
class ReadyText:
    """A text as it reads in the open case."""

    id: int
    name: str
    text: str


@dataclass(frozen=True)
class TemplateForm:
    """A text as Diskominfo edits it. `version` 0: a new one."""

    name: str = ""
    body: str = ""
    statuses: Sequence[str] = ()
    categories: Sequence[str] = ()
    owner: str = ""
    review_on: date | None = None
    active: bool = True
    version: int = 0


@dataclass(frozen=True)
class TemplateLine:
    """A text in the list of all. `overdue`: its day of review has passed."""

    id: int
    form: TemplateForm
    example: str
    changed: str
    overdue: bool


def offered(runtime: Runtime, staff: Staff, ticket: str) -> list[ReadyText]:
    """Return the texts for a case, filled with its data.

    Raises:
        NotFoundError: there is no such number, or it is not this person's.
    """
    staff.require(*INBOX_ROLES, *PD_ROLES)
    with runtime.transaction() as session:
        complaint = complaints.by_ticket(session, ticket)
        if complaint is None or not may_see(complaint, staff):
            raise NotFoundError("case")
        rows = answer_templates.fitting(session, complaint.status.value, complaint.category_code)
        values = case_values(runtime, session, complaint) if rows else {}
        return [ReadyText(row.id, row.name, filled(row.body, values)) for row in rows]


def inserted(runtime: Runtime, staff: Staff, ticket: str, template_id: int, text: str) -> str:
    """Return what was written so far with a ready-made text behind it.

    Raises:
        NotFoundError: no such case or text.
    """
    chosen = next((one for one in offered(runtime, staff, ticket) if one.id == template_id), None)
    if chosen is None:
        raise NotFoundError("template")
    return f"{text.rstrip()}\n{chosen.text}" if text.strip() else chosen.text


def all_lines(runtime: Runtime, staff: Staff) -> list[TemplateLine]:
    """Return every text, those put away last."""
    staff.require(Role.ADMIN_DISKOMINFO)
    with runtime.transaction() as session:
        rows = answer_templates.every(session)
        names = staff_rows.user_names(session, [row.changed_by for row in rows if row.changed_by])
        return [_line(runtime, row, names.get(row.changed_by or 0, "")) for row in rows]


def one_line(runtime: Runtime, staff: Staff, template_id: int) -> TemplateLine:
    """Return one text.

    Raises:
        NotFoundError: there is none.
    """
    staff.require(Role.ADMIN_DISKOMINFO)
    with runtime.transaction() as session:
        row = answer_templates.get(session, template_id)
        if row is None:
            raise NotFoundError("template")
        return _line(runtime, row, "")


def example(runtime: Runtime, body: str) -> str:
    """Return how a text reads in a made-up case."""
    profile = runtime.profile
    own = {
        "APP": profile.app,
        "KAB": profile.region,
        "JAM": f"{profile.office_hours} {profile.zone_label}",
        "DARURAT": profile.emergency_number,
        "URL": profile.public_url,
    }
    return filled(body, {**_EXAMPLE_PLACES, **own})


def save(runtime: Runtime, staff: Staff, form: TemplateForm, template_id: int | None = None) -> int:
    """Store a text and return its id.

    Raises:
        InvalidInputError: a field is missing, too long, or names a place that no case can fill.
        ConflictError: a colleague changed it meanwhile.
        NotFoundError: it is not there.
    """
    staff.require(Role.ADMIN_DISKOMINFO)
    with runtime.transaction() as session:
        _check(runtime, session, form, template_id)
        row = _row_to_write(session, template_id, form.version)
        row.name, row.body = form.name.strip(), form.body.strip()
        row.statuses, row.categories = list(form.statuses), list(form.categories)
        row.owner, row.review_on, row.active = form.owner.strip(), form.review_on, form.active
        row.changed_by, row.changed_at = staff.id, runtime.now()
        session.add(row)
        session.flush()
        return row.id


def _row_to_write(session: Session, template_id: int | None, version: int) -> AnswerTemplate:
    if template_id is None:
        return AnswerTemplate()
    row = answer_templates.get(session, template_id, lock=True)
    if row is None:
        raise NotFoundError("template")
    if row.version != version:
        raise ConflictError("template")
    return row


def _check(runtime: Runtime, session: Session, form: TemplateForm, template_id: int | None) -> None:
    problems = {
        **_missing(form),
        **_unknown(runtime, form),
    }
    if len(form.name) > _LONGEST_NAME:
        problems["name"] = f"Nama paling panjang {_LONGEST_NAME} huruf."
    if len(form.body) > _LONGEST_BODY:
        problems["body"] = f"Isi paling panjang {_LONGEST_BODY} huruf."
    same = answer_templates.named(session, form.name.strip())
    if same is not None and same.id != template_id:
        problems["name"] = "Nama ini sudah dipakai templat lain."
    if problems:
        raise InvalidInputError(problems)


def _missing(form: TemplateForm) -> dict[str, str]:
    problems = {}
    if not form.name.strip():
        problems["name"] = "Tulis nama templat."
    if not form.body.strip():
        problems["body"] = "Tulis isi templat."
    if not form.owner.strip():
        problems["owner"] = "Tulis siapa yang menjaga templat ini."
    if form.review_on is None:
        problems["review_on"] = "Isi tanggal tinjau ulang."
    return problems


def _unknown(runtime: Runtime, form: TemplateForm) -> dict[str, str]:
    known = {item.code for item in runtime.tenant.categories}
    if places := unknown_places(form.body):
        return {"body": f"Isian tidak dikenal: {', '.join(f'{{{one}}}' for one in places)}."}
    if set(form.categories) - known:
        return {"categories": "Kategori tidak dikenal."}
    if set(form.statuses) - {status.value for status in ComplaintStatus}:
        return {"statuses": "Status tidak dikenal."}
    return {}


def _line(runtime: Runtime, row: AnswerTemplate, changed_by: str) -> TemplateLine:
    today = local(runtime.now(), runtime.profile.timezone).date()
    form = TemplateForm(
        row.name, row.body, row.statuses, row.categories, row.owner, row.review_on,
        active=row.active, version=row.version,
    )  # fmt: skip
    changed = f"{changed_by} {full_time(runtime, row.changed_at)}" if row.changed_at else ""
    overdue = row.active and row.review_on is not None and row.review_on <= today
    return TemplateLine(row.id, form, example(runtime, row.body), changed.strip(), overdue)
