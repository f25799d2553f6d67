"""Twilio's records of messages, read through its SDK from the sandbox."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from channels.admin import MessageRecords
from channels.errors import SendError
from channels.message import ChannelName, DeliveryStatus, ErrorClass, MediaKind
from channels.outbound import OutboundMedium, OutboundPart, Template
from channels.twilio_inbound import read_form
from channels.twilio_signature import form_fields
from sandbox import defaults
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from tests.channels import admin_stage
from tests.sandbox.conftest import QUICK, free_port
from tests.sandbox.stage import ListeningGateway, Stage

PHOTO = {
    "kind": "document",
    "filename": "jalan.pdf",
    "content_base64": base64.b64encode(b"%PDF-1.4 foto jalan").decode(),
}


@pytest.fixture(scope="module")
def running() -> Iterator[Stage]:
    gateway = ListeningGateway()
    server = SandboxServer(SandboxSettings(target=gateway.url, port=free_port(), **QUICK))
    server.start()
    yield Stage(server, gateway)
    server.close()
    gateway.close()


@pytest.fixture
def stage(running: Stage) -> Stage:
    running.post("/api/reset")
    running.gateway.heard.clear()
    return running


@pytest.fixture
def adapters(stage: Stage):
    with admin_stage.channels(admin_stage.settings(stage.url, stage.gateway.url)) as built:
        yield built


def window() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    return now - timedelta(hours=1), now + timedelta(minutes=1)


def test_records_hold_what_was_written_page_by_page(adapters, stage):
    for number in range(130):
        stage.write("salmah", "whatsapp", f"pesan {number}")
    stage.write("yusuf", "sms", "lewat SMS")
    whatsapp = adapters[ChannelName.WHATSAPP]

    first = whatsapp.past_messages(*window(), None)
    second = whatsapp.past_messages(*window(), first.next_page)

    assert isinstance(whatsapp, MessageRecords)
    assert (len(first.messages), len(second.messages), second.next_page) == (100, 30, None)
    texts = {dict(one.fields)["Body"] for one in (*first.messages, *second.messages)}
    assert texts == {f"pesan {number}" for number in range(130)}


def test_a_recovered_request_reads_like_the_webhook_that_was_lost(adapters, stage):
    stage.write("salmah", "whatsapp", "Foto jalan rusak", attachments=[PHOTO])
    (heard,) = stage.webhooks("/webhooks/twilio/messaging", 1)
    whatsapp = adapters[ChannelName.WHATSAPP]
    (past,) = whatsapp.past_messages(*window(), None).messages

    request = whatsapp.recover(past)

    (lost,) = read_form(heard.form, heard.path, ChannelName.WHATSAPP, whatsapp.account)
    (found,) = whatsapp.parse(request)
    assert (found.external_id, found.sender, found.text) == (
        lost.external_id,
        lost.sender,
        lost.text,
    )
    (ours,), (theirs,) = found.media, lost.media
    assert ours.source.removeprefix("https://api.twilio.com") == theirs.source[len(stage.url) :]
    assert (ours.kind, ours.mime) == (theirs.kind, theirs.mime)
    assert whatsapp.fetch_media(found.media[0]).content
    assert abs(past.sent_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_record_without_content_asks_for_an_officer(adapters, stage):
    stage.write("salmah", "whatsapp", None, location={"latitude": 1.46, "longitude": 102.1})
    whatsapp = adapters[ChannelName.WHATSAPP]
    (past,) = whatsapp.past_messages(*window(), None).messages

    (found,) = whatsapp.parse(whatsapp.recover(past))

    assert (found.unsupported, found.blank) == (True, False)


def test_help_was_answered_by_twilio_and_is_no_lost_message(adapters, stage):
    stage.write("salmah", "sms", "help")

    assert adapters[ChannelName.SMS].past_messages(*window(), None).messages == []


def part(name: ChannelName, text: str | None, **more: object) -> OutboundPart:
    account = defaults.TWILIO_ACCOUNT_SID
    return OutboundPart(name, account, "+6281255501001", "bagian-1", text=text, **more)


def test_a_send_whose_answer_was_lost_is_found_with_its_state(adapters, stage):
    sms = adapters[ChannelName.SMS]
    stage.write("salmah", "sms", "halo")
    sent = sms.send(part(ChannelName.SMS, "Aduan “Anda” diterima"))
    stage.statuses(2)

    found = sms.find_sent(part(ChannelName.SMS, "Aduan “Anda” diterima"), *window())

    assert [(one.external_id, one.status) for one in found] == [
        (sent.external_id, DeliveryStatus.DELIVERED)
    ]


def test_other_words_other_attachments_and_templates_are_not_found(adapters, stage):
    whatsapp = adapters[ChannelName.WHATSAPP]
    stage.write("salmah", "whatsapp", "halo")
    whatsapp.send(part(ChannelName.WHATSAPP, "Aduan Anda diterima"))
    medium = OutboundMedium(MediaKind.IMAGE, "image/png", "foto.png", url="https://x.go.id/f.png")

    name = ChannelName.WHATSAPP
    others = (
        part(name, "Aduan Anda selesai"),
        part(name, "Aduan Anda diterima", medium=medium),
        part(name, None, template=Template(defaults.TEMPLATE_NEWS, {"1": "26-00001-1"})),
    )

    assert [whatsapp.find_sent(other, *window()) for other in others] == [(), (), ()]


def test_records_that_cannot_be_asked_for_say_why(stage):
    wrong = admin_stage.with_wrong_secrets(admin_stage.settings(stage.url, stage.gateway.url))
    with admin_stage.channels(wrong) as built, pytest.raises(SendError) as raised:
        built[ChannelName.SMS].past_messages(*window(), None)

    assert raised.value.error_class is ErrorClass.REAUTH


def test_the_form_of_a_recovered_request_is_a_form(adapters, stage):
    stage.write("salmah", "sms", "100% & banjir + longsor")
    sms = adapters[ChannelName.SMS]
    (past,) = sms.past_messages(*window(), None).messages

    assert form_fields(sms.recover(past).body)["Body"] == "100% & banjir + longsor"
