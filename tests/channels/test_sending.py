"""What leaves for each platform, seen by a server that plays it."""

import json
from collections.abc import Iterator, Mapping
from email.message import Message
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs

import pytest

from channels.adapter import ChannelAdapter
from channels.errors import MediaError, SendError
from channels.message import ChannelName, ErrorClass, MediaKind, MediaRef
from channels.outbound import Button, OutboundMedium, OutboundPart, Template
from channels.registry import close_channels
from tests.channels.provider import Answer, Provider, running_provider
from tests.channels.support import channels

SENT_BY_TWILIO = Answer(201, b'{"sid": "SM77", "status": "queued"}')
SENT_BY_TELEGRAM = Answer(
    200,
    json.dumps(
        {
            "ok": True,
            "result": {"message_id": 9, "date": 1795137300, "chat": {"id": 5, "type": "private"}},
        }
    ).encode(),
)
SENT_BY_META = Answer(200, b'{"recipient_id": "6120000000000001", "message_id": "m_77"}')
PHOTO = OutboundMedium(MediaKind.IMAGE, "image/jpeg", "foto.jpg", content=b"JPEG")
LINKED = OutboundMedium(MediaKind.DOCUMENT, "application/pdf", "surat.pdf", url="https://a.id/s")


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
def adapters(provider: Provider) -> Iterator[Mapping[ChannelName, ChannelAdapter]]:
    built = channels(provider.origin)
    yield built
    close_channels(built)


