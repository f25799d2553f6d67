"""The phone page in a real browser, on a cheap phone's screen."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page, expect, sync_playwright

from sandbox import defaults
from tests.sandbox.stage import Stage

pytestmark = pytest.mark.browser
# Nobody is judged by speed here; two busy cores need their time.
expect.set_options(timeout=20_000)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture
def page(browser_path: str, stage: Stage) -> Iterator[Page]:
    """The page at 360 px; whatever the console complains about fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        opened = browser.new_page(viewport={"width": 360, "height": 800}, locale="id-ID")
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(stage.url)
        expect(opened.get_by_text("Belum ada percakapan di WhatsApp.")).to_be_visible()
        yield opened
        browser.close()
    # A refused wish is answered with 422, which the console repeats.
    assert [one for one in complaints if "422" not in one] == []


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Tulis pesan").fill(text)
    page.get_by_role("button", name="Kirim", exact=True).click()


def answer(stage: Stage, text: str) -> None:
    account = (defaults.TWILIO_ACCOUNT_SID, defaults.TWILIO_AUTH_TOKEN)
    path = f"/2010-04-01/Accounts/{account[0]}/Messages.json"
    values = {
        "From": defaults.TWILIO_WHATSAPP_NUMBER,
        "To": "whatsapp:+6281255501001",
        "Body": text,
    }
    assert requests.post(stage.url + path, data=values, auth=account, timeout=5).ok


def test_a_message_and_its_answer_show_their_ticks(page, stage):
    write(page, "Lampu jalan mati <b>sekali</b>")

    own = page.get_by_role("article", name="Pesan warga")
    expect(own).to_contain_text("Lampu jalan mati <b>sekali</b>")
    expect(own).to_contain_text("terkirim")
    answer(stage, "Nomor: *26-00421-3*, lihat http://127.0.0.1:8080/aduan.")
    reply = page.get_by_role("article", name="Pesan layanan")
    expect(reply.locator("b")).to_have_text("26-00421-3")
    expect(reply.get_by_role("link")).to_have_attribute("href", "http://127.0.0.1:8080/aduan")
    expect(reply).to_contain_text("dibaca")
    expect(own).to_contain_text("dibaca")


def test_a_photo_with_text_a_voice_note_and_a_place_are_sent(page, stage):
    page.get_by_role("button", name="Lampirkan foto").click()
    page.get_by_role("button", name="Foto contoh").click()
    write(page, "ini fotonya")
    page.get_by_role("button", name="Kirim pesan suara").click()
    page.get_by_role("button", name="Lampirkan foto").click()
    page.get_by_role("button", name="Lokasi", exact=True).click()

    expect(page.get_by_role("article")).to_have_count(3)
    expect(page.get_by_role("img", name="Foto: foto.jpg")).to_be_visible()
    heard = stage.webhooks("/webhooks/twilio/messaging", 3)
    kinds = {one.form["MessageType"]: one.form["Body"] for one in heard}
    assert kinds == {"image": "ini fotonya", "audio": "", "location": ""}


def test_an_own_file_is_sent_as_it_is(page, stage):
    file = {"name": "catatan.txt", "mimeType": "text/plain", "buffer": b"isi catatan"}

    page.get_by_role("button", name="Lampirkan foto").click()
    page.locator("[data-attach-file]").set_input_files([file])
    expect(page.get_by_role("button", name="Buang catatan.txt")).to_be_visible()
    page.get_by_role("button", name="Kirim", exact=True).click()

    expect(page.get_by_role("link", name="catatan.txt")).to_be_visible()
    stored = stage.thread("salmah", "whatsapp")[0]["files"][0]
    assert requests.get(stage.url + stored["url"], timeout=5).content == b"isi catatan"


def test_telegram_starts_with_a_press_and_texts_can_be_edited(page, stage):
    page.get_by_role("button", name="Telegram").click()
    page.get_by_role("button", name="Mulai", exact=True).click()
    write(page, "jembatan lapuk")
    page.get_by_role("button", name="Sunting: jembatan lapuk").click()
    write(page, "jembatan lapuk RT 07")

    edited = page.get_by_role("article").filter(has_text="jembatan lapuk RT 07")
    expect(edited).to_contain_text("disunting")
    heard = stage.webhooks("/webhooks/telegram", 3)
    assert heard[0].json["message"]["text"] == "/start"
    assert heard[2].json["edited_message"]["text"] == "jembatan lapuk RT 07"


