import io
import os
import threading
from collections import Counter
from dataclasses import replace

import pytest
from PIL import Image
from sqlalchemy import delete, select, text
from sqlalchemy.exc import OperationalError

from channels.message import ChannelName, DeliveryStatus, MediaKind
from gateway.cases.recording_form import SOCIAL, read_nik, read_phone
from gateway.dialogue import dialogue
from gateway.dialogue.filing import pin_hash
from gateway.errors import ForbiddenError, InvalidInputError, NotFoundError
from gateway.reading.attachments import open_file
from gateway.recording import recording, recording_drafts
from gateway.recording.recording_drafts import Upload
from gateway.sending import replies
from gateway.texts import Catalogue
from normalizer.draft import NikProblem
from store import second_channel
from store.complaints import by_ticket
from store.models.complaint import Complaint, ComplaintEvent, Priority, Privacy
from store.models.messaging import Attachment, Conversation, Message
from store.models.outbox import OneTimeSecret, OutboxPart
from store.models.recording import LeftFile, RecordingDraft
from store.models.second_channel import SecondChannel
from tests.gateway.office import open_office
from tests.gateway.record_forms import E164, NIK, PHONE, keep, save
from tests.gateway.rows import all_of, message, only


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def dewi(office):
    return office.dewi


def picture() -> bytes:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Kamera Uji"
    Image.new("RGB", (40, 30), "red").save(target, "JPEG", exif=exif)
    return target.getvalue()


def test_a_call_becomes_one_complaint_with_what_the_normalizer_read_in_it(runtime, dewi):
    receipt = save(runtime, dewi)

    complaint = only(runtime, Complaint)
    assert complaint.ticket == receipt.ticket == "26-00001-0"
    assert complaint.channel is ChannelName.OPERATOR
    assert complaint.source == "phone"
    assert complaint.nik == NIK
    assert complaint.nik_problem is None
    assert complaint.desa == "Air Putih"
    assert complaint.place["landmark"] == "depan Masjid Al-Ikhlas"
    assert complaint.event_text == "kemarin sore"
    assert complaint.category_code == "PJU"
    assert complaint.reporter_name == "Siti Aminah"
    assert complaint.privacy is Privacy.ANONYMOUS


def test_the_callers_name_is_hidden_from_the_public_text_and_from_what_a_pd_reads(runtime, dewi):
    save(runtime, dewi)

    assert "Siti" not in only(runtime, Complaint).public_text
    assert all("Siti" not in (message.redacted_text or "") for message in all_of(runtime, Message))


@pytest.mark.parametrize("name", ["@warga_uji", "siti AMINAH", "Xq", "Siti (Ani)", "jalan"])
def test_a_stated_name_stands_in_no_text_that_others_read(runtime, dewi, name):
    story = f"Jalan berlubang, kata {name.upper()} dan {name}, di simpang"

    save(runtime, dewi, name=name, story=story, form=SOCIAL)

    complaint = only(runtime, Complaint)
    read = [message.redacted_text or "" for message in all_of(runtime, Message)]
    for words in (complaint.public_text, complaint.title, *read):
        assert f"kata {name}".lower() not in words.lower()
        assert f"dan {name}".lower() not in words.lower()
    assert complaint.original_text == story
    assert "Nama saya" not in complaint.public_text


def test_the_history_names_the_officer_and_the_source_and_never_the_pin(runtime, dewi):
    receipt = save(runtime, dewi)

    events = all_of(runtime, ComplaintEvent)
    assert [(event.kind, event.actor_id) for event in events] == [
        ("received", None),
        ("recorded", dewi.id),
    ]
    assert events[1].data == {"source": "phone"}
    assert all(receipt.pin not in str(event.data) for event in events)


def test_the_pin_that_is_read_aloud_opens_the_complaint_and_is_kept_nowhere(runtime, dewi):
    receipt = save(runtime, dewi)

    complaint = only(runtime, Complaint)
    assert complaint.pin_hash == pin_hash(runtime, receipt.ticket, receipt.pin)
    assert all_of(runtime, OneTimeSecret) == []
    assert all_of(runtime, OutboxPart) == []


def test_saving_twice_makes_one_complaint_and_shows_the_pin_once(runtime, dewi):
    key = keep(runtime, dewi)
    first = recording.save(runtime, dewi, key)
    keep(runtime, dewi, key, story="Diketik lagi setelah tersimpan")

    second = recording.save(runtime, dewi, key)

    assert first.pin
    assert second.pin is None
    assert second.ticket == first.ticket
    assert only(runtime, Complaint).original_text.startswith("Lampu jalan mati")
    assert all_of(runtime, RecordingDraft) == []


