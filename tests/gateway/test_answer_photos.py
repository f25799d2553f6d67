"""Photos of the work: added in the field, chosen by Diskominfo, hidden from everybody else."""

import io

import pytest
from PIL import Image

from channels.errors import SendError
from channels.message import ChannelName, MediaKind
from gateway.answering import answer_photos, answers
from gateway.answering.answer_photos import NewPhotos
from gateway.answering.answers import Correction
from gateway.answering.drafts import DraftForm, save_draft
from gateway.cases.casefile import CaseRef
from gateway.errors import InvalidInputError, MoveNotAllowedError, NotFoundError
from gateway.media.media_files import Upload
from gateway.sending import replies
from store.models.answering import AnswerPhoto, PublicPhoto
from store.models.complaint import ComplaintStatus, Privacy
from store.models.messaging import Attachment, Message
from store.models.outbox import OutboxPart
from store.models.recording import LeftFile
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of, only


def photo(colour: str = "green") -> bytes:
    """A picture as a phone takes it, with the place in it."""
    made, exif = Image.new("RGB", (64, 48), colour), Image.Exif()
    exif[0x010F] = "Ponsel Uji"
    exif.get_ifd(0x8825)[1] = "S"
    target = io.BytesIO()
    made.save(target, "JPEG", exif=exif)
    return target.getvalue()


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def ticket(office):
    number = office.hears()
    office.disposes(number)
    office.accepts(number)
    return number


def adds(office, ticket, *contents, moment="after"):
    files = [Upload(f"IMG_{number}.jpg", content) for number, content in enumerate(contents)]
    answer_photos.add(office.runtime, office.andi, CaseRef(ticket), NewPhotos(moment, files))


def test_a_photo_is_kept_with_a_copy_that_tells_no_place(runtime, office, ticket):
    adds(office, ticket, photo())

    row = only(runtime, AnswerPhoto)
    copy = Image.open(io.BytesIO(runtime.media.read(row.shared_key)))
    assert (row.moment, row.added_by) == ("after", office.andi.id)
    assert dict(copy.getexif()) == {}
    assert runtime.media.read(row.original_key) == photo()


def test_the_same_photo_sent_twice_is_one(runtime, office, ticket):
    adds(office, ticket, photo(), photo())
    adds(office, ticket, photo(), moment="before")

    assert only(runtime, AnswerPhoto).moment == "after"


def test_what_is_no_photo_is_refused_and_the_rest_is_kept(runtime, office, ticket):
    with pytest.raises(InvalidInputError) as refusal:
        adds(office, ticket, b"MZ" + bytes(200), photo(), b"%PDF-1.4 surat")

    assert "IMG_0.jpg" in refusal.value.problems["photos"]
    assert "JPG, PNG, atau WebP" in refusal.value.problems["photos"]
    assert len(all_of(runtime, AnswerPhoto)) == 1
    assert len(all_of(runtime, LeftFile)) > 0


def test_more_than_ten_photos_are_not_taken(runtime, office, ticket):
    shades = [photo(f"rgb({shade}, 0, 0)") for shade in range(0, 220, 20)]

    with pytest.raises(InvalidInputError) as refusal:
        adds(office, ticket, *shades)

    assert "Paling banyak 10 foto" in refusal.value.problems["photos"]
    assert len(all_of(runtime, AnswerPhoto)) == 10


def test_another_pd_can_neither_add_nor_drop_nor_see(runtime, office, ticket):
    adds(office, ticket, photo())
    row = only(runtime, AnswerPhoto)
    files = NewPhotos("after", [Upload("a.jpg", photo("red"))])

    with pytest.raises(NotFoundError):
        answer_photos.add(runtime, office.hadi, CaseRef(ticket), files)
    with pytest.raises(NotFoundError):
        answer_photos.drop(runtime, office.hadi, CaseRef(ticket), row.id)
    hadi = logged_in(make_app(runtime), "hadi")

    assert hadi.opens(f"/lampiran/foto/{row.id}/tampil").status_code == 403
    assert len(all_of(runtime, AnswerPhoto)) == 1


def test_the_original_needs_a_right(runtime, office, ticket):
    adds(office, ticket, photo())
    row, app = only(runtime, AnswerPhoto), make_app(runtime)

    andi, rina, dewi = (logged_in(app, name) for name in ("andi", "rina", "dewi"))

    assert andi.opens(f"/lampiran/foto/{row.id}/tampil").status_code == 200
    assert andi.opens(f"/lampiran/foto/{row.id}/asli").status_code == 403
    assert dewi.opens(f"/lampiran/foto/{row.id}/asli").status_code == 404
    assert rina.opens(f"/lampiran/foto/{row.id}/asli").get_data() == photo()


