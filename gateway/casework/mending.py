"""Perbaiki data: an officer mends what the normalizer read out of a complaint, or missed in it."""

import re
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from gateway.cases import feedback
from gateway.cases.casefile import CaseRef, open_case
from gateway.cases.feedback import Corrected
from gateway.errors import InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from normalizer.draft import Place, Precision
from normalizer.tenant import Desa, Tenant
from store import complaints
from store.complaints import append_event
from store.models.complaint import Complaint

KINDS = {
    "complaint": "Aduan",
    "aspiration": "Aspirasi",
    "information_request": "Permintaan informasi",
}
PRECISIONS = {
    Precision.DAY: "Hari itu",
    Precision.MINUTE: "Jam tepat",
    Precision.HOUR: "Sekitar jam itu",
    Precision.WEEK: "Pekan itu",
    Precision.MONTH: "Bulan itu",
    Precision.YEAR: "Tahun itu",
}
_TIMED = {Precision.MINUTE, Precision.HOUR}
_LONGEST = 200
_IDENTITY_DIGITS = re.compile(r"(?:\d[ .\-]?){10,}")
_GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Mend:
    """The form, as it stands filled in with what is known; empty means unknown.

    `day` and `clock` (``HH:MM``) are on the government's clock.
    """

    kind: str
    category: str
    day: str = ""
    clock: str = ""
    precision: str = ""
    kecamatan: str = ""
    desa: str = ""
    street: str = ""
    landmark: str = ""


@dataclass(frozen=True, slots=True)
class _Checked:
    """The form after its check: the instant (aware UTC) or None, and the desa or None."""

    form: Mend
    event_at: datetime | None
    precision: Precision | None
    desa: Desa | None
    kecamatan: str | None


def form(runtime: Runtime, staff: Staff, ticket: str) -> Mend:
    """Return the form filled in with what the record holds now.

    Raises:
        ForbiddenError: not of Diskominfo.
        NotFoundError: no such case.
    """
    staff.require(Permission.HANDLE_CASES)
    with runtime.transaction() as session:
        complaint = complaints.by_ticket(session, ticket)
        if complaint is None:
            raise NotFoundError("case")
        return _form_of(runtime, complaint)


def _form_of(runtime: Runtime, complaint: Complaint) -> Mend:
    place: dict[str, Any] = complaint.place or {}
    there = None
    if complaint.event_at is not None:
        there = complaint.event_at.astimezone(ZoneInfo(runtime.profile.timezone))
    timed = complaint.event_precision in {Precision.MINUTE, Precision.HOUR, Precision.PART_OF_DAY}
    return Mend(
        kind=complaint.kind,
        category=complaint.category_code or "",
        day=there.date().isoformat() if there else "",
        clock=f"{there:%H:%M}" if there and timed else "",
        precision=complaint.event_precision or "",
        kecamatan=complaint.kecamatan or "",
        desa=complaint.desa or "",
        street=place.get("street") or "",
        landmark=place.get("landmark") or "",
    )


def mend(runtime: Runtime, staff: Staff, ref: CaseRef, form: Mend) -> list[str]:
    """Write the mended fields into the record and keep what was understood as feedback.

    Returns:
        The fields that changed.

    Raises:
        ForbiddenError: not of Diskominfo.
        ConflictError: somebody changed the case since it stood on the screen.
        InvalidInputError: a fault, or nothing was changed; problems by field.
        MoveNotAllowedError: it was archived or withdrawn.
    """
    staff.require(Permission.HANDLE_CASES)
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = open_case(session, ref, staff)
        if complaint.archived_at is not None or complaint.withdrawn_at is not None:
            raise MoveNotAllowedError("archived or withdrawn")
        checked = _check(runtime, complaint, form)
        changed = _changes(complaint, checked)
        if not changed:
            raise InvalidInputError({"": "Belum ada yang diubah."})
        names = [item.field for item in changed]
        feedback.note_mended(session, complaint, staff, changed, now)
        _write(complaint, checked, names)
        complaint.last_activity_at = now
        append_event(
            session, complaint, "mended", at=now, actor_id=staff.id, data={"fields": names}
        )
    return names


def _check(runtime: Runtime, complaint: Complaint, form: Mend) -> _Checked:
    problems: dict[str, str] = {}
    if form.kind not in KINDS and form.kind != complaint.kind:
        problems["kind"] = "Pilih jenis."
    categories = {item.code for item in runtime.tenant.categories}
    if form.category not in categories and form.category != (complaint.category_code or ""):
        problems["category"] = "Pilih kategori."
    for name in ("street", "landmark"):
        problems |= _word_problems(name, getattr(form, name))
    event_at, precision = _event(runtime, complaint, form, problems)
    desa, kecamatan = _area(runtime.tenant, form, problems)
    if problems:
        raise InvalidInputError(problems)
    return _Checked(form, event_at, precision, desa, kecamatan)