def test_two_presses_at_once_make_one_complaint(runtime, dewi):
    key, receipts = keep(runtime, dewi), []
    barrier = threading.Barrier(4)

    def press() -> None:
        barrier.wait()
        receipts.append(recording.save(runtime, dewi, key))

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(all_of(runtime, Complaint)) == 1
    assert Counter(receipt.pin is None for receipt in receipts) == {True: 3, False: 1}


def test_a_pin_that_nobody_heard_is_replaced_and_the_old_one_ends(runtime, office, dewi, clock):
    key = keep(runtime, dewi)
    first = recording.save(runtime, dewi, key)

    second = recording.renew_pin(runtime, dewi, key)

    stored = only(runtime, Complaint).pin_hash
    assert stored == pin_hash(runtime, first.ticket, second.pin)
    assert "pin_renewed" in [event.kind for event in all_of(runtime, ComplaintEvent)]
    with pytest.raises(NotFoundError):
        recording.renew_pin(runtime, office.rina, key)
    clock.advance(minutes=61)
    with pytest.raises(NotFoundError):
        recording.renew_pin(runtime, dewi, key)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "missing"),
        ("140301010785", "invalid_length"),
        ("9999990107859002", "invalid_region"),
        ("1403013902859002", "invalid_date"),
        ("KK 1403010107859002", "kk_only"),
        ("1403010107859002 1403010107859003", "multiple"),
        ("😀", "invalid_length"),
    ],
)
def test_a_complaint_without_a_good_nik_is_taken_and_flagged(runtime, dewi, typed, problem):
    save(runtime, dewi, nik=typed)

    complaint = only(runtime, Complaint)
    assert complaint.nik is None
    assert complaint.nik_problem == problem