def test_a_dropped_photo_is_gone_and_its_files_are_given_up(runtime, office, ticket):
    adds(office, ticket, photo())
    row = only(runtime, AnswerPhoto)

    answer_photos.drop(runtime, office.andi, CaseRef(ticket), row.id)
    answer_photos.drop(runtime, office.andi, CaseRef(ticket), row.id)

    assert all_of(runtime, AnswerPhoto) == []
    assert row.original_key in {left.key for left in all_of(runtime, LeftFile)}


def test_no_photo_is_added_while_diskominfo_corrects(runtime, office, ticket):
    office.drafts(ticket)

    with pytest.raises(MoveNotAllowedError):
        adds(office, ticket, photo())

    assert all_of(runtime, AnswerPhoto) == []


def test_done_work_that_one_can_see_needs_a_photo_or_a_reason(runtime, office, ticket):
    done = DraftForm(done="Lampu sudah diganti.", proposal="resolved")

    with pytest.raises(InvalidInputError) as refusal:
        save_draft(runtime, office.andi, CaseRef(ticket), done, submit=True)
    adds(office, ticket, photo(), moment="before")
    with pytest.raises(InvalidInputError):
        save_draft(runtime, office.andi, CaseRef(ticket), done, submit=True)
    adds(office, ticket, photo("yellow"))
    save_draft(runtime, office.andi, CaseRef(ticket), done, submit=True)

    assert set(refusal.value.problems) == {"no_photo"}
    assert office.complaint(ticket).draft_submitted_at is not None


def test_selesai_needs_a_photo_or_a_reason_of_diskominfo_too(runtime, office, ticket):
    office.drafts(ticket, no_photo="")
    final = Correction("Lampu sudah diganti.", final=True)

    with pytest.raises(InvalidInputError) as refusal:
        answers.send_answer(runtime, office.rina, CaseRef(ticket), final)
    assert set(refusal.value.problems) == {"no_photo"}
    assert office.complaint(ticket).status is ComplaintStatus.IN_PROGRESS

    reasoned = Correction("Lampu sudah diganti.", final=True, no_photo="Gelap, foto tidak jelas.")
    answers.send_answer(runtime, office.rina, CaseRef(ticket), reasoned)

    assert office.complaint(ticket).status is ComplaintStatus.RESOLVED
    assert all("Gelap" not in (message.text or "") for message in all_of(runtime, Message))


def test_work_that_cannot_be_seen_needs_no_photo(runtime, office):
    ticket = office.hears()
    office.disposes(ticket, category="ADMINDUK")
    office.accepts(ticket)
    office.drafts(ticket, no_photo="")

    answers.send_answer(
        runtime, office.rina, CaseRef(ticket), Correction("KTP sudah jadi.", final=True)
    )

    assert office.complaint(ticket).status is ComplaintStatus.RESOLVED


def test_a_ticked_photo_goes_to_the_citizen_behind_the_words(runtime, office, ticket, whatsapp):
    adds(office, ticket, photo(), photo("red"))
    chosen = all_of(runtime, AnswerPhoto)[0].id
    office.drafts(ticket)

    form = Correction("Lampu sudah diganti.", final=False, to_citizen=frozenset({chosen}))
    answers.send_answer(runtime, office.rina, CaseRef(ticket), form)
    replies.drain(runtime)

    pictures = [part.medium for part in whatsapp.sent if part.medium]
    assert len(pictures) == 1
    assert pictures[0].content is not None
    assert b"Ponsel Uji" not in pictures[0].content
    assert "Lampu sudah diganti." in (whatsapp.sent[-2].text or "")
    assert only(runtime, Attachment).kind is MediaKind.IMAGE
    assert [row.answer_id is not None for row in all_of(runtime, AnswerPhoto)] == [True, False]


def test_a_photo_that_was_sent_is_not_dropped_any_more(runtime, office, ticket):
    adds(office, ticket, photo())
    row = only(runtime, AnswerPhoto)
    office.drafts(ticket)
    form = Correction("Lampu dipesan.", final=False, to_citizen=frozenset({row.id}))
    answers.send_answer(runtime, office.rina, CaseRef(ticket), form)

    with pytest.raises(MoveNotAllowedError):
        answer_photos.drop(runtime, office.andi, CaseRef(ticket), row.id)

    assert only(runtime, AnswerPhoto).id == row.id


