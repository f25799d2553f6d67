"""The checklist of a new service: what is there, what is missing, where it is done.

It needs no developer: every step is a page, and a step whose starting values are right is ticked
off by a person who has looked at them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.errors import NotFoundError
from gateway.rules.people import Permission, Role, Staff
from gateway.runtime import Runtime
from store import first_run

_LOOKED_AT: Mapping[str, tuple[str, str, Permission]] = {
    "identity": (
        "Nama, nama layanan, dan kontak",
        "Kontak tampil di halaman masuk dan di balasan kepada warga.",
        Permission.KEEP_GOVERNMENT,
    ),
    "emergency": (
        "Nomor darurat",
        "Hanya nomor yang benar-benar dijawab di sini. 112 tidak aktif di semua daerah.",
        Permission.KEEP_GOVERNMENT,
    ),
    "hours": (
        "Jam kerja",
        "Dipakai di pesan dan untuk menghitung hari kerja.",
        Permission.KEEP_GOVERNMENT,
    ),
    "clocks": (
        "Batas waktu",
        "Pilih aturan dasar, lalu ubah yang berbeda di sini.",
        Permission.KEEP_GOVERNMENT,
    ),
    "channels": (
        "Alamat kanal untuk warga",
        "Nomor dan akun yang ditulis di halaman publik.",
        Permission.KEEP_GOVERNMENT,
    ),
    "village": (
        "Desa dan kelurahan",
        "Nama dan nama lain seperti ditulis warga; dari sini tempat kejadian dikenali.",
        Permission.KEEP_SETTINGS,
    ),
    "category": (
        "Kategori",
        "Setiap kategori mengarah ke satu Perangkat Daerah.",
        Permission.KEEP_SETTINGS,
    ),
    "text": (
        "Teks pesan",
        "Baca sekali sebagai warga. Pratinjau menunjukkan panjang SMS.",
        Permission.KEEP_SETTINGS,
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist.

    Attributes:
        name: of the step; of an area of settings where there is one.
        title: what is to be done.
        words: why, or what is missing.
        done: whether nothing is missing.
        mine: whether this person may do it.
        by_eye: whether a person ticks it off.
    """

    name: str
    title: str
    words: str
    done: bool
    mine: bool
    by_eye: bool = False


def steps(runtime: Runtime, person: Staff) -> list[Step]:
    """Return the whole checklist in the order in which one goes through it."""
    with runtime.transaction() as session:
        settled = {*first_run.changed_areas(session), *first_run.confirmed(session)}
        looked_at = [
            Step(name, title, words, name in settled, person.may(permission), by_eye=True)
            for name, (title, words, permission) in _LOOKED_AT.items()
        ]
        return [*looked_at, *_counted(runtime, session, person)]


def confirm(runtime: Runtime, person: Staff, name: str) -> None:
    """Tick off a step whose starting values are right.

    Raises:
        NotFoundError: no person ticks off this step.
        ForbiddenError: it is not this person's.
    """
    if name not in _LOOKED_AT:
        raise NotFoundError("step")
    person.require(_LOOKED_AT[name][2])
    with runtime.transaction() as session:
        first_run.confirm(session, name, person.id)


def _counted(runtime: Runtime, session: Session, person: Staff) -> list[Step]:
    headless = first_run.pds_without_head(session)
    year = runtime.now().year
    missing = [str(one) for one in (year, year + 1) if not first_run.days_off(session, one)]
    heard = first_run.was_heard(session)
    return [
        Step(
            "pd",
            "Perangkat Daerah dan kepalanya",
            f"{headless} PD belum punya akun kepala: pengingat keterlambatan tidak sampai."
            if headless
            else "Semua PD punya akun kepala.",
            not headless,
            person.may(Permission.KEEP_SETTINGS),
        ),
        Step(
            "holiday",
            "Hari libur",
            f"Belum ada libur untuk {' dan '.join(missing)}."
            if missing
            else "Libur nasional tahun ini dan tahun depan sudah ada.",
            not missing,
            person.may(Permission.KEEP_SETTINGS),
        ),
        *_people(session, person),
        _channels(runtime, person),
        Step(
            "test",
            "Pesan uji",
            "Pesan pertama sudah masuk." if heard else "Kirim pesan sebagai warga, lihat di kotak.",
            heard,
            person.may(Permission.KEEP_CHANNELS),
        ),
    ]


def _people(session: Session, person: Staff) -> list[Step]:
    count, mine = first_run.users_by_role(session), person.may(Permission.KEEP_ACCOUNTS)
    keepers, officers = count.get(Role.SUPERADMIN, 0), count.get(Role.ADMIN_DISKOMINFO, 0)
    second = first_run.has_second_step(session, person.id)
    return [
        Step(
            "user",
            "Dua pengelola sistem",
            "Bila satu berhalangan, yang lain tetap dapat masuk."
            if keepers < 2
            else f"{keepers} pengelola sistem aktif.",
            keepers >= 2,
            mine,
        ),
        Step(
            "officers",
            "Admin Diskominfo",
            "Belum ada akun yang memeriksa dan mendisposisi aduan."
            if not officers
            else f"{officers} admin Diskominfo aktif.",
            officers > 0,
            mine,
        ),
        Step(
            "second_step",
            "Kode masuk kedua untuk akun Anda",
            "Aktif." if second else "Pasang aplikasi autentikator di halaman akun.",
            second,
            mine=True,
        ),
    ]


def _channels(runtime: Runtime, person: Staff) -> Step:
    words = f"{len(runtime.channels)} kanal tersambung."
    if not runtime.channels:
        words = "Belum ada kanal yang tersambung. Lihat Kesehatan kanal."
    may = person.may(Permission.KEEP_CHANNELS)
    return Step("kanal", "Satu kanal", words, bool(runtime.channels), may)