def test_a_nik_is_read_in_groups_and_a_childs_number_is_held_for_a_family_card(runtime):
    today = runtime.now().date()

    assert read_nik(" 1403 0101 0785 9002 ", today).nik == NIK
    assert read_nik("1403010107159002", today).problem is NikProblem.KK_ONLY


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0812-5550-1044", E164),
        ("+62 812 5550 1044", E164),
        ("6281255501044", E164),
        ("(0766) 21234", "+6276621234"),
        ("+60123456789", "+60123456789"),
        ("12345", None),
        ("0812-5550-10445555555", None),
        ("tidak ada", None),
        ("😀", None),
        ("٠٨١٢٥٥٥٠١٠٤٤", None),
    ],
)
def test_numbers_are_read_as_people_write_them(typed, number):
    assert read_phone(typed) == number


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"source": ""}, "source"),
        ({"source": "social"}, "source"),
        ({"story": "  "}, "story"),
        ({"story": "x" * 20_001}, "story"),
        ({"phone": "12345"}, "phone"),
        ({"consent": "on"}, "phone"),
        ({"consent": "on", "phone": "0766-21234"}, "phone"),
        ({"kind": "spam"}, "kind"),
        ({"privacy": "named"}, "privacy"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_everything_stays(runtime, dewi, fields, field):
    key = keep(runtime, dewi, **fields)

    with pytest.raises(InvalidInputError) as refused:
        recording.save(runtime, dewi, key)

    assert list(refused.value.problems) == [field]
    kept = recording_drafts.draft(runtime, dewi, key)
    assert kept.fields["landmark"] == "depan Masjid Al-Ikhlas"
    assert all_of(runtime, Complaint) == []


def test_ten_thousand_characters_and_emoji_are_kept_as_they_were_said(runtime, dewi):
    story = ("Jalan rusak 😀 " * 700).strip()

    save(runtime, dewi, story=story)

    assert only(runtime, Complaint).original_text == story
    assert len(story) > 9_000


@pytest.mark.parametrize("story", ["STATUS", "halo halo", "BATAL", "26-00001-2"])
def test_words_that_would_be_orders_in_a_chat_are_a_story_here(runtime, dewi, story):
    save(runtime, dewi, story=story)

    complaint = only(runtime, Complaint)
    assert complaint.original_text == story
    assert complaint.public_text
    assert complaint.kind == "complaint"


def test_a_place_that_nobody_knows_is_kept_as_it_was_said(runtime, dewi):
    save(runtime, dewi, place="Xyzzy", landmark="", event="waktu itu")

    complaint = only(runtime, Complaint)
    assert complaint.place["text"] == "Xyzzy"
    assert complaint.event_text == "waktu itu"
    assert complaint.event_at is None


def test_danger_is_marked_by_the_box_and_by_the_words(runtime, dewi):
    save(runtime, dewi, danger="on")
    save(runtime, dewi, story="Ada kebakaran besar di rumah tetangga, masih ada orang di dalam")

    ticked, said = all_of(runtime, Complaint)
    assert ticked.emergency
    assert ticked.kind == "emergency"
    assert said.kind == "complaint"
    assert said.priority is Priority.URGENT


def test_a_caller_who_agreed_gets_number_and_pin_by_sms(runtime, dewi, sms):
    receipt = save(runtime, dewi, phone=PHONE, consent="on")

    replies.drain(runtime)

    (part,) = sms.sent
    assert part.recipient == E164
    assert f"No. {receipt.ticket}, PIN {receipt.pin} (rahasiakan)" in part.text
    assert receipt.told == "Nomor dan PIN juga dikirim lewat SMS ke +62 812-****-044."
    agreement = only(runtime, SecondChannel)
    assert agreement.how.value == "operator"


@pytest.mark.parametrize("fields", [{}, {"phone": PHONE}])
def test_nothing_is_sent_to_a_caller_who_did_not_agree(runtime, dewi, fields):
    save(runtime, dewi, **fields)

    assert all_of(runtime, OutboxPart) == []
    assert all_of(runtime, SecondChannel) == []


def test_a_number_that_opted_out_gets_no_sms_and_the_officer_knows(runtime, dewi):
    first = save(runtime, dewi, phone=PHONE, consent="on")
    with runtime.transaction() as session:
        row = session.query(Conversation).filter_by(channel=ChannelName.SMS).one()
        row.suppressed_reason = "opt_out"

    second = save(runtime, dewi, phone=PHONE, consent="on")

    assert first.pin
    assert second.told == "Pesan tidak dapat dikirim ke nomor ini: bacakan nomor dan PIN."
    assert len(all_of(runtime, OutboxPart)) == 1


def test_without_sms_the_agreed_message_goes_to_an_open_whatsapp_chat_only(
    runtime, dewi, whatsapp, hear
):
    chats_only = replace(runtime, channels={ChannelName.WHATSAPP: whatsapp})
    silent = save(chats_only, dewi, phone=PHONE, consent="on")
    hear(whatsapp, message("wa-1", "Halo", ChannelName.WHATSAPP, E164))

    talking = save(chats_only, dewi, phone=PHONE, consent="on")

    assert silent.told == "Pesan tidak dapat dikirim ke nomor ini: bacakan nomor dan PIN."
    assert talking.told == "Nomor dan PIN juga dikirim lewat WhatsApp ke +62 812-****-044."
    part = only(runtime, OutboxPart)
    assert [button[1] for button in part.payload["buttons"]] == ["MENGERTI", "SALAH", "BUKAN SAYA"]
    assert part.status is DeliveryStatus.QUEUED


def test_files_are_judged_by_content_and_their_copies_carry_no_exif(runtime, dewi):
    files = (Upload("foto.png", picture()), Upload("foto lagi.jpg", picture()))

    save(runtime, dewi, uploads=files)

    kept = only(runtime, Attachment)
    assert kept.kind is MediaKind.IMAGE
    assert kept.mime == "image/jpeg"
    assert b"Kamera Uji" in runtime.media.read(kept.original_key)
    assert b"Kamera Uji" not in runtime.media.read(kept.shared_key)


def test_a_picture_of_an_identity_card_is_kept_from_the_pd(runtime, office, dewi):
    save(runtime, dewi, uploads=(Upload("ktp.jpg", picture()),), identity_files="on")
    attachment = only(runtime, Attachment)
    office.disposes(only(runtime, Complaint).ticket)

    assert attachment.is_identity
    with pytest.raises(NotFoundError):
        open_file(runtime, office.andi, attachment.id, "tampil")


def test_a_refused_file_is_named_and_the_others_stay(runtime, dewi):
    files = (Upload("program.exe", b"MZ" + bytes(200)), Upload("foto.jpg", picture()))

    with pytest.raises(InvalidInputError) as refused:
        keep(runtime, dewi, "kunci-formulir", files)

    assert refused.value.problems == {"files": "“program.exe” jenisnya tidak diterima."}
    kept = recording_drafts.draft(runtime, dewi, "kunci-formulir")
    assert [name for name, _ in kept.files] == ["foto.jpg"]
    recording_drafts.drop_file(runtime, dewi, "kunci-formulir", 0)
    recording_drafts.drop_file(runtime, dewi, "kunci-formulir", 0)
    assert recording_drafts.draft(runtime, dewi, "kunci-formulir").files == []


def test_more_files_than_a_case_takes_are_refused_aloud(runtime, dewi):
    files = tuple(
        Upload(f"{at}.vcf", f"BEGIN:VCARD\nFN:{at}\nEND:VCARD".encode()) for at in range(12)
    )

    with pytest.raises(InvalidInputError) as refused:
        keep(runtime, dewi, "kunci-formulir", files)

    assert refused.value.problems == {"files": "Paling banyak 10 berkas; yang lain tidak disimpan."}
    assert len(recording_drafts.draft(runtime, dewi, "kunci-formulir").files) == 10


def test_a_save_that_fails_halfway_leaves_the_form_and_nothing_else(runtime, dewi):
    key = keep(runtime, dewi, phone=PHONE, consent="on")
    without_words = replace(runtime, catalogue=Catalogue({}))

    with pytest.raises(KeyError):
        recording.save(without_words, dewi, key)

    assert all_of(runtime, Complaint) == []
    assert all_of(runtime, SecondChannel) == []
    assert recording.save(runtime, dewi, key).pin


def test_a_draft_is_ones_own_and_can_be_thrown_away(runtime, office, dewi):
    key = keep(runtime, dewi, story="NIK saya 1403010107859002")

    (line,) = recording_drafts.drafts(runtime, dewi)
    assert line.words == "NIK saya ****002"
    assert recording_drafts.drafts(runtime, office.rina) == []
    with pytest.raises(NotFoundError):
        recording_drafts.draft(runtime, office.rina, key)
    recording_drafts.drop_draft(runtime, dewi, key)
    assert recording_drafts.drafts(runtime, dewi) == []


def test_only_diskominfo_writes_down(runtime, office):
    for outsider in (office.andi, office.sekda, office.tuti):
        with pytest.raises(ForbiddenError):
            keep(runtime, outsider)
        with pytest.raises(ForbiddenError):
            recording.save(runtime, outsider, "kunci-formulir")
        with pytest.raises(ForbiddenError):
            recording.findings(runtime, outsider, {})


def test_a_post_keeps_its_link_its_time_and_its_platform_and_nothing_is_sent(runtime, dewi):
    receipt = save(runtime, dewi, form=SOCIAL, phone=PHONE, consent="on")
    save(runtime, dewi, form=SOCIAL, link="https://www.facebook.com/warga/posts/1", posted="")

    on_x, elsewhere = all_of(runtime, Complaint)
    assert on_x.channel is ChannelName.X
    assert on_x.source == "social"
    assert on_x.origin == {
        "link": "https://x.com/warga_uji/status/1234567890",
        "posted_at": "2026-11-19T20:15:00+07:00",
    }
    assert on_x.reporter_name == "@warga_uji"
    assert elsewhere.channel is ChannelName.OPERATOR
    assert elsewhere.origin["posted_at"] is None
    assert receipt.told == "Tidak ada pesan yang dikirim ke media sosial."
    assert all_of(runtime, OutboxPart) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"link": "http://x.com/a"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"link": "https://user@x.com/a"}, "link"),
        ({"link": 'https://x.com/"onclick'}, "link"),
        ({"link": "https://[x"}, "link"),
        ({"link": ""}, "link"),
        ({"posted": "kemarin"}, "posted"),
        ({"posted": "0001-01-01T00:00"}, "posted"),
        ({"posted": "2026-12-24T10:00"}, "posted"),
    ],
)
def test_a_post_needs_a_whole_https_link_and_a_possible_time(runtime, dewi, fields, field):
    key = keep(runtime, dewi, form=SOCIAL, **fields)

    with pytest.raises(InvalidInputError) as refused:
        recording.save(runtime, dewi, key)

    assert list(refused.value.problems) == [field]


