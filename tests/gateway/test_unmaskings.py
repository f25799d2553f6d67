"""The monthly list of opened identities: who reads it, what stands in it, when it is announced."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from gateway.cases.casefile import CaseRef
from gateway.casework import casework
from gateway.errors import ForbiddenError
from gateway.officers import reminders
from gateway.reading import unmaskings
from store.models.staff import AuditEntry
from tests.gateway.duty import Officer
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app

WIB = ZoneInfo("Asia/Jakarta")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def test_the_list_names_officer_case_kind_and_reason_and_the_file_neither_name_nor_reason(
    runtime, office, clock
):
    ticket = office.hears()
    reason = "Verifikasi lewat 0812-5550-1021, =HYPERLINK"
    casework.unmask(runtime, office.dewi, CaseRef(ticket), reason)
    clock.advance(hours=1)
    casework.unmask(runtime, office.rina, CaseRef(ticket), "Pelapor menelepon")
    rina = logged_in(make_app(runtime), "rina")

    rina.opens("/pembukaan-identitas/")
    assert "November 2026: 2 kali" in rina.page
    assert rina.page.index("Pelapor menelepon") < rina.page.index("Verifikasi lewat ****021")
    assert "nama, nomor atau akun, NIK" in rina.page
    assert "bulan=2026-12" not in rina.page
    assert rina.opens("/pembukaan-identitas/?bulan=2026-13").status_code == 404
    assert rina.opens("/pembukaan-identitas/?bulan=2026-12").status_code == 404
    rina.opens("/pembukaan-identitas/?bulan=2026-10")
    assert "Tidak ada identitas yang dibuka pada Oktober 2026." in rina.page

    file = rina.opens("/pembukaan-identitas/unduh?bulan=2026-11").get_data(as_text=True)
    assert file.count(ticket) == 2
    assert "Operator" in file
    for hidden in ("Dewi", "Rina", "Pelapor", "Verifikasi"):
        assert hidden not in file
    with pytest.raises(ForbiddenError):
        unmaskings.page(runtime, office.dewi, "")


def test_a_long_month_is_read_page_by_page_through_its_own_index(runtime, office, clock):
    ticket = office.hears()
    number = office.complaint(ticket).id
    with runtime.transaction() as session:
        for place in range(120):
            entry = AuditEntry(
                at=clock() - timedelta(minutes=place // 2),  # two at the same instant
                actor_id=office.dewi.id,
                action="unmask",
                complaint_id=number,
                reason=f"alasan {place}",
            )
            session.add(entry)
    read, cursor = [], None
    for _ in range(3):
        page = unmaskings.page(runtime, office.rina, "2026-11", cursor)
        read += [line.reason for line in page.lines]
        cursor = page.older

    assert sorted(read) == sorted(f"alasan {place}" for place in range(120))
    assert (cursor, page.people) == (None, [("Dewi", 120)])
    with runtime.transaction() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.execute(
            text(
                "EXPLAIN SELECT * FROM audit_entry WHERE audit_entry.action = 'unmask'"
                " AND at >= '2026-11-01' AND at < '2026-12-01' ORDER BY at DESC, id DESC LIMIT 51"
            )
        )
        assert "ix_audit_entry_unmask" in str(plan.all())


def test_diskominfo_hears_once_that_last_months_list_is_there(
    runtime, telegram, hear, office, clock
):
    rina = Officer(runtime, telegram, hear, office.rina, sender="5550100911").links()
    ticket = office.hears(archived_at=clock())
    casework.unmask(runtime, office.dewi, CaseRef(ticket), "Pelapor menelepon")
    told = []
    for moment in ("2026-12-01 07:00", "2026-12-01 08:00", "2026-12-02 08:00", "2027-01-04 08:00"):
        clock.instant = datetime.fromisoformat(moment).replace(tzinfo=WIB)
        reminders.drain(runtime)
        told.append(rina.is_told())

    assert told == [[], ["petugas_pembukaan"], [], []]
    assert rina.last()[0].text == (
        "Daftar pembukaan identitas bulan *November 2026* siap: 1 kali. "
        "https://aduan.kabcontoh.go.id/pembukaan-identitas/?bulan=2026-11"
    )
