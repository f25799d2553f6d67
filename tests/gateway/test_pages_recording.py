import html
import io
import logging
import re

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from store.models.complaint import Complaint
from store.models.messaging import Attachment, Message
from store.models.outbox import OutboxPart
from store.models.recording import RecordingDraft
from tests.gateway.office import open_office
from tests.gateway.pages import Browser, logged_in, make_app
from tests.gateway.record_forms import CALLED, PHONE, POSTED
from tests.gateway.rows import all_of, only
from tests.gateway.test_media import jpeg

_BIG = re.compile(r'class="read-aloud"[^>]*>(.*?)</span></span>', re.DOTALL)


@pytest.fixture
def app(runtime):
    open_office(runtime)
    return make_app(runtime)


@pytest.fixture
def dewi(app):
    return logged_in(app, "dewi")


def sends(browser: Browser, address: str = "/catat/", step: str = "simpan", **fields: object):
    return browser.sends(address, step=step, **fields)


def uploads(browser: Browser, name: str, content: bytes):
    """Send the form with a file; encoded here, since the client leaves a large body open."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.page)[1]
    key = re.search(r'name="key" value="([^"]+)"', browser.page)[1]
    fields = {**CALLED, "csrf_token": token, "key": key, "step": "simpan"}
    boundary, body = encode_multipart({**fields, "files": FileStorage(io.BytesIO(content), name)})
    response = browser.client.post(
        "/catat/",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        base_url="https://aduan.kabcontoh.go.id",
        headers={"Referer": "https://aduan.kabcontoh.go.id/"},
    )
    browser.page = html.unescape(response.get_data(as_text=True))
    return response


def shown_large(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", block) for block in _BIG.findall(page + "</span>")]


def test_the_form_stands_behind_c_with_the_emergency_numbers_on_top(dewi):
    dewi.opens("/kotak/")
    assert 'href="/catat/" data-key="c"' in dewi.page

    dewi.opens("/catat/")

    assert "Ada bahaya sekarang?" in dewi.page
    assert "112" in dewi.page or "110" in dewi.page
    assert 'name="consent" id="consent">' in dewi.page
    assert 'value="anonymous" checked' in dewi.page
    assert "Air Putih, Kec. Bengkalis" in dewi.page


@pytest.mark.parametrize("who", ["andi", "sekda", "tuti"])
@pytest.mark.parametrize("address", ["/catat/", "/catat/medsos"])
def test_nobody_else_sees_the_forms(app, who, address):
    outsider = logged_in(app, who)

    assert outsider.opens(address).status_code == 403
    for target in (address, "/catat/periksa", "/catat/pin", "/catat/konsep/abcdefgh/buang"):
        outsider.opens("/akun")
        refused = outsider.sends(target, step="simpan", key="abcdefghij", **CALLED)
        assert refused.status_code == 403, target


@pytest.mark.parametrize("address", ["/catat/", "/catat/medsos"])
def test_strangers_are_sent_to_the_login(app, address):
    response = Browser(app).opens(address)

    assert response.status_code == 302
    assert "/masuk" in response.headers["Location"]


def test_admin_and_operator_may_write_down(app):
    for username in ("rina", "dewi"):
        assert logged_in(app, username).opens("/catat/").status_code == 200


def test_number_and_pin_are_shown_large_once_and_said_digit_by_digit(dewi, runtime):
    dewi.opens("/catat/")
    saved = sends(dewi, **CALLED)
    first = dewi.page

    ticket = only(runtime, Complaint).ticket
    number, pin = shown_large(first)
    assert saved.status_code == 200
    assert number == ticket
    assert re.fullmatch(r"\d{6}", pin)
    assert "Bacakan: dua enam, strip, nol nol nol nol satu, strip, nol." in first
    assert saved.headers["Cache-Control"] == "no-store"
    for page in (f"/kotak/aduan/{ticket}?bagian={tab}" for tab in ("percakapan", "riwayat")):
        dewi.opens(page)
        assert pin not in dewi.page


def test_a_reload_of_the_saved_page_shows_no_pin_but_a_way_to_a_new_one(dewi, runtime):
    dewi.opens("/catat/")
    key = re.search(r'name="key" value="([^"]+)"', dewi.page)[1]
    sends(dewi, **CALLED)
    _, pin = shown_large(dewi.page)

    dewi.opens("/catat/")
    again = sends(dewi, key=key, **CALLED)
    told = dewi.page
    dewi.sends("/catat/pin", key=key)
    _, new_pin = shown_large(dewi.page)

    assert again.status_code == 200
    assert "PIN hanya ditampilkan satu kali." in told
    assert pin not in told
    assert "Buat PIN baru" in told
    assert re.fullmatch(r"\d{6}", new_pin)
    assert len(all_of(runtime, Complaint)) == 1


def test_a_new_pin_of_a_form_that_was_never_saved_is_refused(dewi):
    dewi.opens("/catat/")

    refused = dewi.sends("/catat/pin", key="tidak-pernah-ada")

    assert "tidak dapat dibuat ulang" in dewi.follows(refused)


def test_mistakes_keep_every_word_and_every_file(dewi, runtime):
    dewi.opens("/catat/")

    refused = sends(
        dewi,
        **{**CALLED, "phone": "123", "consent": "on", "name": 'Siti "Ani" <b>'},
        files=(io.BytesIO(jpeg()), "lampu.jpg"),
    )

    assert refused.status_code == 422
    assert "Nomor HP belum benar" in dewi.page
    assert 'id="salah-phone"' in dewi.page
    assert CALLED["story"] in dewi.page
    assert 'name="consent" id="consent" checked' in dewi.page
    assert "lampu.jpg" in dewi.page
    sends(dewi, **{**CALLED, "phone": PHONE, "consent": "on"})
    assert only(runtime, Attachment).mime == "image/jpeg"


def test_what_is_typed_never_becomes_part_of_the_page(dewi):
    dewi.opens("/catat/")
    bad = '<script>alert(1)</script>"><img src=x>'

    response = sends(dewi, step="periksa", **{**CALLED, "name": bad, "landmark": bad, "story": bad})

    raw = response.get_data(as_text=True)
    assert "<script>alert(1)" not in raw
    assert "<img src=x" not in raw


def test_periksa_shows_what_was_read_and_saves_nothing_but_the_draft(dewi, runtime):
    dewi.opens("/catat/")

    sends(dewi, step="periksa", **{**CALLED, "event": "", "nik": "140301"})

    assert "Tanyakan: kapan." in dewi.page
    assert "NIK tidak 16 angka, tetap diterima dan ditandai" in dewi.page
    assert "depan Masjid Al-Ikhlas, Desa Air Putih, Kec. Bengkalis" in dewi.page
    assert all_of(runtime, Complaint) == []
    assert len(all_of(runtime, RecordingDraft)) == 1


def test_words_of_danger_are_answered_before_anything_is_saved(dewi):
    dewi.opens("/catat/")

    dewi.sends("/catat/periksa", form="call", story="Ada kebakaran besar, ada orang terjebak")

    assert "Terbaca mendesak." in dewi.page


def test_a_cut_call_is_put_aside_and_taken_up_again(dewi, runtime):
    dewi.opens("/catat/")
    put_aside = sends(dewi, step="sementara", **{**CALLED, "story": "Lampu jalan ma"})
    listed = dewi.follows(put_aside)
    address = re.search(r'href="(/catat/\?konsep=[^"]+)"', listed)[1]

    dewi.opens(address)

    assert "Lampu jalan ma" in dewi.page
    assert 'value="depan Masjid Al-Ikhlas"' in dewi.page
    key = address.partition("=")[2]
    dewi.sends(f"/catat/konsep/{key}/buang")
    assert all_of(runtime, RecordingDraft) == []
    assert dewi.opens(address).status_code == 404


def test_a_script_without_a_session_learns_that_it_must_log_in(app):
    response = app.test_client().post(
        "/catat/periksa", headers={"X-Requested-With": "fetch"}, data={"key": "abcdefghij"}
    )

    assert response.status_code == 400  # no form token, so nothing was read


def test_a_file_larger_than_any_other_form_is_taken_and_one_too_large_is_named(dewi, runtime):
    dewi.opens("/catat/")
    large = jpeg() + bytes(5_000_000)
    uploads(dewi, "besar.jpg", large)
    dewi.opens("/catat/")

    refused = uploads(dewi, "raksasa.jpg", jpeg() + bytes(26_300_000))

    assert only(runtime, Attachment).size_bytes == len(large)
    assert refused.status_code == 422
    assert "“raksasa.jpg” lebih besar dari 25 MB." in dewi.page


def test_who_only_pretends_to_be_logged_in_sends_no_large_files(dewi):
    stranger = dewi.client.application.test_client()
    stranger.set_cookie("sahut_sesi", "bukan sesi siapa pun")

    refused = stranger.post(
        "/catat/", data=bytes(5_000_000), content_type="multipart/form-data; boundary=batas"
    )

    assert refused.status_code == 413


def test_a_kept_file_can_be_taken_out_again(dewi, runtime):
    dewi.opens("/catat/")
    sends(dewi, step="periksa", **CALLED, files=(io.BytesIO(jpeg()), "lampu.jpg"))

    sends(dewi, step="hapus-0", **CALLED)
    sends(dewi, **CALLED)

    assert all_of(runtime, Attachment) == []


def test_a_post_is_written_down_without_a_phone_and_leads_back_to_its_place(dewi, runtime):
    dewi.opens("/catat/medsos")
    assert 'name="phone"' not in dewi.page
    bad = sends(dewi, "/catat/medsos", **{**POSTED, "link": "javascript:alert(1)"})
    sends(dewi, "/catat/medsos", **POSTED)

    assert bad.status_code == 422
    ticket = only(runtime, Complaint).ticket
    dewi.opens(f"/kotak/aduan/{ticket}")
    assert 'href="https://x.com/warga_uji/status/1234567890"' in dewi.page
    assert all_of(runtime, OutboxPart) == []


def test_the_case_names_officer_and_source_and_masks_the_caller(dewi, runtime):
    dewi.opens("/catat/")
    sends(dewi, **{**CALLED, "phone": PHONE})
    ticket = only(runtime, Complaint).ticket

    dewi.opens(f"/kotak/aduan/{ticket}")

    assert "Telepon, dicatat petugas" in dewi.page
    assert "+62 812-****-044" in dewi.page
    assert "S••• A•••••" in dewi.page
    assert "81255501044" not in dewi.page
    assert CALLED["nik"] not in dewi.page


def test_neither_pin_nor_phone_nor_nik_nor_name_reaches_a_log_line(dewi, runtime, caplog):
    caplog.set_level(logging.DEBUG)
    dewi.opens("/catat/")
    sends(dewi, **{**CALLED, "phone": PHONE, "consent": "on"})
    _, pin = shown_large(dewi.page)

    lines = "\n".join(str(vars(record)) for record in caplog.records)
    for secret in (pin, "81255501044", CALLED["nik"], "Siti Aminah"):
        assert secret not in lines
    stored = [message.text or "" for message in all_of(runtime, Message)]
    assert all(pin not in text for text in stored)