def test_the_findings_say_what_is_known_what_is_missing_and_what_may_be_the_same(runtime, dewi):
    other = save(runtime, dewi)

    whole = recording.findings(
        runtime,
        dewi,
        {
            "story": "Lampu jalan mati gelap",
            "place": "Desa Air Putih",
            "landmark": "depan Masjid Al-Ikhlas",
            "event": "kemarin sore",
            "nik": NIK,
            "phone": PHONE,
        },
    )
    empty = recording.findings(runtime, dewi, {})

    assert whole.nik == "cocok"
    assert whole.event == "19 November 2026 (“kemarin sore”)"
    assert whole.place == "depan Masjid Al-Ikhlas, Desa Air Putih, Kec. Bengkalis"
    assert whole.phone == "+62 81255501044"
    assert whole.missing == []
    assert [item.ticket for item in whole.similar] == [other.ticket]
    assert empty.nik == "tanpa NIK, tetap diterima"
    assert empty.similar == []
    assert (whole.earlier, empty.earlier) == ([], [])


def test_a_phone_shows_its_earlier_cases_written_by_itself_or_by_us(
    runtime, dewi, hear, sms, clock
):
    first = save(runtime, dewi, phone=PHONE, consent="on").ticket
    story = "Parit meluap di Desa Wonosari sejak kemarin. NIK 1403010107859002"
    clock.advance(hours=3)
    citizen_writes(runtime, hear, sms, story)
    clock.advance(minutes=2)
    dialogue.drain(runtime)

    found = recording.findings(runtime, dewi, {"phone": PHONE})

    own = all_of(runtime, Complaint)[-1].ticket
    assert [ticket for ticket, _ in found.earlier] == [own, first]


