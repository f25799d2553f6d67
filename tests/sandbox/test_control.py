"""The control API, the page around it, the settings and the samples."""

import base64
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import puremagic
import pytest
import requests
from PIL import Image

from sandbox import samples
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings, load_settings
from tests.sandbox.conftest import free_port
from tests.sandbox.stage import Stage

ROOT = Path(__file__).resolve().parents[2]


def test_citizens_have_an_address_on_every_channel(stage):
    citizens = stage.get("/api/citizens")["citizens"]

    assert citizens[1]["name"] == "Yusuf Hanafiah"
    assert citizens[1]["addresses"] == {
        "whatsapp": "whatsapp:+6281255501002",
        "sms": "+6281255501002",
        "telegram": "5550100002",
        "messenger": "6120000000000002",
        "instagram": "1203000000000002",
    }


def test_a_new_citizen_can_write(stage):
    answer = stage.post("/api/citizens", {"id": "nur", "first_name": "Nur", "last_name": "Aini"})
    again = stage.post("/api/citizens", {"id": "nur"})

    stage.write("nur", "sms", "halo")

    [heard] = stage.webhooks("/webhooks/twilio/messaging", 1)
    assert answer["addresses"]["sms"] == again["addresses"]["sms"] == "+6281255501007"
    assert heard.form["From"] == "+6281255501007"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/citizens/salmah/messages", {"channel": "whatsapp"}),
        ("/api/citizens/salmah/messages", {"channel": "fax", "text": "a"}),
        ("/api/citizens/nobody/messages", {"channel": "sms", "text": "a"}),
        ("/api/citizens/salmah/messages", {"channel": "sms", "attachments": [{"kind": "photo"}]}),
        ("/api/citizens/salmah/messages", {"channel": "sms", "location": True}),
        ("/api/citizens/salmah/messages", {"channel": "whatsapp", "text": "a", "quote": "SM0"}),
        ("/api/citizens/salmah/messages", {"channel": "whatsapp", "location": {"latitude": "x"}}),
        (
            "/api/citizens/salmah/messages",
            {"channel": "whatsapp", "attachments": [{"kind": "photo", "content_base64": "?"}]},
        ),
        ("/api/citizens/salmah/edits", {"channel": "whatsapp", "message": "SM0", "text": "a"}),
        ("/api/faults", {"name": "earthquake"}),
        ("/api/faults", {"name": "late", "channel": "fax"}),
        ("/api/faults", {"name": "late", "times": "often"}),
        ("/api/clock", {"advance_s": "soon"}),
    ],
)
def test_what_the_phone_cannot_do_is_refused_with_a_reason(stage, path, body):
    answer = requests.post(stage.url + path, json=body, timeout=5)

    assert answer.status_code == 422
    assert answer.json()["error"]
    assert stage.gateway.heard == []


def test_a_form_of_another_page_changes_nothing(stage):
    body = {"channel": "sms", "text": "halo"}
    address = f"{stage.url}/api/citizens/salmah/messages"

    form = requests.post(address, data=body, timeout=5)
    foreign = requests.post(
        address, json=body, headers={"Origin": "https://example.org"}, timeout=5
    )

    assert (form.status_code, foreign.status_code) == (415, 415)
    assert stage.thread("salmah", "sms") == []


def test_reset_forgets_messages_faults_clock_and_what_is_on_its_way(open_stage):
    stage = open_stage(late_s=60.0)
    stage.fault("late")
    stage.write("salmah", "telegram", "halo")
    stage.post("/api/clock", {"advance_s": 3600})

    stage.post("/api/reset")

    stage.settled()
    assert stage.thread("salmah", "telegram") == []
    assert stage.get("/api/faults")["faults"] == []
    assert stage.get("/api/clock")["shift_s"] == 0
    assert stage.get("/api/events") == {"events": [], "waiting": 0}
    assert stage.gateway.heard == []


def test_events_say_what_the_gateway_answered(stage):
    stage.gateway.answer_next("/webhooks/twilio/messaging", 403)

    stage.write("salmah", "sms", "halo")

    stage.webhooks("/webhooks/twilio/messaging", 1)
    stage.settled()
    [line] = stage.get("/api/events")["events"]
    assert (line["what"], line["outcome"], line["good"]) == ("pesan masuk", "ditolak (403)", False)
    assert stage.get("/api/events", after=str(line["number"]))["events"] == []


