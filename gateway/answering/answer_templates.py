"""Templat: ready-made texts that an officer puts into a reply, a draft or an answer.

They are kept by Diskominfo and filled with the data of the case that is open; what they leave open
([isi …]) the officer writes, or the text is not sent.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from gateway.answering.template_checks import TemplateForm, problems_of
from gateway.answering.template_values import case_values, filled
from gateway.cases.casefile import seen_case
from gateway.cases.notices import tenant_values
from gateway.errors import ConflictError, InvalidInputError, NotFoundError
from gateway.rules.dates import local
from gateway.rules.macro_steps import Acts
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from gateway.settings import setting_areas, setting_views
from gateway.settings.setting_areas import Asked
from gateway.settings.setting_templates import TEMPLATE
from gateway.settings.setting_views import Change
from gateway.showing.showing import full_time
from store import answer_templates, setting_changes
from store import staff as staff_rows
from store.models.answering import AnswerTemplate
from store.models.complaint import Complaint

_SHOWN = 20  # versions on the page of a text
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
    with runtime.transaction() as session:
        complaint = _case(session, staff, ticket)
        rows = answer_templates.fitting(
            session, complaint.status.value, complaint.category_code, staff.pd_code
        )
        values = case_values(runtime, session, complaint) if rows else {}
        return [ReadyText(row.id, row.name, filled(row.body, values)) for row in rows if row.body]


def inserted(runtime: Runtime, staff: Staff, ticket: str, template_id: int, text: str) -> str:
    """Return what was written so far with a ready-made text behind it.

    Raises:
        NotFoundError: no such case or text.
    """
    with runtime.transaction() as session:
        complaint = _case(session, staff, ticket)
        row = answer_templates.get(session, template_id)
        if row is None or not row.active or row.pd_code not in {None, staff.pd_code}:
            raise NotFoundError("template")
        chosen = filled(row.body, case_values(runtime, session, complaint))
    return f"{text.rstrip()}\n{chosen}" if text.strip() else chosen


def all_lines(runtime: Runtime, staff: Staff) -> list[TemplateLine]:
    """Return every text of this person's office, those put away last."""
    staff.require(Permission.KEEP_TEXTS)
    with runtime.transaction() as session:
        rows = answer_templates.kept_by(session, staff.pd_code)
        names = staff_rows.user_names(session, [row.changed_by for row in rows if row.changed_by])
        return [_line(runtime, row, names.get(row.changed_by or 0, "")) for row in rows]


def one_line(runtime: Runtime, staff: Staff, template_id: int) -> TemplateLine:
    """Return one text.

    Raises:
        NotFoundError: there is none, or another office keeps it.
    """
    with runtime.transaction() as session:
        return _line(runtime, _kept(session, staff, template_id), "")


def history(runtime: Runtime, staff: Staff, template_id: int) -> list[Change]:
    """Return the newest versions of a text, the last one first.

    Raises:
        NotFoundError: there is none, or another office keeps it.
    """
    with runtime.transaction() as session:
        _kept(session, staff, template_id)
        rows = setting_changes.history(session, TEMPLATE.name, str(template_id), None, _SHOWN)
    return [setting_views.change(row, runtime.profile.timezone) for row in rows]


def example(runtime: Runtime, body: str) -> str:
    """Return how a text reads in a made-up case."""
    return filled(body, {**_EXAMPLE_PLACES, **tenant_values(runtime)})


def save(runtime: Runtime, staff: Staff, form: TemplateForm, template_id: int | None = None) -> int:
    """Store a text and return its id.

    Raises:
        InvalidInputError: a field is missing, too long, or names a place that no case can fill.
        ConflictError: a colleague changed it meanwhile.
        NotFoundError: it is not there, or another office keeps it.
    """
    staff.require(Permission.KEEP_TEXTS)
    with runtime.transaction() as session:
        setting_changes.lock(session)
        if template_id is not None:
            _kept(session, staff, template_id)
        _check(runtime, session, staff, form, template_id)
        return _write(runtime, session, staff, form, template_id)