def test_a_quotation_names_what_it_quotes(page, stage):
    write(page, "yang pertama")
    page.get_by_role("button", name="Kutip: yang pertama").click()
    expect(page.get_by_text("Mengutip")).to_be_visible()
    write(page, "tambahan")

    expect(page.locator(".quoted")).to_have_text("yang pertama")
    heard = stage.webhooks("/webhooks/twilio/messaging", 2)
    first = next(one.form["MessageSid"] for one in heard if one.form["Body"] == "yang pertama")
    second = next(one.form for one in heard if one.form["Body"] == "tambahan")
    assert second["OriginalRepliedMessageSid"] == first


def test_switches_and_the_clock_reach_the_sandbox(page, stage):
    page.get_by_role("switch", name="Pesan ganda").check()
    expect(page.get_by_text("1 aktif")).to_be_visible()
    page.get_by_role("switch", name="Nomor tidak terdaftar").check()
    page.get_by_role("button", name="Lompat 25 jam").click()

    expect(page.get_by_text("25 jam lebih maju")).to_be_visible()
    faults = stage.get("/api/faults")["faults"]
    assert [(one["name"], one["citizen"], one["channel"]) for one in faults] == [
        ("thrice", None, None),
        ("not_registered", "salmah", "whatsapp"),
    ]


def test_events_say_what_the_gateway_answered(page, stage):
    stage.gateway.answer_next("/webhooks/twilio/messaging", 500)

    write(page, "halo")

    events = page.get_by_role("region", name="Kejadian")
    expect(events).to_contain_text("WhatsApp, Salmah Idris: pesan masuk")
    expect(events).to_contain_text("ditolak (500)")
    expect(page.get_by_role("article")).to_contain_text("gagal")


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_sticks_out_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    write(page, "https://contoh.go.id/" + "panjang" * 30)
    expect(page.get_by_role("article")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_another_citizen_has_another_thread(page, stage):
    write(page, "dari Salmah")
    expect(page.get_by_role("article")).to_have_count(1)

    page.get_by_label("Warga latihan").select_option("yusuf")
    expect(page.get_by_text("Belum ada percakapan di WhatsApp.")).to_be_visible()
    write(page, "dari Yusuf")

    expect(page.get_by_role("article")).to_have_count(1)
    assert [one["text"] for one in stage.thread("yusuf", "whatsapp")] == ["dari Yusuf"]


def test_a_call_is_heard_spoken_and_answered_by_keys(page, stage):
    base = f"{stage.gateway.url}/webhooks/twilio/voice"
    record = f'<Record action="{base}/action" recordingStatusCallback="{base}/recording"/>'
    keys = f'<Gather numDigits="1" action="{base}/keys"><Say>Tekan satu.</Say></Gather>'
    for path, verbs in (
        ("", f"<Say>Selamat datang.</Say>{record}<Hangup/>"),
        ("/action", f"<Say>Nomor Anda &lt;dua&gt;</Say>{keys}"),
        ("/keys", "<Say>SMS dikirim.</Say><Hangup/>"),
    ):
        answer = (200, {"Content-Type": "text/xml"}, f"<Response>{verbs}</Response>")
        stage.gateway.bodies[f"/webhooks/twilio/voice{path}"].append(answer)

    page.get_by_role("button", name="Telepon", exact=True).first.click()
    expect(page.get_by_role("textbox", name="Tulis pesan")).to_be_hidden()
    page.get_by_label("Panggilan").get_by_role("button", name="Telepon", exact=True).click()
    heard = page.get_by_role("log", name="Yang terdengar")
    expect(heard).to_contain_text("Selamat datang.")
    page.get_by_role("button", name="Rekam suara contoh").click()
    expect(heard).to_contain_text("Nomor Anda <dua>")
    page.get_by_role("button", name="Tombol 1", exact=True).press("Enter")

    expect(heard).to_contain_text("SMS dikirim.")
    expect(page.get_by_text("Panggilan berakhir")).to_be_visible()
    assert stage.gateway.on("/webhooks/twilio/voice/keys")[0].form["Digits"] == "1"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
