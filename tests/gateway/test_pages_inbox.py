import pytest

from channels.message import DeliveryStatus, ErrorClass, MediaKind
from gateway.cases.casefile import CaseRef
from gateway.casework import casework, pdwork
from store import crypto
from store.models.complaint import ComplaintStatus, Privacy
from store.models.messaging import Attachment, Conversation, Message, TranscriptState
from store.models.outbox import OutboxPart
from tests.gateway.office import STORY, attach, open_office
from tests.gateway.pages import logged_in, make_app
from tests.gateway.rows import all_of, change, statuses

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def office(runtime):
    return open_office(runtime)


@pytest.fixture
def app(runtime):
    return make_app(runtime)


@pytest.fixture
def rina(app):
    return logged_in(app, "rina")


DISPOSAL = {
    "pd_code": "DPUPR",
    "category": "PJU",
    "priority": "normal",
    "note": "Cek tiang",
    "publish": "on",
    "title": "Lampu mati, Air Putih",
    "public_text": "Lampu jalan mati.",
    "notify": "on",
}


def test_an_empty_queue_says_that_nothing_waits(rina, office):
    rina.opens("/kotak/")
    assert "Belum ada pesan. Kirim pesan uji dari" in rina.page

    office.disposes(office.hears())
    rina.opens("/kotak/")
    assert "Semua aduan sudah diverifikasi." in rina.page
    assert "Terakhir diperiksa 08.15 WIB." in rina.page


def test_a_new_case_stands_in_verifikasi_with_its_clock_and_without_its_identity(rina, office):
    ticket = office.hears()

    rina.opens("/kotak/")

    assert f"/kotak/aduan/{ticket}" in rina.page
    assert "Sisa 4 hr 7 jam" in rina.page
    assert "1403010107859002" not in rina.page
    assert "081255509902" not in rina.page


def test_the_case_page_masks_who_wrote(rina, office):
    ticket = office.hears("Lampu jalan desa Air Putih mati sejak 3 November 2026")

    rina.opens(f"/kotak/aduan/{ticket}")

    assert "+62 812-****-021" in rina.page
    assert "B••• S•••••" in rina.page
    assert "+6281255501021" not in rina.page
    assert "Budi" not in rina.page


def test_an_opened_identity_closes_again_after_ten_minutes(rina, office, clock):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/identitas")

    refused = rina.sends(f"/kotak/aduan/{ticket}/identitas", reason="")
    rina.sends(f"/kotak/aduan/{ticket}/identitas", reason="Menelepon pelapor")
    rina.opens(f"/kotak/aduan/{ticket}")
    opened = "Budi Santoso" in rina.page
    clock.advance(minutes=10, seconds=1)
    rina.opens(f"/kotak/aduan/{ticket}")

    assert refused.status_code == 422
    assert opened
    assert "Budi Santoso" not in rina.page


def test_an_identity_opened_by_one_stays_closed_for_another(app, rina, office):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/identitas")
    rina.sends(f"/kotak/aduan/{ticket}/identitas", reason="Menelepon pelapor")
    dewi = logged_in(app, "dewi")

    dewi.opens(f"/kotak/aduan/{ticket}")

    assert "Budi Santoso" not in dewi.page


def test_disposing_returns_to_the_list_and_offers_an_undo(rina, office):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")

    response = rina.sends(f"/kotak/aduan/{ticket}/disposisi", **DISPOSAL)
    page = rina.follows(response)

    assert f"Aduan {ticket} didisposisikan ke Dinas Pekerjaan Umum" in page
    assert f"/kotak/aduan/{ticket}/urungkan" in page
    assert office.complaint(ticket).status is ComplaintStatus.DISPOSED


def test_the_undo_button_takes_it_back(rina, office, runtime):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")
    rina.follows(rina.sends(f"/kotak/aduan/{ticket}/disposisi", **DISPOSAL))

    page = rina.follows(rina.sends(f"/kotak/aduan/{ticket}/urungkan"))

    assert "Pelapor tidak dikabari." in page
    assert statuses(runtime)[-1] == "suppressed"


def test_a_form_without_its_fields_is_refused_field_by_field(rina, office):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")

    response = rina.sends(f"/kotak/aduan/{ticket}/disposisi", notify="on")

    assert response.status_code == 422
    assert "Pilih Perangkat Daerah penanggung jawab." in rina.page