def _word_problems(name: str, words: str) -> dict[str, str]:
    if len(words) > _LONGEST:
        return {name: f"Paling panjang {_LONGEST} huruf."}
    if _IDENTITY_DIGITS.search(words):
        return {name: "Ada nomor yang tampak seperti NIK atau nomor HP. Hapus dulu."}
    return {}


def _event(
    runtime: Runtime, complaint: Complaint, form: Mend, problems: dict[str, str]
) -> tuple[datetime | None, Precision | None]:
    """Return when it happened; what is wrong is added to `problems`."""
    before = _form_of(runtime, complaint)
    if (form.day, form.clock, form.precision) == (before.day, before.clock, before.precision):
        known = complaint.event_precision
        return complaint.event_at, Precision(known) if known else None
    if not form.day:
        return None, None
    try:
        day = date.fromisoformat(form.day)
        clock = time.fromisoformat(form.clock or "00:00").replace(tzinfo=None)
        precision = Precision(form.precision or (Precision.MINUTE if form.clock else Precision.DAY))
        zone = ZoneInfo(runtime.profile.timezone)
        at = datetime.combine(day, clock if precision in _TIMED else time(), zone).astimezone(UTC)
    except (ValueError, OverflowError):
        problems["day"] = "Tulis tanggal, jam, dan ketepatan yang benar."
        return None, None
    if precision in _TIMED and not form.clock:
        problems["clock"] = "Tulis jamnya, atau pilih ketepatan hari."
    if at > runtime.now():
        problems["day"] = "Waktu kejadian belum lewat."
    return at, precision


def _area(tenant: Tenant, form: Mend, problems: dict[str, str]) -> tuple[Desa | None, str | None]:
    """Return desa and kecamatan; a desa whose name is unique tells its kecamatan."""
    if form.kecamatan and form.kecamatan not in tenant.kecamatan:
        problems["kecamatan"] = "Pilih kecamatan."
    if not form.desa:
        return None, form.kecamatan or None
    named = [item for item in tenant.desa if item.name.lower() == form.desa.lower()]
    fitting = [item for item in named if form.kecamatan in {"", item.kecamatan}]
    if len(fitting) != 1:
        problems["desa"] = "Pilih desa dari daftar, dan kecamatannya."
        return None, None
    return fitting[0], fitting[0].kecamatan


def _changes(complaint: Complaint, new: _Checked) -> list[Corrected]:
    """Return the fields whose value is another than before."""
    place: dict[str, Any] = complaint.place or {}
    fields = [
        Corrected("kind", complaint.kind, new.form.kind),
        Corrected("category", complaint.category_code, new.form.category or None),
        Corrected(
            "event", complaint.event_precision, new.precision, _iso(complaint.event_at),
            _iso(new.event_at),
        ),
        Corrected("desa", complaint.desa, new.desa.name if new.desa else None),
        Corrected("kecamatan", complaint.kecamatan, new.kecamatan),
        _words("street", place.get("street"), new.form.street),
        _words("landmark", place.get("landmark"), new.form.landmark),
    ]  # fmt: skip
    return [
        item for item in fields if (item.understood, item.before) != (item.corrected, item.after)
    ]


def _words(name: str, before: str | None, after: str) -> Corrected:
    """Return a field whose words may name a house: counted only as given or not."""
    old, new = before or None, after.strip() or None
    return Corrected(name, _GIVEN if old else None, _GIVEN if new else None, old, new)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _write(complaint: Complaint, new: _Checked, names: list[str]) -> None:
    complaint.kind = new.form.kind
    complaint.category_code = new.form.category or None
    complaint.event_at = new.event_at
    complaint.event_precision = new.precision.value if new.precision else None
    if not {"desa", "kecamatan", "street", "landmark"} & set(names):
        return
    complaint.desa = new.desa.name if new.desa else None
    complaint.kecamatan = new.kecamatan
    complaint.place = {
        **(complaint.place or asdict(Place(""))),
        "desa": complaint.desa,
        "kecamatan": complaint.kecamatan,
        "kecamatan_inferred": None,
        "region_code": new.desa.code if new.desa else None,
        "street": new.form.street.strip() or None,
        "landmark": new.form.landmark.strip() or None,
    }