def test_a_secret_case_sends_and_publishes_no_photo(runtime, office):
    ticket = office.hears(privacy=Privacy.SECRET)
    office.disposes(ticket, publish=False)
    office.accepts(ticket)
    adds(office, ticket, photo())
    row = only(runtime, AnswerPhoto)
    office.drafts(ticket)
    ids = frozenset({row.id})

    form = Correction("Sudah.", final=True, to_citizen=ids, to_public=ids)
    answers.send_answer(runtime, office.rina, CaseRef(ticket), form)

    assert all_of(runtime, PublicPhoto) == []
    assert all(part.kind != "media" for part in all_of(runtime, OutboxPart))


def test_sms_carries_words_alone(runtime, office, sms):
    sms.limits = type(sms.limits)(text_units=1000, media_bytes=())
    ticket = office.hears(channel=ChannelName.SMS)
    office.disposes(ticket)
    office.accepts(ticket)
    adds(office, ticket, photo())
    row = only(runtime, AnswerPhoto)
    office.drafts(ticket)

    form = Correction("Lampu dipesan.", final=False, to_citizen=frozenset({row.id}))
    answers.send_answer(runtime, office.rina, CaseRef(ticket), form)

    assert all(part.kind != "media" for part in all_of(runtime, OutboxPart))


def test_ticks_of_a_saved_correction_stay(runtime, office, ticket):
    adds(office, ticket, photo(), photo("red"))
    first, second = (row.id for row in all_of(runtime, AnswerPhoto))
    office.drafts(ticket)
    form = Correction(
        "Teks", final=True, to_citizen=frozenset({first}), to_public=frozenset({second})
    )

    answers.save_correction(runtime, office.rina, CaseRef(ticket), form)
    rina = logged_in(make_app(runtime), "rina")
    rina.opens(f"/koreksi/{ticket}")

    assert f'name="to_citizen" value="{first}" checked' in rina.page
    assert f'name="to_public" value="{second}" checked' in rina.page
    assert f'name="to_public" value="{first}" checked' not in rina.page


def test_a_failed_photo_leaves_the_words_where_they_are(runtime, office, ticket, whatsapp):
    adds(office, ticket, photo())
    row = only(runtime, AnswerPhoto)
    office.drafts(ticket)
    form = Correction("Lampu dipesan.", final=False, to_citizen=frozenset({row.id}))
    answers.send_answer(runtime, office.rina, CaseRef(ticket), form)
    runtime.media.drop(row.shared_key)

    replies.drain(runtime)

    parts = all_of(runtime, OutboxPart)
    assert [part.status.value for part in parts[-2:]] == ["sent", "failed"]
    assert not any(isinstance(fault, SendError) for fault in whatsapp.faults)


def test_a_pd_takes_a_photo_saves_and_hands_in_on_one_page(runtime, ticket):
    andi = logged_in(make_app(runtime), "andi")
    andi.opens(f"/pd/aduan/{ticket}")
    assert 'accept="image/*" capture="environment"' in andi.page

    response = andi.sends(
        f"/pd/aduan/{ticket}/draf", done="Lampu diganti", proposal="resolved", moment="after",
        step="foto", camera=(io.BytesIO(photo()), "IMG_1.jpg"),
    )  # fmt: skip
    andi.follows(response)
    row = only(runtime, AnswerPhoto)
    assert "Lampu diganti</textarea>" in andi.page
    assert f"/lampiran/foto/{row.id}/kecil" in andi.page

    response = andi.sends(
        f"/pd/aduan/{ticket}/draf", done="Lampu diganti", proposal="resolved", step="ajukan"
    )

    assert "menunggu koreksi" in andi.follows(response).lower()


def test_a_refused_file_loses_no_word_of_the_draft(runtime, ticket):
    andi = logged_in(make_app(runtime), "andi")
    andi.opens(f"/pd/aduan/{ticket}")

    response = andi.sends(
        f"/pd/aduan/{ticket}/draf", done="Lampu diganti", proposal="resolved", moment="after",
        step="foto", gallery=(io.BytesIO(b"MZ" + bytes(300)), "virus.jpg"),
    )  # fmt: skip

    assert response.status_code == 422
    assert "“virus.jpg” jenisnya tidak diterima" in andi.page
    assert "Lampu diganti</textarea>" in andi.page


def test_a_photo_is_taken_out_by_its_button(runtime, office, ticket):
    adds(office, ticket, photo())
    andi = logged_in(make_app(runtime), "andi")
    andi.opens(f"/pd/aduan/{ticket}")
    number = only(runtime, AnswerPhoto).id

    andi.sends(f"/pd/aduan/{ticket}/draf", done="Teks", proposal="resolved", step=f"buang-{number}")

    assert all_of(runtime, AnswerPhoto) == []