def test_a_refused_form_keeps_what_was_written(rina, office):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")

    response = rina.sends(
        f"/kotak/aduan/{ticket}/disposisi", **{**DISPOSAL, "pd_code": "", "note": "Catatan panjang"}
    )

    assert response.status_code == 422
    assert "Ada 1 hal yang perlu diperbaiki" in rina.page
    assert "Pilih Perangkat Daerah penanggung jawab." in rina.page
    assert "Catatan panjang" in rina.page


def test_a_case_that_changed_meanwhile_shows_the_form_again_with_its_words(rina, office, runtime):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")
    casework.not_an_emergency(runtime, office.dewi, CaseRef(ticket))
    with runtime.transaction() as session:
        session.merge(office.complaint(ticket)).title = "Judul lain"

    response = rina.sends(
        f"/kotak/aduan/{ticket}/disposisi", **{**DISPOSAL, "note": "Tulisan saya"}
    )

    assert response.status_code == 409
    assert "Tulisan Anda tetap ada di bawah." in rina.page
    assert "Tulisan saya" in rina.page


def test_a_case_disposed_by_a_colleague_is_not_disposed_twice(rina, office, runtime):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")
    office.disposes(ticket)

    rina.sends(f"/kotak/aduan/{ticket}/disposisi", **DISPOSAL)

    assert [m.text_key for m in all_of(runtime, Message)].count("diteruskan") == 1


def test_an_operator_finds_no_way_to_dispose(app, office):
    ticket = office.hears()
    dewi = logged_in(app, "dewi")
    dewi.opens(f"/kotak/aduan/{ticket}")
    shown = f"{ticket}/disposisi" in dewi.page

    response = dewi.sends(f"/kotak/aduan/{ticket}/disposisi", **DISPOSAL)

    assert not shown
    assert response.status_code == 403
    assert office.complaint(ticket).status is ComplaintStatus.RECEIVED


def test_a_failed_part_says_what_which_channel_which_attempt_and_why(rina, office, runtime):
    ticket = office.hears()
    part = all_of(runtime, OutboxPart)[0]
    change(
        runtime,
        part.id,
        status=DeliveryStatus.FAILED,
        error_code="63016",
        error_class=ErrorClass.WINDOW_CLOSED,
        attempts=3,
    )

    rina.opens("/kotak/?antrean=gagal")
    listed = ticket in rina.page
    rina.opens(f"/kotak/aduan/{ticket}")

    assert listed
    assert "WhatsApp, percobaan 3." in rina.page
    assert "24 jam" in rina.page
    assert "Coba lagi" in rina.page


def test_a_failed_part_is_tried_again_or_dealt_with(rina, office, runtime):
    ticket = office.hears()
    part = all_of(runtime, OutboxPart)[0]
    change(runtime, part.id, status=DeliveryStatus.FAILED, error_class=ErrorClass.PERMANENT)
    rina.opens(f"/kotak/aduan/{ticket}")

    again = rina.sends(f"/kotak/bagian/{part.id}/ulang", kembali=f"/kotak/aduan/{ticket}")
    after_retry = statuses(runtime)
    change(runtime, part.id, status=DeliveryStatus.FAILED, error_class=ErrorClass.PERMANENT)
    rina.sends(f"/kotak/bagian/{part.id}/selesai", kembali="https://jahat.example")
    rina.opens("/kotak/?antrean=gagal")

    assert again.headers["Location"] == f"/kotak/aduan/{ticket}"
    assert after_retry == ["queued"]
    assert "Tidak ada yang perlu tindakan." in rina.page


def test_the_pin_is_shown_to_no_officer(rina, office):
    ticket = office.hears()

    rina.opens(f"/kotak/aduan/{ticket}")

    assert "PIN: ••••••" in rina.page.replace("<b>", "").replace("</b>", "")
    assert "{PIN}" not in rina.page


def test_a_reply_reaches_the_outbox_once_however_often_it_is_pressed(rina, office, runtime):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}")

    rina.sends(f"/kotak/aduan/{ticket}/balas", text="Terima kasih, kami cek.")
    rina.sends(f"/kotak/aduan/{ticket}/balas", text="Terima kasih, kami cek.")

    texts = [message.text for message in all_of(runtime, Message)]
    assert texts.count("Terima kasih, kami cek.") == 1
    assert "outbox" in runtime.nudger.woken