def test_the_page_asks_for_changes_only(stage):
    first = stage.get("/api/view", citizen="salmah", channel="sms")
    same = stage.get("/api/view", citizen="salmah", channel="sms", version=str(first["version"]))
    stage.write("salmah", "sms", "halo")
    later = stage.get("/api/view", citizen="salmah", channel="sms", version=str(first["version"]))

    assert first["messages"] == []
    assert same == {"version": first["version"]}
    assert [one["text"] for one in later["messages"]] == ["halo"]


def test_the_page_runs_nothing_inline(stage):
    page = requests.get(stage.url, timeout=5)
    policy = page.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "'unsafe-inline'" not in policy
    assert "style=" not in page.text
    assert "<script>" not in page.text


def test_the_brand_of_the_page_comes_from_a_setting(open_stage):
    stage = open_stage(brand="Lapor Kabupaten Contoh")

    assert "Lapor Kabupaten Contoh" in requests.get(stage.url, timeout=5).text


def test_a_flag_beats_a_variable_and_a_variable_beats_the_default():
    environment = {"SAHUT_SANDBOX_PORT": "9001", "SAHUT_SANDBOX_AUTH_TOKEN": "from-variable"}

    settings = load_settings(["--port", "9002"], environment)

    assert (settings.port, settings.auth_token) == (9002, "from-variable")
    assert settings.base_url == "http://127.0.0.1:9002"
    assert settings.target == "http://127.0.0.1:8080"


def test_a_wrong_variable_is_named_but_not_printed(capsys):
    with pytest.raises(SystemExit):
        load_settings([], {"SAHUT_SANDBOX_PORT": "secret-in-the-wrong-place"})

    printed = capsys.readouterr().err
    assert "SAHUT_SANDBOX_PORT" in printed
    assert "secret-in-the-wrong-place" not in printed


def test_a_port_in_use_is_one_clear_error(stage: Stage):
    with pytest.raises(OSError, match=f"port {stage.settings.port} is in use"):
        SandboxServer(SandboxSettings(port=stage.settings.port))


def test_the_program_serves_and_stops_when_it_is_told():
    port = free_port()
    command = [sys.executable, "-m", "sandbox", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=os.environ) as program:
        assert program.stdout is not None
        line = program.stdout.readline().decode()
        answer = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
        program.send_signal(signal.SIGTERM)
        code = program.wait(timeout=10)

    assert f"http://127.0.0.1:{port}" in line
    assert answer.json()["status"] == "ok"
    assert code == 0


def test_the_sample_photo_knows_where_it_was_taken():
    with Image.open(io.BytesIO(samples.photo())) as picture:
        position = picture.getexif().get_ifd(0x8825)

    assert [float(part) for part in position[2]] == [5.0, 30.0, 0.0]
    assert [float(part) for part in position[4]] == [110.0, 15.0, 0.0]
    assert (position[1], position[3]) == ("S", "E")


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (samples.photo(), "image/jpeg"),
        (samples.document(), "application/pdf"),
        (samples.sticker(), "image/webp"),
    ],
)
def test_samples_are_what_they_say(content, mime):
    assert mime in {found.mime_type for found in puremagic.magic_string(content)}


def test_the_sample_voice_note_is_opus_in_ogg_with_correct_checksums():
    content = samples.voice()

    pages = content.split(b"OggS")[1:]

    assert len(pages) == 3
    assert b"OpusHead" in pages[0]
    assert b"OpusTags" in pages[1]
    for page in pages:
        whole = b"OggS" + page
        assert whole[22:26] == samples.ogg_checksum(whole[:22] + bytes(4) + whole[26:])


def test_files_that_are_no_pictures_are_downloads(stage):
    content = base64.b64encode(b"<script>alert(1)</script>").decode()
    file = {"kind": "document", "filename": "jahat.html", "content_base64": content}
    [message] = stage.write("salmah", "whatsapp", attachments=[file])

    answer = requests.get(stage.url + message["files"][0]["url"], timeout=5)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
