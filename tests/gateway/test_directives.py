"""Arahan: from the leadership to the head of a PD, and what both then read."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway import sweeps
from gateway.casework import directives
from gateway.casework.directives import NewDirective
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from gateway.officers import reminders
from gateway.rules.people import Role, Staff
from store.models.complaint import Complaint, ComplaintEvent, Privacy
from store.models.directive import Directive
from store.models.staff import AuditEntry, StaffUser
from tests.gateway.duty import Officer
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def office(runtime):
    made = open_office(runtime)
    with runtime.transaction() as session:
        session.get_one(StaffUser, made.sekda.id).position = "sekda"
        head = StaffUser(
            username="kadis",
            name="Kadis",
            role=Role.KEPALA_PD,
            pd_code="DPUPR",
            password_hash="x",
            created_at=runtime.now(),
        )
        session.add(head)
        session.flush()
        made.people["kadis"] = Staff(head.id, "kadis", "Kadis", Role.KEPALA_PD, "DPUPR", "PUPR")
    return made


def asked(**fields):
    values = {"body": "Selesaikan pekan ini.", "due_on": date(2026, 11, 27), **fields}
    return NewDirective(**values)


def happened(runtime):
    kinds = [event.kind for event in all_of(runtime, ComplaintEvent)]
    return [kind for kind in kinds if kind.startswith("directive")]


def test_an_order_about_a_case_goes_to_the_head_and_back(runtime, telegram, hear, office):
    head = Officer(runtime, telegram, hear, office.kadis, sender="5550100911").links()
    ticket = office.hears()
    office.disposes(ticket)
    sekda = logged_in(make_app(runtime), "sekda")

    sekda.opens(f"/arahan/baru?aduan={ticket}")
    assert "Lampu jalan mati, Air Putih" in sekda.page
    fields = {
        "ticket": ticket,
        "body": "Pak Anton harus selesai pekan ini.",
        "due_on": "2026-11-27",
    }
    assert sekda.sends("/arahan/baru", **fields).status_code == 422
    assert "<mark>Pak Anton" in sekda.page
    sekda.follows(sekda.sends("/arahan/baru", **fields, checked="ya"))
    assert "Arahan Sekda kepada Dinas Pekerjaan Umum" in sekda.page
    assert "Belum ditanggapi" in sekda.page

    assert "petugas_arahan" in head.is_told()
    assert head.last()[0].text.startswith(f"Arahan Sekda: *{ticket}*, batas Jum 27/11 16.00.")
    assert "Anton" not in head.last()[0].text


def test_the_head_takes_it_up_and_the_leadership_ends_it(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    directives.give(runtime, office.sekda, asked(ticket=ticket))
    app = make_app(runtime)
    sekda, kadis, andi = (logged_in(app, name) for name in ("sekda", "kadis", "andi"))

    andi.opens("/pd/")
    assert "Arahan Sekda:" in andi.page
    assert "(batas 27/11/2026)" in andi.page
    andi.opens(f"/pd/aduan/{ticket}")
    assert "Saya tindak lanjuti" not in andi.page  # the head says it
    kadis.opens(f"/pd/aduan/{ticket}")
    (row,) = all_of(runtime, Directive)
    kadis.follows(kadis.sends(f"/arahan/{row.id}/tindak-lanjut"))
    assert "Ditindaklanjuti sejak" in kadis.page
    kadis.sends(f"/arahan/{row.id}/tindak-lanjut")
    assert happened(runtime) == ["directive_given", "directive_acknowledged"]

    rina = logged_in(app, "rina")
    rina.opens(f"/kotak/aduan/{ticket}")
    assert "Selesaikan pekan ini." in rina.page
    sekda.opens("/arahan/")
    sekda.sends(f"/arahan/{row.id}/tutup")
    sekda.opens("/arahan/")
    assert "Tidak ada arahan yang terbuka." in sekda.page


def test_an_order_without_a_case_stands_over_the_list_of_its_pd_alone(runtime, office):
    directives.give(runtime, office.sekda, asked(pd_code="DPUPR", form_key="satu"))
    directives.give(runtime, office.sekda, asked(pd_code="DPUPR", form_key="satu"))
    app = make_app(runtime)
    andi, hadi = logged_in(app, "andi"), logged_in(app, "hadi")

    andi.opens("/pd/")
    hadi.opens("/pd/")

    assert andi.page.count("Selesaikan pekan ini.") == 1
    assert "Selesaikan pekan ini." not in hadi.page
    (row,) = all_of(runtime, Directive)
    with pytest.raises(NotFoundError):
        directives.acknowledge(runtime, office.hadi, row.id)
    with pytest.raises(ForbiddenError):
        directives.acknowledge(runtime, office.andi, row.id)
    with runtime.transaction() as session:
        session.get_one(StaffUser, office.kadis.id).active = False
    directives.acknowledge(runtime, office.andi, row.id)
    kinds = [entry.action for entry in all_of(runtime, AuditEntry)]
    assert kinds == ["directive_given", "directive_acknowledged"]


@pytest.mark.parametrize(
    ("fields", "beside"),
    [
        ({"body": "  "}, "body"),
        ({"body": "Hubungi 0812-5550-1021 segera."}, "body"),
        ({"body": "😀" * 501}, "body"),
        ({"due_on": None}, "due_on"),
        ({"due_on": date(2026, 11, 19)}, "due_on"),
        ({"due_on": date(2028, 1, 1)}, "due_on"),
        ({"pd_code": "PLN"}, "pd_code"),
    ],
)
def test_what_is_no_order_is_said_beside_its_field(runtime, office, fields, beside):
    with pytest.raises(InvalidInputError) as refused:
        directives.give(runtime, office.sekda, asked(**{"pd_code": "DPUPR", **fields}))

    assert list(refused.value.problems) == [beside]


def test_of_a_secret_case_the_leadership_knows_nothing_to_ask(runtime, office):
    secret = office.hears(privacy=Privacy.SECRET)
    office.disposes(secret, publish=False)
    fresh = office.hears(sender="+6281255501041")
    for ticket, error in ((secret, NotFoundError), (fresh, InvalidInputError)):
        with pytest.raises(error):
            directives.give(runtime, office.sekda, asked(ticket=ticket))

    office.disposes(fresh)
    directives.give(runtime, office.sekda, asked(ticket=fresh))
    with runtime.transaction() as session:
        session.query(Complaint).filter_by(ticket=fresh).one().privacy = Privacy.SECRET
    sekda = logged_in(make_app(runtime), "sekda")
    sekda.opens("/pimpinan/")
    assert "Selesaikan pekan ini." not in sekda.page


def test_a_missed_day_is_told_once_and_what_ended_with_its_case_not_at_all(
    runtime, telegram, hear, office, clock
):
    head = Officer(runtime, telegram, hear, office.kadis, sender="5550100911").links()
    sekda = Officer(runtime, telegram, hear, office.sekda, sender="5550100912").links()
    ticket = office.hears()
    office.disposes(ticket)
    directives.give(runtime, office.sekda, asked(ticket=ticket))
    directives.give(runtime, office.sekda, asked(pd_code="DPUPR"))
    head.is_told()
    with runtime.transaction() as session:
        session.query(Complaint).filter_by(ticket=ticket).one().withdrawn_at = clock()
    clock.instant = datetime(2026, 11, 30, 9, tzinfo=WIB)
    assert "reminders" in sweeps.due_kinds(runtime)
    for _ in range(2):
        reminders.drain(runtime)
        clock.advance(minutes=5)

    assert head.is_told() == ["petugas_arahan_lewat"]
    assert "petugas_arahan_lewat" in sekda.is_told()
    closed = [row.closed_at is not None for row in all_of(runtime, Directive)]
    assert sorted(closed) == [False, True]


def test_a_missed_order_about_a_case_that_is_back_in_masuk_leads_diskominfo_to_its_own_page(
    runtime, telegram, hear, office, clock
):
    rina = Officer(runtime, telegram, hear, office.rina, sender="5550100913").links()
    ticket = office.hears()
    office.disposes(ticket)
    directives.give(runtime, office.sekda, asked(ticket=ticket))
    with runtime.transaction() as session:
        session.query(Complaint).filter_by(ticket=ticket).one().pd_code = None
    clock.instant = datetime(2026, 11, 30, 9, tzinfo=WIB)
    reminders.drain(runtime)
    rina.is_told()

    lines = rina.last()[0].text.splitlines()
    (order,) = [line for line in lines if "arahan Sekda" in line]
    assert order.endswith(f"/kotak/aduan/{ticket}")


def test_what_needs_attention_names_pds_reopened_cases_and_clusters(runtime, office, clock):
    tickets = [office.hears(sender=f"+62812555010{place}") for place in range(41, 46)]
    office.disposes(tickets[0])
    office.accepts(tickets[0])
    with runtime.transaction() as session:
        for case in session.query(Complaint):
            case.desa, case.category_code = "Air Putih", "PJU"
        case = session.query(Complaint).filter_by(ticket=tickets[0]).one()
        case.verdict = "belum"
        for seq in (90, 91):
            session.add(
                ComplaintEvent(
                    complaint_id=case.id,
                    seq=seq,
                    kind="reopened",
                    at=clock(),
                    salt="x",
                    digest="x",
                )
            )
    clock.advance(hours=47)
    sekda = logged_in(make_app(runtime), "sekda")
    sekda.opens("/pimpinan/")
    assert "Desa Air Putih: 5 aduan dalam 48 jam" in sekda.page
    assert f"{tickets[0]} dibuka kembali 2 kali" in sekda.page
    assert f'href="/arahan/baru?aduan={tickets[0]}"' in sekda.page

    clock.instant += timedelta(days=12)
    sekda = logged_in(make_app(runtime), "sekda")
    sekda.opens("/pimpinan/")
    assert "Penataan Ruang: 1 aduan lewat batas" in sekda.page
    assert 'href="/arahan/baru?pd=DPUPR"' in sekda.page
    assert "48 jam" not in sekda.page