def test_the_window_is_counted_down_and_a_closed_one_says_what_will_be_sent(rina, office, clock):
    ticket = office.hears()

    rina.opens(f"/kotak/aduan/{ticket}")
    open_words = "Jendela WhatsApp tutup dalam 24 jam 00 mnt" in rina.page
    clock.advance(hours=24)
    again = logged_in(rina.client.application, "rina")
    again.opens(f"/kotak/aduan/{ticket}")

    assert open_words
    assert "Jendela WhatsApp tertutup. Dikirim: templat" in again.page


def test_a_note_stands_apart_from_the_conversation(rina, office, runtime):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}?tulis=catatan")
    parts = len(all_of(runtime, OutboxPart))

    rina.sends(f"/kotak/aduan/{ticket}/catatan", text="Mirip aduan kemarin")
    rina.opens(f"/kotak/aduan/{ticket}?bagian=catatan")

    assert "Mirip aduan kemarin" in rina.page
    assert "tidak terlihat warga" in rina.page
    assert len(all_of(runtime, OutboxPart)) == parts


def test_what_a_citizen_writes_is_text_and_never_code(rina, office):
    ticket = office.hears("<script>alert(1)</script> jalan rusak di Meskom sejak 3 November 2026")

    response = rina.client.get(f"/kotak/aduan/{ticket}", base_url="https://aduan.kabcontoh.go.id")

    assert "<script>alert" not in response.get_data(as_text=True)


def test_an_emergency_is_pinned_and_can_be_calmed(rina, office):
    ticket = office.hears(emergency=True)

    rina.opens("/kotak/?antrean=mendesak")
    marked = "MENDESAK" in rina.page
    rina.opens(f"/kotak/aduan/{ticket}")
    rina.sends(f"/kotak/aduan/{ticket}/langkah/bukan-darurat")
    rina.opens("/kotak/?antrean=verifikasi")

    assert marked
    assert ticket in rina.page


def test_each_case_stands_in_the_queue_where_it_waits(rina, office, runtime):
    waiting = {
        "verifikasi": office.hears("Jalan rusak di Meskom sejak 3 November 2026"),
        "koreksi": office.in_correction(sender="+6281255501031"),
        "dikembalikan": office.hears("Got mampet di Damon sejak 2 November 2026"),
        "bukan-aduan": office.hears("tes saja", sender="+6281255501041"),
        "penanganan": office.hears("Pohon condong di Wonosari sejak 4 November 2026"),
    }
    office.disposes(waiting["dikembalikan"])
    pdwork.send_back(
        runtime, office.andi, CaseRef(waiting["dikembalikan"]), pdwork.Return("unclear")
    )
    casework.archive(runtime, office.rina, CaseRef(waiting["bukan-aduan"]), "test")
    office.disposes(waiting["penanganan"])

    found = {}
    for code, ticket in waiting.items():
        rina.opens(f"/kotak/?antrean={code}")
        found[code] = f"/kotak/aduan/{ticket}" in rina.page

    assert found == dict.fromkeys(waiting, True)


def test_a_citizens_later_message_waits_in_balasan_until_somebody_reads_it(rina, office, clock):
    ticket = office.hears(citizen_wrote_at=clock(), status=ComplaintStatus.IN_PROGRESS)
    rina.opens("/kotak/?antrean=balasan")
    waits = ticket in rina.page
    rina.opens(f"/kotak/aduan/{ticket}")

    rina.sends(f"/kotak/aduan/{ticket}/langkah/dibaca")
    rina.opens("/kotak/?antrean=balasan")

    assert waits
    assert ticket not in rina.page


def test_a_conversation_that_calls_for_a_person_can_be_answered_and_closed(rina, office, runtime):
    office.hears()
    with runtime.transaction() as session:
        conversation = session.query(Conversation).one()
        conversation.needs_person_at = runtime.now()
    place = f"/kotak/percakapan/{conversation.id}"

    rina.opens("/kotak/?antrean=percakapan")
    listed = place in rina.page
    rina.opens(place)
    empty = rina.sends(f"{place}/balas", text=" ")
    rina.sends(f"{place}/balas", text="Silakan tulis lokasinya.")
    rina.sends(f"{place}/selesai")
    rina.opens("/kotak/?antrean=percakapan")

    assert listed
    assert empty.status_code == 422
    assert "Silakan tulis lokasinya." in [m.text for m in all_of(runtime, Message)]
    assert place not in rina.page


