"""Photos for the public: no metadata, boxes burned in, nothing without approval."""

import io

import pytest
from PIL import Image

from gateway.answering import answer_photos, answers, public_photos
from gateway.answering.answer_photos import NewPhotos
from gateway.answering.answers import Correction
from gateway.answering.public_photos import CITIZEN, WORK, Source
from gateway.cases.casefile import CaseRef
from gateway.errors import ForbiddenError, InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.media.media_files import Upload, keep_file
from gateway.media.photo_links import PUBLIC, photo_link
from gateway.media.redaction import Box
from store.complaints import by_ticket
from store.models.answering import AnswerPhoto, PublicPhoto
from store.models.complaint import Privacy
from store.models.messaging import Attachment, MediaKind, MediaState, Message
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of, only

FACE = Box(250, 250, 500, 500)


def photo(colour: str = "red") -> bytes:
    """A picture of a person, and where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Ponsel Uji"
    exif.get_ifd(0x8825)[1] = "S"
    target = io.BytesIO()
    Image.new("RGB", (200, 100), colour).save(target, "JPEG", exif=exif)
    return target.getvalue()


@pytest.fixture
def office(runtime):
    return open_office(runtime)


def with_picture(runtime, office, **columns) -> tuple[str, Source]:
    """A case with one picture of the citizen, disposed and open to the public."""
    ticket = office.hears(**columns)
    stored = keep_file(runtime, photo())
    with runtime.transaction() as session:
        complaint = by_ticket(session, ticket)
        message = session.query(Message).filter_by(complaint_id=complaint.id, direction="in").one()
        row = Attachment(
            message_id=message.id, ordinal=0, kind=MediaKind.IMAGE, state=MediaState.STORED,
            **{name: getattr(stored, name) for name in stored.__dataclass_fields__},
        )  # fmt: skip
        session.add(row)
        session.flush()
        source = Source(CITIZEN, row.id)
    office.disposes(ticket, publish=columns.get("privacy") is not Privacy.SECRET)
    return ticket, source


def visitor(runtime):
    """Somebody without a login, and what they see of the case."""
    return make_app(runtime).test_client()


def shown(runtime, ticket: str) -> list[bytes]:
    """The large pictures on the public page of a case."""
    browser = logged_in(make_app(runtime), "rina")
    browser.client.delete_cookie("sahut_sesi", domain="aduan.kabcontoh.go.id")
    browser.opens("/cek")
    browser.sends("/cek", number=ticket, pin="")
    addresses = [piece.split('"')[0] for piece in browser.page.split('class="thumb" href="')[1:]]
    return [browser.opens(address).get_data() for address in addresses]


def test_a_box_is_burned_into_the_copy_and_no_metadata_stays(runtime, office):
    ticket, source = with_picture(runtime, office)

    public_photos.draw(runtime, office.rina, CaseRef(ticket), source, [FACE], approve=True)

    (content,) = shown(runtime, ticket)
    picture = Image.open(io.BytesIO(content))
    assert max(picture.getpixel((100, 50))) < 12
    assert picture.getpixel((10, 10))[0] > 200
    assert dict(picture.getexif()) == {}
    assert b"Ponsel" not in content


def test_the_small_picture_is_blacked_out_too(runtime, office):
    ticket, source = with_picture(runtime, office)
    public_photos.draw(runtime, office.rina, CaseRef(ticket), source, [FACE], approve=True)

    small = runtime.media.read(only(runtime, PublicPhoto).thumbnail_key)

    assert max(Image.open(io.BytesIO(small)).getpixel((100, 50))) < 12


def test_nothing_is_shown_before_somebody_approves_and_after_it_is_taken_back(runtime, office):
    ticket, source = with_picture(runtime, office)
    public_photos.draw(runtime, office.rina, CaseRef(ticket), source, [FACE], approve=False)
    before = shown(runtime, ticket)
    public_photos.draw(runtime, office.rina, CaseRef(ticket), source, [FACE], approve=True)
    copy = only(runtime, PublicPhoto)
    address = f"{photo_link(runtime, PUBLIC, copy.id)}/besar"
    base = "https://aduan.kabcontoh.go.id"

    open_for_all = visitor(runtime).get(address, base_url=base, buffered=True).status_code
    public_photos.withdraw(runtime, office.rina, CaseRef(ticket), source)
    public_photos.withdraw(runtime, office.rina, CaseRef(ticket), source)

    assert before == []
    assert open_for_all == 200
    assert visitor(runtime).get(address, base_url=base, buffered=True).status_code == 404
    assert shown(runtime, ticket) == []


def test_an_address_ends_and_cannot_be_made_up(runtime, office, clock):
    ticket, source = with_picture(runtime, office)
    public_photos.draw(runtime, office.rina, CaseRef(ticket), source, [], approve=True)
    number = only(runtime, PublicPhoto).id
    kind, expires, signature = _parts(photo_link(runtime, PUBLIC, number))

    for address in (
        (kind, number, expires, "x" * 32),
        (kind, number, expires + 1, signature),
        ("periksa", number, expires, signature),
        (kind, number + 1, expires, signature),
    ):
        with pytest.raises(NotFoundError):
            public_photos.open_link(runtime, address, "besar")
    with pytest.raises(NotFoundError):
        public_photos.open_link(runtime, (kind, number, expires, signature), "asli")
    clock.advance(hours=25)

    with pytest.raises(NotFoundError):
        public_photos.open_link(runtime, (kind, number, expires, signature), "besar")


def test_of_a_secret_case_nothing_is_shown(runtime, office):
    ticket, source = with_picture(runtime, office, privacy=Privacy.SECRET)

    with pytest.raises(MoveNotAllowedError):
        public_photos.draw(runtime, office.rina, CaseRef(ticket), source, [FACE], approve=True)

    assert all_of(runtime, PublicPhoto) == []


def test_what_the_citizen_takes_back_is_gone_from_the_public_too(runtime, office):
    ticket, source = with_picture(runtime, office)
    public_photos.draw(runtime, office.rina, CaseRef(ticket), source, [], approve=True)
    address = photo_link(runtime, PUBLIC, only(runtime, PublicPhoto).id)
    with runtime.transaction() as session:
        session.query(Message).filter_by(direction="in").one().withdrawn_at = runtime.now()

    answer = visitor(runtime).get(f"{address}/besar", base_url="https://aduan.kabcontoh.go.id")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "boxes", [[Box(-1, 0, 10, 10)], [Box(0, 0, 0, 10)], [Box(1000, 0, 5, 5)], [FACE] * 41]
)
def test_a_box_that_covers_nothing_is_refused(runtime, office, boxes):
    ticket, source = with_picture(runtime, office)

    with pytest.raises(InvalidInputError):
        public_photos.draw(runtime, office.rina, CaseRef(ticket), source, boxes, approve=True)

    assert all_of(runtime, PublicPhoto) == []


def test_only_an_admin_of_diskominfo_decides_what_the_public_sees(runtime, office):
    ticket, source = with_picture(runtime, office)

    for person in (office.dewi, office.andi, office.tuti):
        with pytest.raises(ForbiddenError):
            public_photos.draw(runtime, person, CaseRef(ticket), source, [], approve=True)
    with pytest.raises(NotFoundError):
        public_photos.draw(
            runtime, office.rina, CaseRef(ticket), Source(WORK, source.id), [], approve=True
        )


def test_a_ticked_photo_of_the_work_is_shown_with_the_boxes_that_were_drawn_before(runtime, office):
    ticket = office.hears()
    office.disposes(ticket)
    office.accepts(ticket)
    new = NewPhotos("after", [Upload("a.jpg", photo("white"))])
    answer_photos.add(runtime, office.andi, CaseRef(ticket), new)
    number = only(runtime, AnswerPhoto).id
    public_photos.draw(
        runtime, office.rina, CaseRef(ticket), Source(WORK, number), [FACE], approve=False
    )
    office.drafts(ticket)

    form = Correction("Sudah.", final=True, to_public=frozenset({number}))
    answers.send_answer(runtime, office.rina, CaseRef(ticket), form)

    (content,) = shown(runtime, ticket)
    assert max(Image.open(io.BytesIO(content)).getpixel((100, 50))) < 12


def test_boxes_are_typed_added_and_struck_out_without_a_mouse(runtime, office):
    ticket, source = with_picture(runtime, office)
    rina = logged_in(make_app(runtime), "rina")
    rina.opens(f"/kotak/aduan/{ticket}/foto")
    page = f"/kotak/aduan/{ticket}/foto/warga/{source.id}"
    assert page in rina.page
    rina.opens(page)

    rina.sends(page, step="tambah", x=["10"], y=["10"], w=["20,5"], h=["20"])
    assert rina.page.count('class="redact-row"') == 2
    assert 'width="205"' in rina.page
    rina.sends(
        page, step="tayang", x=["10", "40"], y=["10", "40"], w=["20", "20"], h=["20", "20"],
        hapus=["1"],
    )  # fmt: skip
    rina.opens(page)

    assert only(runtime, PublicPhoto).boxes == [[100, 100, 200, 200]]
    assert "tampil ke publik" in rina.page
    refused = rina.sends(page, step="tayang", x=["satu"], y=["0"], w=["1e999"], h=["nan"])
    assert refused.status_code == 422


def _parts(address: str) -> tuple[str, int, str]:
    _, _, kind, _, expires, signature = address.split("/")
    return kind, int(expires), signature
