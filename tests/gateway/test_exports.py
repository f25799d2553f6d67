import csv
import io
import zipfile
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import event

from gateway.errors import ForbiddenError
from gateway.listing import exports
from gateway.listing.exports import HEADINGS, Format
from gateway.listing.list_filter import Criteria
from store.models.complaint import Privacy
from store.models.staff import AuditEntry
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

pytestmark = pytest.mark.usefixtures("office")
_CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def taken(runtime, staff, asked=None, kind=Format.CSV):
    return b"".join(exports.stream(runtime, staff, asked or Criteria(), kind))


def rows_of(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def sheet_of(data):
    """The cells of the first sheet, row by row, as text."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert book.testzip() is None
        tree = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 (our own file)
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{_CELL}c")]
        for row in tree.iter(f"{_CELL}row")
    ]


def test_an_approved_case_is_exported_with_its_public_words(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)

    data = taken(runtime, office.rina)
    head, row = rows_of(data)

    assert data.startswith(b"\xef\xbb\xbf")
    assert tuple(head) == HEADINGS
    assert row[:4] == [
        ticket,
        "Lampu jalan mati, Air Putih",
        "Lampu jalan depan masjid mati sejak awal November.",
        "Disposisi (Terbuka)",
    ]
    assert row[11] == "2026-11-20 08:15"


@pytest.mark.parametrize("kind", list(Format))
def test_no_export_holds_an_identity_a_raw_text_or_a_secret(runtime, office, kind):
    office.hears()
    secret = office.hears("Pungli di kantor camat Bantan", privacy=Privacy.SECRET)
    office.disposes(secret, publish=False, title="Pungli camat", public_text="Pungli di Bantan")

    data = taken(runtime, office.rina, kind=kind)
    cells = rows_of(data) if kind is Format.CSV else sheet_of(data)
    text = str(cells)

    for hidden in ("1403010107859002", "081255509902", "Budi", "masjid", "Pungli", "+62812"):
        assert hidden not in text
    assert "(rahasia)" in text
    assert "(belum disetujui untuk publik)" in text


def test_no_cell_becomes_a_formula(runtime, office):
    starts = ("=", "+", "-", "@", "\t=", " =", "\uff1d")
    for start in starts:
        formula = f"{start}cmd|' /C calc'!A0"
        office.disposes(office.hears(), title=f"{start}HYPERLINK(1)", public_text=formula)

    _, *rows = rows_of(taken(runtime, office.rina))
    book = sheet_of(taken(runtime, office.rina, kind=Format.XLSX))

    assert len(rows) == len(starts)
    assert all(row[1].startswith("'") and row[2].startswith("'") for row in rows)
    assert all("HYPERLINK(1)" in row[1] for row in book[1:])


def test_a_workbook_has_text_only_and_survives_odd_characters(runtime, office):
    ticket = office.hears()
    office.disposes(ticket, title="Lampu \x0b😀 <b>&", public_text="x" * 40_000)

    data = taken(runtime, office.rina, kind=Format.XLSX)
    sheet = sheet_of(data)

    assert "😀 <b>&" in sheet[1][1]
    assert len(sheet[1][2]) == 32_767
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_the_filter_and_the_rights_hold_for_exports_too(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.hears("Pohon tumbang di Wonosari", privacy=Privacy.SECRET)
    leader = office.sekda

    assert len(rows_of(taken(runtime, office.rina))) == 3
    assert [row[0] for row in rows_of(taken(runtime, leader))[1:]] == [ticket]
    assert rows_of(taken(runtime, office.rina, Criteria(pd="DISHUB")))[1:] == []
    assert len(rows_of(taken(runtime, office.rina, Criteria(words="lampu")))) == 2
    assert rows_of(taken(runtime, office.rina, Criteria(words="-lampu")))[1:] == []


def test_who_may_not_export_gets_nothing_and_leaves_no_entry(runtime, office):
    for person in (office.dewi, office.andi, office.tuti):
        with pytest.raises(ForbiddenError):
            exports.stream(runtime, person, Criteria(), Format.CSV)

    assert all_of(runtime, AuditEntry) == []


def test_each_export_is_in_the_audit_with_its_filter_but_without_its_words(runtime, office):
    taken(runtime, office.rina, Criteria(pd="DPUPR", words="siti aminah"), Format.XLSX)

    (entry,) = all_of(runtime, AuditEntry)
    assert (entry.action, entry.actor_id) == ("export", office.rina.id)
    assert entry.data == {"format": "xlsx", "filter": {"pd": "DPUPR", "kata": "ya"}}


def test_batches_neither_lose_nor_repeat_a_row_and_ask_no_more_for_more_rows(
    runtime, office, engine, monkeypatch
):
    tickets = [office.hears(f"Lampu mati nomor {number}") for number in range(7)]
    monkeypatch.setattr(exports, "_BATCH", 3)
    pieces = exports.stream(runtime, office.rina, Criteria(), Format.CSV)
    asked = []

    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    found = [row[0] for row in rows_of(b"".join(pieces))[1:]]

    assert found == tickets[::-1]
    assert len(asked) == 6, "two queries for each of three batches"


def test_a_download_that_is_broken_off_holds_no_connection(runtime, office, engine):
    for number in range(3):
        office.hears(f"Lampu mati nomor {number}")

    pieces = exports.stream(runtime, office.rina, Criteria(), Format.CSV)
    next(pieces)
    pieces.close()

    assert engine.pool.checkedout() == 0


def test_the_page_offers_and_gives_the_file(runtime, office):
    ticket = office.hears()
    rina = logged_in(make_app(runtime), "rina")
    rina.opens("/daftar/?status=received")

    offered = "Unduh 1 baris" in rina.page

    response = rina.sends("/daftar/unduh/csv?status=received")
    rina.opens("/daftar/")
    none = rina.sends("/daftar/unduh/csv?status=resolved")
    rina.opens("/daftar/")
    unknown = rina.sends("/daftar/unduh/pdf")

    assert offered
    assert response.headers["Content-Disposition"] == 'attachment; filename="aduan.csv"'
    assert [row[0] for row in rows_of(response.data)[1:]] == [ticket]
    assert rows_of(none.data)[1:] == []
    assert unknown.status_code == 404
