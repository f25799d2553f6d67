"""The public text of a disposed case, put right in place: the public reads it at once."""

import pytest

from gateway.cases.casefile import CaseRef
from gateway.casework import casework, public_text
from gateway.casework.public_text import PublicText
from gateway.errors import ConflictError, ForbiddenError, InvalidInputError, MoveNotAllowedError
from gateway.reading import reading
from gateway.rules.statuses import publicly_visible
from store import complaints
from store.models.complaint import Privacy
from store.models.staff import AuditEntry
from tests.gateway.office import open_office
from tests.gateway.pages import Browser, logged_in, make_app
from tests.gateway.rows import all_of

TITLE = "Lampu jalan mati di Air Putih"
TEXT = "Lampu jalan di depan masjid mati. 💡 Warga memakai senter."
WHY = "Nama warga terlewat."


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def form(**fields):
    return PublicText(
        **{"title": TITLE, "public_text": TEXT, "publish": True, "reason": WHY, **fields}
    )


def test_the_public_reads_the_new_text_and_the_history_keeps_the_old(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    citizen, rina = Browser(make_app(runtime)), logged_in(make_app(runtime), "rina")
    citizen.opens("/cek")
    citizen.sends("/cek", number=ticket, pin="")
    before = citizen.page

    rina.opens(f"/kotak/aduan/{ticket}/isi-publik")
    saved = rina.sends(
        f"/kotak/aduan/{ticket}/isi-publik",
        title=TITLE, public_text=TEXT, publish="on", reason=WHY,
    )  # fmt: skip
    citizen.opens("/cek")
    citizen.sends("/cek", number=ticket, pin="")

    assert saved.status_code == 302
    assert "mati sejak awal November" in before
    assert TEXT in citizen.page
    assert "awal November" not in citizen.page
    line = reading.case(runtime, office.rina, ticket).history[-1]
    assert line.what == "Isi publik diubah"
    assert ("Judul publik", "Lampu jalan mati, Air Putih", TITLE) in [
        (one.label, one.old, one.new) for one in line.changes
    ]
    assert [row.reason for row in all_of(runtime, AuditEntry)] == [WHY]
    with runtime.transaction() as session:
        assert complaints.history_is_whole(session, office.complaint(ticket).id)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"public_text": "Hubungi 081255509902 saja"}, "public_text"),
        ({"title": "NIK 1403010107859002"}, "title"),
        ({"title": " "}, "title"),
        ({"public_text": ""}, "public_text"),
        ({"reason": " "}, "reason"),
        (
            {
                "title": "Lampu jalan mati, Air Putih",
                "public_text": "Lampu jalan depan masjid mati sejak awal November.",
            },
            "public_text",
        ),
    ],
)
def test_what_is_not_for_the_public_or_changes_nothing_is_refused(runtime, office, fields, field):
    ticket = office.hears()
    office.disposes(ticket)

    with pytest.raises(InvalidInputError) as refused:
        public_text.edit(runtime, office.rina, CaseRef(ticket), form(**fields))

    assert list(refused.value.problems) == [field]
    assert office.complaint(ticket).title == "Lampu jalan mati, Air Putih"


def test_a_case_is_taken_from_the_public_and_shown_again(runtime, office):
    ticket = office.hears()
    office.disposes(ticket, publish=False)
    shown = []

    for publish in (True, False):
        public_text.edit(runtime, office.rina, CaseRef(ticket), form(publish=publish))
        shown.append(publicly_visible(office.complaint(ticket)))

    assert shown == [True, False]


def test_a_rahasia_case_stays_one(runtime, office):
    ticket = office.hears(privacy=Privacy.SECRET)
    office.disposes(ticket)

    public_text.edit(runtime, office.rina, CaseRef(ticket), form())

    case = office.complaint(ticket)
    assert (case.public_text, case.public_approved_at) == (TEXT, None)
    assert case.privacy is Privacy.SECRET


def test_a_stale_save_shows_both_texts(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    rina = logged_in(make_app(runtime), "rina")
    rina.opens(f"/kotak/aduan/{ticket}/isi-publik")
    public_text.edit(
        runtime, office.rina, CaseRef(ticket), form(public_text="Lampu sudah dicek rekan.")
    )

    late = rina.sends(
        f"/kotak/aduan/{ticket}/isi-publik",
        title=TITLE, public_text=TEXT, publish="on", reason=WHY,
    )  # fmt: skip

    assert late.status_code == 409
    assert "Lampu sudah dicek rekan." in rina.page
    assert TEXT in rina.page
    assert office.complaint(ticket).public_text == "Lampu sudah dicek rekan."
    again = rina.sends(
        f"/kotak/aduan/{ticket}/isi-publik",
        title=TITLE, public_text=TEXT, publish="on", reason=WHY,
    )  # fmt: skip
    assert again.status_code == 302
    assert office.complaint(ticket).public_text == TEXT


def test_only_who_decides_edits_and_only_past_masuk(runtime, office):
    ticket = office.hears()
    with pytest.raises(MoveNotAllowedError):
        public_text.edit(runtime, office.rina, CaseRef(ticket), form())
    office.disposes(ticket)
    with pytest.raises(ForbiddenError):
        public_text.edit(runtime, office.dewi, CaseRef(ticket), form())
    version = office.complaint(ticket).version
    casework.set_priority(runtime, office.rina, CaseRef(ticket), "low")
    with pytest.raises(ConflictError):
        public_text.edit(runtime, office.rina, CaseRef(ticket, version), form())
