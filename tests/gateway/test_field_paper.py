"""Salinan lapangan: what is on the paper, what never is, and who answers for each copy."""

import io
import re
import zlib

import pytest
from PIL import Image

from gateway.showing.field_paper import printable
from store.models.answering import PublicPhoto
from store.models.complaint import ComplaintEvent, Privacy
from store.models.messaging import Attachment
from tests.gateway.office import attach, open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_SHOWN = re.compile(rb"\((.*?)(?<!\\)\) Tj", re.DOTALL)
_IDENTITY = ("1403010107859002", "081255509902", "6281255501021", "5501021", "Budi", "Santoso")
pytestmark = pytest.mark.usefixtures("office")
_BUTTON = "Salinan lapangan (PDF)"


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


def _page_words(pdf: bytes) -> str:
    """The words of a PDF, in the order in which they were written."""
    pages = []
    for stream in _STREAM.findall(pdf):
        try:
            pages.append(zlib.decompress(stream))
        except zlib.error:
            continue  # a photo
    return "".join(shown.decode("cp1252") for page in pages for shown in _SHOWN.findall(page))


def _photos_in(pdf: bytes) -> list[Image.Image]:
    found = [stream for stream in _STREAM.findall(pdf) if stream.startswith(b"\xff\xd8")]
    return [Image.open(io.BytesIO(one)) for one in found]


def _photo(runtime, ticket: str, colour: str) -> int:
    """A citizen's photo whose shared copy still says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Ponsel Budi"
    content = io.BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(content, "JPEG", exif=exif)
    number = attach(runtime, ticket)
    with runtime.transaction() as session:
        key = runtime.media.put(content.getvalue(), "jpg")
        session.get_one(Attachment, number).shared_key = key
    return number


def _blacken(runtime, attachment_id: int, complaint_id: int, office) -> None:
    content = io.BytesIO()
    Image.new("RGB", (400, 300), "black").save(content, "JPEG")
    key = runtime.media.put(content.getvalue(), "jpg")
    with runtime.transaction() as session:
        session.add(
            PublicPhoto(
                complaint_id=complaint_id, attachment_id=attachment_id, boxes=[[0, 0, 9, 9]],
                key=key, thumbnail_key=key, drawn_by=office.rina.id, drawn_at=runtime.now(),
            )
        )  # fmt: skip


def test_the_paper_holds_the_case_and_nothing_that_names_the_reporter(app, office, runtime):
    ticket = office.hears(reporter_name="Budi Santoso")
    place = {"landmark": "depan masjid", "pin": {"latitude_deg": 1.4865, "longitude_deg": 102.1169}}
    office.disposes(ticket, public_text="Lampu mati 😀😀 sejak awal <b>November</b> & gelap.")
    case = office.complaint(ticket)
    with runtime.transaction() as session:
        session.merge(case).place = place
    _photo(runtime, ticket, "navy")
    _blacken(runtime, _photo(runtime, ticket, "white"), case.id, office)
    attach(runtime, ticket)  # not a picture, whatever it says
    attach(runtime, ticket, identity=True)
    andi = logged_in(app, "andi")
    andi.opens(f"/pd/aduan/{ticket}")
    offered = _BUTTON in andi.page

    answer = andi.sends(f"/lapangan/{ticket}/salinan")

    pdf, words = answer.get_data(), _page_words(answer.get_data())
    plain, blackened = _photos_in(pdf)
    assert offered
    assert answer.content_type == "application/pdf"
    assert f"salinan-lapangan-{ticket}.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    expected = (
        ticket, "Lampu mati [emoji] sejak awal <b>November</b> & gelap.", "depan masjid",
        "1.48650, 102.11690", "K3 Draf: sebelum", "Foto 2 dari 2", "Ada 1 lampiran lain",
        "Dibuat Andi, ", "Tanda tangan",
    )  # fmt: skip
    assert [part for part in expected if part not in words] == []
    assert [one for one in _IDENTITY if one in words or one.encode() in pdf] == []
    assert (plain.size, dict(plain.getexif())) == ((1000, 750), {})
    assert blackened.convert("L").getextrema() == (0, 0)


def test_each_copy_is_an_entry_in_the_history(app, office, runtime):
    ticket = office.hears()
    office.disposes(ticket)
    andi, rina = logged_in(app, "andi"), logged_in(app, "rina")
    again = logged_in(app, "andi")
    for person, page in ((andi, "pd"), (rina, "kotak"), (again, "pd")):
        person.opens(f"/{page}/aduan/{ticket}")

    copies = [who.sends(f"/lapangan/{ticket}/salinan") for who in (andi, rina, again)]

    made = [row for row in all_of(runtime, ComplaintEvent) if row.kind == "field_copy_made"]
    people = [office.andi.id, office.rina.id, office.andi.id]
    assert [copy.status_code for copy in copies] == [200, 200, 200]
    assert [row.actor_id for row in made] == people
    rina.opens(f"/kotak/aduan/{ticket}?bagian=riwayat")
    assert "Salinan lapangan dibuat" in rina.page


def test_of_a_secret_case_there_is_no_paper(app, office, runtime):
    ticket = office.hears(privacy=Privacy.SECRET)
    office.disposes(ticket, publish=False)
    andi, rina = logged_in(app, "andi"), logged_in(app, "rina")
    andi.opens(f"/pd/aduan/{ticket}")
    rina.opens(f"/kotak/aduan/{ticket}")
    offered = _BUTTON in andi.page or _BUTTON in rina.page

    refused = andi.sends(f"/lapangan/{ticket}/salinan")

    assert not offered
    assert refused.status_code == 302
    assert "tidak boleh disalin" in andi.follows(refused)
    assert "field_copy_made" not in {row.kind for row in all_of(runtime, ComplaintEvent)}


def test_what_the_fonts_lack_is_said_in_letters():
    text = "Bāk 👨‍👩‍👧 pecah\x00\u202e 你\t“é”\r\nﬁ"

    assert printable(text) == "Bak [emoji] pecah ? “é”\nfi"
    assert printable("") == ""