def restore(runtime: Runtime, staff: Staff, template_id: int, change_id: int, version: int) -> None:
    """Make a text what it was after a change ("Kembalikan ke versi ini").

    Raises:
        NotFoundError: there is no such text, or that version is of another.
        InvalidInputError: that version would no longer do.
        ConflictError: a colleague changed it since it stood on the screen.
    """
    staff.require(Permission.KEEP_TEXTS)
    with runtime.transaction() as session:
        setting_changes.lock(session)
        _kept(session, staff, template_id)
        kept = setting_changes.get(session, change_id)
        if kept is None or (kept.area, kept.key) != (TEMPLATE.name, str(template_id)):
            raise NotFoundError("version")
        form = _form(kept.new, version)
        _check(runtime, session, staff, form, template_id)
        _write(runtime, session, staff, form, template_id)


def _case(session: Session, staff: Staff, ticket: str) -> Complaint:
    staff.require(Permission.HANDLE_CASES, Permission.WORK_AT_PD)
    return seen_case(session, ticket, staff)


def _kept(
    session: Session, staff: Staff, template_id: int, *, lock: bool = False
) -> AnswerTemplate:
    staff.require(Permission.KEEP_TEXTS)
    row = answer_templates.get(session, template_id, lock=lock)
    if row is None or row.pd_code != staff.pd_code:
        raise NotFoundError("template")
    return row


def _write(
    runtime: Runtime, session: Session, staff: Staff, form: TemplateForm, template_id: int | None
) -> int:
    """Write a text that was checked, and note what stood there before."""
    row = AnswerTemplate(pd_code=staff.pd_code)
    old = None
    if template_id is not None:
        row = _kept(session, staff, template_id, lock=True)
        if row.version != form.version:
            raise ConflictError("template")
        old = TEMPLATE.read(session, str(template_id))
    row.name, row.body = form.name.strip(), form.body.strip()
    row.statuses, row.categories = list(form.statuses), list(form.categories)
    row.owner, row.review_on, row.active = form.owner.strip(), form.review_on, form.active
    row.acts = form.acts.stored()
    row.changed_by, row.changed_at = staff.id, runtime.now()
    session.add(row)
    session.flush()
    asked = Asked(runtime, session, staff, str(row.id))
    new = TEMPLATE.read(session, asked.key)
    if new != old:
        setting_areas.note(asked, TEMPLATE, old, new)
    return row.id


def _check(
    runtime: Runtime, session: Session, staff: Staff, form: TemplateForm, template_id: int | None
) -> None:
    problems = problems_of(runtime, form, at_pd=staff.pd_code is not None)
    same = answer_templates.named(session, form.name.strip())
    if same is not None and same.id != template_id:
        problems["name"] = "Nama ini sudah dipakai templat lain."
    if problems:
        raise InvalidInputError(problems)


def _form(kept: Any, version: int) -> TemplateForm:
    """Return a version of the history as a form."""
    day = kept.get("review_on")
    return TemplateForm(
        **{
            name: kept[name]
            for name in ("name", "body", "statuses", "categories", "owner", "active")
        },
        review_on=date.fromisoformat(day) if day else None,
        version=version,
        acts=Acts(**kept.get("acts", {})),
    )


def _line(runtime: Runtime, row: AnswerTemplate, changed_by: str) -> TemplateLine:
    today = local(runtime.now(), runtime.profile.timezone).date()
    form = TemplateForm(
        row.name, row.body, row.statuses, row.categories, row.owner, row.review_on,
        active=row.active, version=row.version, acts=Acts(**row.acts),
    )  # fmt: skip
    changed = f"{changed_by} {full_time(runtime, row.changed_at)}" if row.changed_at else ""
    overdue = row.active and row.review_on is not None and row.review_on <= today
    return TemplateLine(row.id, form, example(runtime, row.body), changed.strip(), overdue)