def citizen_writes(runtime, hear, sms, words: str, number: str = "sms-1") -> None:
    hear(sms, message(number, words, ChannelName.SMS, E164))
    dialogue.drain(runtime)


def test_the_callers_phone_asks_for_the_status_of_what_was_written_down(runtime, dewi, hear, sms):
    receipt = save(runtime, dewi, phone=PHONE, consent="on")

    citizen_writes(runtime, hear, sms, "STATUS")

    newest = all_of(runtime, Message)[-1]
    assert newest.text_key == "status"
    assert receipt.ticket in newest.text


def test_a_case_is_locked_after_its_callers_conversation_as_the_dialogue_does(runtime, dewi):
    ticket = save(runtime, dewi, phone=PHONE, consent="on").ticket

    with runtime.transaction() as dialogue_side, runtime.transaction() as officer_side:
        by_phone = select(Conversation.id).where(Conversation.channel == ChannelName.SMS)
        dialogue_side.execute(by_phone.with_for_update())
        officer_side.execute(text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(OperationalError):
            by_ticket(officer_side, ticket, lock=True)
        officer_side.rollback()


def test_salah_flags_the_case_for_the_operator_and_is_answered_kindly(runtime, dewi, hear, sms):
    receipt = save(runtime, dewi, phone=PHONE, consent="on")

    citizen_writes(runtime, hear, sms, "SALAH")

    complaint = only(runtime, Complaint)
    assert complaint.dispute == "wrong"
    newest = all_of(runtime, Message)[-1]
    assert newest.text_key == "isi_keliru"
    assert receipt.ticket in newest.text
    said = next(item for item in all_of(runtime, Message) if item.text == "SALAH")
    assert said.complaint_id == complaint.id
    assert "disputed" in [event.kind for event in all_of(runtime, ComplaintEvent)]


def test_somebody_else_behind_the_number_hears_no_more_of_the_case(runtime, dewi, hear, sms):
    told = save(runtime, dewi, phone=PHONE, consent="on")

    citizen_writes(runtime, hear, sms, "BUKAN SAYA")
    citizen_writes(runtime, hear, sms, "STATUS", "sms-2")

    complaint = only(runtime, Complaint)
    assert complaint.dispute == "not_me"
    with runtime.transaction() as session:
        assert second_channel.agreed(session, complaint.conversation_id) == []
    texts = [message.text_key for message in all_of(runtime, Message) if message.text_key]
    assert texts == ["lewat_telepon", "bukan_pengadu", "tidak_ditemukan"]
    assert complaint.pin_hash != pin_hash(runtime, told.ticket, told.pin)


def test_what_is_written_after_salah_joins_the_case_until_somebody_has_looked(
    runtime, dewi, hear, sms
):
    save(runtime, dewi, phone=PHONE, consent="on")
    citizen_writes(runtime, hear, sms, "SALAH")

    citizen_writes(runtime, hear, sms, "Yang mati lampu di Desa Wonosari, bukan Air Putih", "sms-2")

    complaint = only(runtime, Complaint)
    right = next(item for item in all_of(runtime, Message) if "Wonosari" in (item.text or ""))
    assert right.complaint_id == complaint.id


@pytest.mark.usefixtures("office")
def test_who_wrote_himself_still_reaches_a_person_with_salah(runtime, hear, sms, clock):
    story = "Lampu jalan depan masjid Desa Air Putih mati sejak kemarin. NIK 1403010107859002"
    citizen_writes(runtime, hear, sms, story)
    clock.advance(minutes=2)
    dialogue.drain(runtime)

    citizen_writes(runtime, hear, sms, "SALAH", "sms-2")

    assert only(runtime, Complaint).dispute is None
    assert only(runtime, Conversation).needs_person_at is not None


def files_on_disk(runtime):
    folder = runtime.media.path("0" * 64).parent.parent
    return [path for path in folder.rglob("*") if path.is_file()]


def long_ago(runtime):
    """Let all files look as if they had been kept on the first day of 2026."""
    for path in files_on_disk(runtime):
        os.utime(path, (1_767_200_000, 1_767_200_000))


@pytest.mark.parametrize("way", ["dropped", "one file dropped", "forgotten for a day"])
def test_files_of_a_form_that_was_never_saved_leave_the_disk(runtime, dewi, clock, way):
    key = keep(runtime, dewi, "kunci-formulir", (Upload("ktp.jpg", picture()),))
    if way == "dropped":
        recording_drafts.drop_draft(runtime, dewi, key)
    elif way == "one file dropped":
        recording_drafts.drop_file(runtime, dewi, key, 0)
    else:
        clock.advance(hours=25)
        recording_drafts.clean(runtime)
    clock.advance(hours=2)
    long_ago(runtime)

    assert recording_drafts.clean(runtime) > 0

    assert files_on_disk(runtime) == []
    assert all_of(runtime, LeftFile) == []


def test_a_file_that_a_case_or_another_form_has_too_stays(runtime, office, dewi, clock):
    photo = (Upload("foto.jpg", picture()),)
    document = (Upload("siti.vcf", b"BEGIN:VCARD\nFN:Siti\nEND:VCARD"),)
    save(runtime, office.rina, uploads=photo)
    keep(runtime, dewi, "formulir-pertama", photo + document)
    recording_drafts.drop_draft(runtime, dewi, "formulir-pertama")
    clock.advance(hours=2)
    keep(runtime, dewi, "formulir-kedua", document)
    before = len(files_on_disk(runtime))
    long_ago(runtime)

    assert recording_drafts.clean(runtime) == 0

    assert len(files_on_disk(runtime)) == before
    assert all_of(runtime, LeftFile) == []


def test_a_file_that_is_being_kept_again_just_now_stays(runtime, dewi, clock):
    keep(runtime, dewi, "formulir-pertama", (Upload("foto.jpg", picture()),))
    recording_drafts.drop_draft(runtime, dewi, "formulir-pertama")
    clock.advance(hours=2)
    for path in files_on_disk(runtime):
        os.utime(path, (clock().timestamp(), clock().timestamp()))

    assert recording_drafts.clean(runtime) == 0
    assert files_on_disk(runtime)


def test_a_form_that_is_kept_while_it_is_saved_opens_no_second_draft(runtime, dewi):
    key = keep(runtime, dewi, "kunci-formulir")
    saving, kept = threading.Event(), threading.Event()

    def keep_again():
        saving.wait(10)
        keep(runtime, dewi, key)
        kept.set()

    thread = threading.Thread(target=keep_again)
    thread.start()
    with runtime.transaction() as session:
        session.execute(select(RecordingDraft).with_for_update())
        saving.set()
        while not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            session.execute(text("SELECT pg_sleep(0.01)"))
        session.execute(delete(RecordingDraft))
    thread.join(10)

    assert kept.is_set()


def test_a_place_that_nobody_knows_shows_a_pd_neither_name_nor_number_of_the_reporter(
    runtime, dewi
):
    save(runtime, dewi, place="", landmark="pondok Siti Aminah 081255501044 di seberang")

    shown = str(only(runtime, Complaint).place)
    assert "di seberang" in shown
    assert "Siti" not in shown
    assert "0812" not in shown
