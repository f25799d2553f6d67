"""The places in a ready-made text, and what a case puts into them: nothing that names a person."""

import re
from collections.abc import Mapping

from sqlalchemy.orm import Session

from gateway.cases.casefile import when
from gateway.cases.notices import tenant_values
from gateway.errors import InvalidInputError
from gateway.rules.dates import local, long_day
from gateway.rules.statuses import STATUS_LABELS
from gateway.runtime import Runtime
from gateway.showing.showing import category_name, pd_short
from store import complaints, reading
from store.models.complaint import Complaint

PLACES: Mapping[str, str] = {
    "NOMOR": "nomor aduan",
    "JUDUL": "judul aduan",
    "STATUS": "status sekarang",
    "KATEGORI": "kategori",
    "PD": "Perangkat Daerah yang menangani",
    "TEMPAT": "desa dan kecamatan",
    "MASUK": "tanggal aduan masuk",
    "BATAS": "batas berikutnya",
    "HARI_INI": "tanggal hari ini",
    "APP": "nama layanan",
    "KAB": "nama daerah",
    "JAM": "jam kerja",
    "DARURAT": "nomor darurat",
    "URL": "alamat situs",
}
_PLACE = re.compile(r"\{([A-Z_]+)\}")
_LEFT_OPEN = re.compile(r"\[isi [^\]\n]{1,60}\]")


def unknown_places(body: str) -> list[str]:
    """Return the places of a text that no case can fill."""
    return sorted({name for name in _PLACE.findall(body) if name not in PLACES})


def filled(body: str, values: Mapping[str, str]) -> str:
    """Return a text with its places filled."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), body)


def case_values(runtime: Runtime, session: Session, complaint: Complaint) -> dict[str, str]:
    """Return what a case puts into the places."""
    zone = runtime.profile.timezone
    due_at = complaints.next_due(session, complaint.id)
    place = [f"Desa {complaint.desa}" if complaint.desa else ""]
    place.append(f"Kec. {complaint.kecamatan}" if complaint.kecamatan else "")
    pd = pd_short(reading.pd_names(session), complaint.pd_code)
    return {
        **{name: value for name, value in tenant_values(runtime).items() if name in PLACES},
        "NOMOR": complaint.ticket,
        "JUDUL": complaint.title,
        "STATUS": STATUS_LABELS[complaint.status],
        "KATEGORI": category_name(runtime, complaint.category_code) or "aduan ini",
        "PD": pd or "Diskominfo",
        "TEMPAT": ", ".join(word for word in place if word) or "lokasi yang dilaporkan",
        "MASUK": long_day(local(complaint.received_at, zone).date()),
        "BATAS": f"{when(runtime, due_at)} {runtime.profile.zone_label}" if due_at else "-",
        "HARI_INI": long_day(local(runtime.now(), zone).date()),
    }


def left_open(text: str) -> str:
    """Return the first place that a person must fill, empty if there is none."""
    found = _LEFT_OPEN.search(text)
    return found[0] if found else ""


def require_complete(text: str, field: str) -> None:
    """Refuse a text in which a place of a ready-made text was left open.

    Raises:
        InvalidInputError: under `field`, naming the first one.
    """
    left = left_open(text)
    if left:
        raise InvalidInputError({field: f"Masih ada bagian yang belum diisi: {left}."})