def test_a_long_list_is_paged_both_ways_without_losing_a_row(rina, office, clock):
    tickets = []
    for number in range(30):
        clock.advance(minutes=1)
        tickets.append(office.hears(f"Jalan rusak nomor {number} di Meskom sejak 3 November 2026"))
    rina.opens("/kotak/")
    first = [ticket for ticket in tickets if f"/kotak/aduan/{ticket}" in rina.page]
    rina.opens(_link(rina.page, "Berikutnya"))
    second = [ticket for ticket in tickets if f"/kotak/aduan/{ticket}" in rina.page]

    rina.opens(_link(rina.page, "Sebelumnya"))
    back = [ticket for ticket in tickets if f"/kotak/aduan/{ticket}" in rina.page]

    assert (first, second) == (tickets[:25], tickets[25:])
    assert back == first


def _link(page: str, words: str) -> str:
    before = page[: page.index(f'">{words}</a>')]
    return before[before.rindex('href="') + 6 :]


def test_news_are_counted_without_content(rina, office, clock):
    rina.opens("/kotak/")
    since = int(clock().timestamp() * 1000)
    clock.advance(seconds=5)
    office.hears()
    office.hears(emergency=True, sender="+6281255501031")

    response = rina.opens(f"/kotak/pembaruan?antrean=verifikasi&sejak={since}")

    assert response.json == {"berubah": 1, "mendesak": 1}


def test_a_list_needs_the_same_number_of_queries_however_long_it_is(rina, office, engine):
    from sqlalchemy import event  # noqa: PLC0415 (only this test counts)

    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    office.hears()
    counted.clear()
    rina.opens("/kotak/")
    short = len(counted)
    for number in range(6):
        office.hears(f"Jalan rusak {number} di Meskom sejak 3 November 2026")
    counted.clear()
    rina.opens("/kotak/")

    assert len(counted) == short
    assert short <= 14


@pytest.mark.parametrize("variant", ["kecil", "tampil", "asli"])
def test_an_attachment_is_shown_in_a_sandbox(rina, office, runtime, variant):
    ticket = office.hears()
    attachment = attach(runtime, ticket)

    response = rina.opens(f"/lampiran/{attachment}/{variant}")

    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("inline")


def test_photos_sounds_and_films_stand_in_the_conversation(rina, office, runtime):
    ticket = office.hears()
    photo = attach(runtime, ticket)
    voice = attach(runtime, ticket, kind=MediaKind.AUDIO)
    film = attach(runtime, ticket, kind=MediaKind.VIDEO)

    rina.opens(f"/kotak/aduan/{ticket}")

    assert f'<img src="/lampiran/{photo}/kecil"' in rina.page
    assert f'<audio controls preload="none" src="/lampiran/{voice}/tampil"' in rina.page
    assert f'<video controls preload="none" src="/lampiran/{film}/tampil"' in rina.page


def test_what_a_machine_heard_stands_under_the_player_as_its_words(rina, office, runtime):
    ticket = office.hears()
    heard, lost = (attach(runtime, ticket, kind=MediaKind.AUDIO) for _ in range(2))
    with runtime.transaction() as session:
        session.get_one(Attachment, heard).transcript = "Lampu <b>mati</b>"
        session.get_one(Attachment, lost).transcript_state = TranscriptState.FAILED

    response = rina.opens(f"/kotak/aduan/{ticket}")

    assert "Transkrip otomatis, mohon periksa" in rina.page
    assert '<q class="transcript">Lampu <b>mati</b></q>' in rina.page  # `opens` undoes the escapes
    assert b"<b>mati" not in response.data
    assert "Transkrip otomatis gagal; mohon dengarkan rekamannya" in rina.page


def test_a_photo_of_an_identity_card_opens_with_the_identity_only(rina, office, runtime):
    ticket = office.hears()
    photo = attach(runtime, ticket, identity=True)
    closed = rina.opens(f"/lampiran/{photo}/tampil").status_code

    rina.opens(f"/kotak/aduan/{ticket}/identitas")
    rina.sends(f"/kotak/aduan/{ticket}/identitas", reason="Memeriksa KTP pelapor")

    assert closed == 404
    assert rina.opens(f"/lampiran/{photo}/tampil").status_code == 200


def test_originals_are_for_admins(app, office, runtime):
    photo = attach(runtime, office.hears())
    dewi = logged_in(app, "dewi")

    assert dewi.opens(f"/lampiran/{photo}/asli").status_code == 404
    assert dewi.opens(f"/lampiran/{photo}/tampil").status_code == 200