def form(provider: Provider) -> dict[str, str]:
    (call,) = provider.calls
    fields = parse_qs(call.body.decode(), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


def multipart(provider: Provider) -> dict[str, bytes]:
    (call,) = provider.calls
    head = f"Content-Type: {call.headers['content-type']}\r\n\r\n".encode()
    parsed: Message[str, str] = BytesParser().parsebytes(head + call.body)
    parts: list[Any] = list(parsed.get_payload())
    return {
        p.get_param("name", header="content-disposition"): p.get_payload(decode=True) for p in parts
    }


def outgoing(name: ChannelName, **values: Any) -> OutboundPart:
    recipients = {ChannelName.WHATSAPP: "+6281255501001", ChannelName.SMS: "+6281255501001"}
    return OutboundPart(name, "akun", recipients.get(name, "5550100001"), "bagian/1", **values)


def test_whatsapp_names_the_part_in_its_callback_and_the_choices_in_words(adapters, provider):
    provider.will_answer(SENT_BY_TWILIO)
    part = outgoing(
        ChannelName.WHATSAPP,
        text="Di mana lokasinya?",
        buttons=(Button("Kirim lokasi", "a"), Button("Tanpa lokasi", "b")),
    )

    result = adapters[ChannelName.WHATSAPP].send(part)

    assert result.external_id == "SM77"
    assert provider.calls[0].path.startswith("/2010-04-01/Accounts/AC")
    assert form(provider) == {
        "To": "whatsapp:+6281255501001",
        "From": "whatsapp:+6281100000900",
        "StatusCallback": "https://aduan.kabcontoh.go.id/webhooks/twilio/status?ref=bagian%2F1",
        "Body": "Di mana lokasinya?\n\nBalas: KIRIM LOKASI atau TANPA LOKASI",
    }


def test_sms_is_written_in_its_own_alphabet(adapters, provider):
    provider.will_answer(SENT_BY_TWILIO)

    adapters[ChannelName.SMS].send(outgoing(ChannelName.SMS, text="“Baik” \u2013 kami cek… 🙏"))

    assert form(provider)["Body"] == '"Baik" - kami cek...'
    assert form(provider)["To"] == "+6281255501001"


def test_a_template_goes_without_body_and_with_variables_that_twilio_takes(adapters, provider):
    provider.will_answer(SENT_BY_TWILIO)
    template = Template("HX1", {"1": "26-00421-3", "2": "Dinas\nPerhubungan", "3": ""})

    adapters[ChannelName.WHATSAPP].send(
        outgoing(ChannelName.WHATSAPP, text="tidak dikirim", template=template)
    )

    assert form(provider)["ContentSid"] == "HX1"
    assert json.loads(form(provider)["ContentVariables"]) == {
        "1": "26-00421-3",
        "2": "Dinas Perhubungan",
        "3": "-",
    }
    assert "Body" not in form(provider)


def test_twilio_gets_media_by_address_or_not_at_all(adapters, provider):
    provider.will_answer(SENT_BY_TWILIO)
    adapters[ChannelName.WHATSAPP].send(outgoing(ChannelName.WHATSAPP, medium=LINKED))
    assert form(provider)["MediaUrl"] == "https://a.id/s"

    with pytest.raises(SendError) as caught:
        adapters[ChannelName.WHATSAPP].send(outgoing(ChannelName.WHATSAPP, medium=PHOTO))

    assert (caught.value.error_class, caught.value.code) == (ErrorClass.PERMANENT, "no-url")


def test_telegram_gets_buttons_bold_words_and_the_quoted_message(adapters, provider):
    provider.will_answer(SENT_BY_TELEGRAM)
    part = outgoing(
        ChannelName.TELEGRAM,
        text="🙏 Aduan *26-00421-3* diterima",
        buttons=(Button("Cek status", "status"), Button("Rusak", "x" * 65)),
        reply_to="101",
    )

    result = adapters[ChannelName.TELEGRAM].send(part)

    fields = form(provider)
    assert result.external_id == "9"
    assert provider.calls[0].path.endswith("/sendMessage")
    assert fields["text"] == "🙏 Aduan 26-00421-3 diterima"
    assert json.loads(fields["entities"]) == [{"type": "bold", "offset": 9, "length": 10}]
    assert json.loads(fields["reply_markup"])["inline_keyboard"] == [
        [{"text": "Cek status", "callback_data": "status"}]
    ]
    quoted = json.loads(fields["reply_parameters"])
    assert (quoted["message_id"], quoted["allow_sending_without_reply"]) == (101, True)


def test_telegram_asks_for_a_location_with_a_key(adapters, provider):
    provider.will_answer(SENT_BY_TELEGRAM)
    part = outgoing(
        ChannelName.TELEGRAM,
        text="Di mana?",
        buttons=(Button("Kirim lokasi", "a"), Button("Tanpa lokasi", "b")),
        location_request=True,
    )

    adapters[ChannelName.TELEGRAM].send(part)

    rows = json.loads(form(provider)["reply_markup"])["keyboard"]
    assert [row[0]["text"] for row in rows] == ["Kirim lokasi", "Tanpa lokasi"]
    assert rows[0][0]["request_location"] is True


@pytest.mark.parametrize(
    ("kind", "mime", "method"),
    [
        (MediaKind.IMAGE, "image/jpeg", "sendPhoto"),
        (MediaKind.VIDEO, "video/mp4", "sendVideo"),
        (MediaKind.AUDIO, "audio/ogg", "sendVoice"),
        (MediaKind.AUDIO, "audio/mpeg", "sendAudio"),
        (MediaKind.DOCUMENT, "application/pdf", "sendDocument"),
    ],
)
def test_telegram_uploads_each_kind_by_its_method(kind, mime, method, adapters, provider):
    provider.will_answer(SENT_BY_TELEGRAM)
    medium = OutboundMedium(kind, mime, "berkas", content=b"isi")

    adapters[ChannelName.TELEGRAM].send(outgoing(ChannelName.TELEGRAM, medium=medium, text="Ini"))

    assert provider.calls[0].path.endswith(f"/{method}")
    sent = multipart(provider)
    assert sent["caption"] == b"Ini"
    assert b"isi" in sent.values()
    assert sent["chat_id"] == b"5550100001"


def test_messenger_gets_quick_replies_and_our_reference(adapters, provider):
    provider.will_answer(SENT_BY_META)
    part = outgoing(
        ChannelName.MESSENGER, text="Sudah *teratasi*?", buttons=(Button("Belum", "belum"),)
    )

    result = adapters[ChannelName.MESSENGER].send(part)

    fields = form(provider)
    assert result.external_id == "m_77"
    assert provider.calls[0].path == "/v25.0/me/messages"
    assert json.loads(fields["recipient"]) == {"id": "5550100001"}
    assert json.loads(fields["message"]) == {
        "text": "Sudah teratasi?",
        "quick_replies": [{"content_type": "text", "title": "Belum", "payload": "belum"}],
        "metadata": "bagian/1",
    }
    assert (fields["messaging_type"], fields["access_token"]) == ("RESPONSE", "token-halaman")


def test_an_officers_late_answer_carries_the_human_agent_tag(adapters, provider):
    provider.will_answer(SENT_BY_META)

    adapters[ChannelName.INSTAGRAM].send(
        outgoing(ChannelName.INSTAGRAM, text="Sudah", human_agent=True)
    )

    fields = form(provider)
    assert (fields["messaging_type"], fields["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert "metadata" not in json.loads(fields["message"])


def test_meta_gets_an_attachment_by_upload_or_by_address(adapters, provider):
    provider.will_answer(SENT_BY_META)
    adapters[ChannelName.MESSENGER].send(outgoing(ChannelName.MESSENGER, medium=PHOTO))
    uploaded = multipart(provider)
    assert json.loads(uploaded["message"])["attachment"] == {"type": "image", "payload": {}}
    assert uploaded["filedata"] == b"JPEG"

    provider.will_answer(SENT_BY_META)
    adapters[ChannelName.MESSENGER].send(outgoing(ChannelName.MESSENGER, medium=LINKED))

    assert json.loads(form(provider)["message"])["attachment"] == {
        "type": "file",
        "payload": {"url": "https://a.id/s"},
    }


@pytest.mark.parametrize("name", [ChannelName.WHATSAPP, ChannelName.SMS, ChannelName.MESSENGER])
def test_nothing_to_send_is_refused_before_the_call(name, adapters, provider):
    provider.will_answer(SENT_BY_TWILIO)

    with pytest.raises(SendError) as caught:
        adapters[name].send(outgoing(name))

    assert caught.value.error_class is ErrorClass.PERMANENT
    assert provider.calls == []


def test_meta_refuses_a_caption_instead_of_losing_it(adapters):
    with pytest.raises(SendError) as caught:
        adapters[ChannelName.INSTAGRAM].send(
            outgoing(ChannelName.INSTAGRAM, medium=PHOTO, text="keterangan")
        )

    assert caught.value.code == "caption"


def test_twilio_media_need_our_password_but_the_file_store_must_not_see_it(adapters, provider):
    provider.will_answer(
        Answer(307, b"", {"Location": "/gudang/ME1"}),
        Answer(200, b"JPEG", {"Content-Type": "image/jpeg"}),
    )
    path = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"

    content = adapters[ChannelName.WHATSAPP].fetch_media(
        MediaRef(MediaKind.IMAGE, f"https://api.twilio.com{path}")
    )

    assert (content.content, content.mime) == (b"JPEG", "image/jpeg")
    assert [call.path for call in provider.calls] == [path, "/gudang/ME1"]
    assert provider.calls[0].headers["authorization"].startswith("Basic ")
    assert "authorization" not in provider.calls[1].headers


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/x", "https://api.twilio.com.evil.example/x", "http://api.twilio.com/x"],
)
def test_twilios_password_goes_nowhere_else(address, adapters, provider):
    provider.will_answer(Answer())

    with pytest.raises(MediaError) as caught:
        adapters[ChannelName.SMS].fetch_media(MediaRef(MediaKind.IMAGE, address))

    assert caught.value.retryable is False
    assert provider.calls == []


def test_a_telegram_file_is_asked_for_and_fetched(adapters, provider):
    found = {"ok": True, "result": {"file_id": "A", "file_unique_id": "B", "file_path": "p/1.jpg"}}
    provider.will_answer(
        Answer(200, json.dumps(found).encode()),
        Answer(200, b"JPEG", {"Content-Type": "application/octet-stream"}),
    )

    content = adapters[ChannelName.TELEGRAM].fetch_media(
        MediaRef(MediaKind.IMAGE, "A", mime="image/jpeg", filename="foto.jpg")
    )

    assert (content.content, content.mime, content.filename) == (b"JPEG", "image/jpeg", "foto.jpg")
    assert provider.calls[1].path.startswith("/file/bot7001234567:")
    assert provider.calls[1].path.endswith("/p/1.jpg")


@pytest.mark.parametrize(
    ("answer", "reason", "retryable"),
    [
        (
            Answer(400, b'{"ok": false, "description": "Bad Request: file is too big"}'),
            "too_large",
            False,
        ),
        (
            Answer(400, b'{"ok": false, "description": "Bad Request: wrong file_id"}'),
            "refused",
            False,
        ),
        (Answer(401, b'{"ok": false, "description": "Unauthorized"}'), "unauthorized", True),
        (Answer(502, b"<html>"), "unavailable", True),
    ],
)
def test_a_telegram_file_that_does_not_come_says_why(answer, reason, retryable, adapters, provider):
    provider.will_answer(answer)

    with pytest.raises(MediaError) as caught:
        adapters[ChannelName.TELEGRAM].fetch_media(MediaRef(MediaKind.IMAGE, "A"))

    assert (caught.value.reason, caught.value.retryable) == (reason, retryable)


def test_metas_files_are_fetched_without_a_token_and_links_not_at_all(adapters, provider):
    provider.will_answer(Answer(200, b"JPEG", {"Content-Type": "image/jpeg"}))
    ref = MediaRef(MediaKind.IMAGE, f"{provider.origin}/v/foto.jpg?oh=1")

    assert adapters[ChannelName.MESSENGER].fetch_media(ref).content == b"JPEG"
    assert "token" not in provider.calls[0].path

    with pytest.raises(MediaError):
        adapters[ChannelName.INSTAGRAM].fetch_media(MediaRef(MediaKind.LINK, ref.source))