def test_a_shared_position_is_readable_without_a_map(rina, office, runtime):
    ticket = office.hears()
    with runtime.transaction() as session:
        message = session.query(Message).filter_by(direction="in").one()
        message.extras = {
            "location": {"latitude_deg": 1.467, "longitude_deg": 102.108, "name": "Masjid"}
        }

    rina.opens(f"/kotak/aduan/{ticket}")

    assert 'href="geo:1.46700,102.10800"' in rina.page
    assert "Masjid" in rina.page


def test_the_history_tells_who_did_what(rina, office):
    ticket = office.hears()
    office.disposes(ticket)

    rina.opens(f"/kotak/aduan/{ticket}?bagian=riwayat")

    assert "diteruskan ke Dinas Pekerjaan Umum dan Penataan Ruang" in rina.page
    assert "Rina" in rina.page


@pytest.mark.parametrize(
    "dialog", ["disposisi", "bukan-aduan", "bukan-kewenangan", "tanya", "identitas"]
)
def test_every_dialog_works_as_a_page(rina, office, dialog):
    ticket = office.hears()

    response = rina.opens(f"/kotak/aduan/{ticket}/{dialog}")

    assert response.status_code == 200
    assert "<dialog open" in rina.page


def test_referring_and_archiving_go_through_their_dialogs(rina, office):
    referred, archived = office.hears(), office.hears("tes", sender="+6281255501031")
    rina.opens(f"/kotak/aduan/{referred}/bukan-kewenangan")

    refused = rina.sends(f"/kotak/aduan/{referred}/bukan-kewenangan", body="PLN")
    rina.sends(
        f"/kotak/aduan/{referred}/bukan-kewenangan", body="PLN", contact="123", reason="Milik PLN"
    )
    rina.opens(f"/kotak/aduan/{archived}/bukan-aduan")
    rina.sends(f"/kotak/aduan/{archived}/bukan-aduan", reason="test")

    assert refused.status_code == 422
    assert office.complaint(referred).status is ComplaintStatus.NOT_COMPETENT
    assert office.complaint(archived).archived_reason == "test"


def test_a_question_to_the_citizen_goes_through_its_dialog(rina, office, runtime):
    ticket = office.hears()
    rina.opens(f"/kotak/aduan/{ticket}/tanya")

    rina.sends(f"/kotak/aduan/{ticket}/tanya", question="", words="Tiang nomor berapa?")

    assert "Tiang nomor berapa?" in (all_of(runtime, Message)[-1].text or "")


def test_an_unknown_number_is_simply_not_found(rina):
    response = rina.opens("/kotak/aduan/26-99999-0")

    assert response.status_code == 404
    assert "tidak ditemukan" in rina.page


def test_a_secret_case_says_so_everywhere(rina, office):
    ticket = office.hears(privacy=Privacy.SECRET)

    rina.opens("/kotak/")
    listed = "Rahasia" in rina.page
    rina.opens(f"/kotak/aduan/{ticket}/disposisi")

    assert listed
    assert "Aduan ini Rahasia dan tidak tampil ke publik." in rina.page


def test_the_database_holds_no_readable_story(office, engine):
    office.hears()

    with engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT original_text FROM complaint").scalar_one()

    assert STORY.encode() not in bytes(stored)
    assert crypto.installed().decrypt(bytes(stored))


def test_only_our_own_pages_may_frame_a_pdf_and_nothing_else_is_framed(rina, office, runtime):
    ticket = office.hears()
    attachment = attach(runtime, ticket, kind=MediaKind.DOCUMENT)
    with runtime.transaction() as session:
        row = session.get_one(Attachment, attachment)
        row.mime, row.shared_key = "application/pdf", None
    picture = attach(runtime, ticket)

    document = rina.opens(f"/lampiran/{attachment}/tampil").headers
    photo = rina.opens(f"/lampiran/{picture}/tampil").headers
    page = rina.opens(f"/kotak/aduan/{ticket}").headers

    assert "frame-ancestors 'self'" in document["Content-Security-Policy"]
    assert document["X-Frame-Options"] == "SAMEORIGIN"
    assert (photo["X-Frame-Options"], page["X-Frame-Options"]) == ("DENY", "DENY")
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert f'<iframe src="/lampiran/{attachment}/tampil"' in rina.page
