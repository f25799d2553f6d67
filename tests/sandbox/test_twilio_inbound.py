from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from sandbox import defaults
from sandbox.samples import photo

MESSAGING = "/webhooks/twilio/messaging"
WHATSAPP = defaults.TWILIO_WHATSAPP_NUMBER
SALMAH = "whatsapp:+6281255501001"


def test_a_whatsapp_text_arrives_signed_as_the_sdk_checks_it(stage):
    sent = stage.write("salmah", "whatsapp", "Lampu jalan mati, Pak 🙏")

    [heard] = stage.webhooks(MESSAGING, 1)

    valid = RequestValidator(defaults.TWILIO_AUTH_TOKEN).validate(
        stage.gateway.url + MESSAGING, heard.form, heard.headers["x-twilio-signature"]
    )
    assert valid
    assert heard.form["MessageSid"] == sent[0]["id"]
    assert heard.form["Body"] == "Lampu jalan mati, Pak 🙏"
    assert heard.form["From"] == SALMAH
    assert heard.form["To"] == WHATSAPP
    assert heard.form["WaId"] == "6281255501001"
    assert heard.form["ProfileName"] == "Salmah Idris"


def test_the_signature_covers_the_public_address_when_it_differs_from_the_real_one(open_stage):
    stage = open_stage(public_base="https://aduan.contoh.go.id")

    stage.write("salmah", "sms", "halo")

    [heard] = stage.webhooks(MESSAGING, 1)
    validator = RequestValidator(defaults.TWILIO_AUTH_TOKEN)
    signature = heard.headers["x-twilio-signature"]
    assert validator.validate("https://aduan.contoh.go.id" + MESSAGING, heard.form, signature)
    assert not validator.validate(stage.gateway.url + MESSAGING, heard.form, signature)


def test_each_attachment_is_a_message_and_the_text_goes_with_the_first(stage):
    files = [{"kind": "photo"}, {"kind": "document"}]

    stage.write("salmah", "whatsapp", "ini fotonya", attachments=files)

    heard = sorted(
        (one.form for one in stage.webhooks(MESSAGING, 2)), key=lambda f: -len(f["Body"])
    )
    assert [form["Body"] for form in heard] == ["ini fotonya", ""]
    assert [form["MessageType"] for form in heard] == ["image", "document"]
    assert [form["MediaContentType0"] for form in heard] == ["image/jpeg", "application/pdf"]


def test_media_need_basic_auth_and_the_redirect_refuses_it(stage):
    stage.write("salmah", "whatsapp", attachments=[{"kind": "photo"}])
    [heard] = stage.webhooks(MESSAGING, 1)
    address = heard.form["MediaUrl0"]
    account = (defaults.TWILIO_ACCOUNT_SID, defaults.TWILIO_AUTH_TOKEN)

    stranger = requests.get(address, timeout=5)
    way = requests.get(address, auth=account, timeout=5, allow_redirects=False)
    careless = requests.get(way.headers["Location"], auth=account, timeout=5)
    careful = requests.get(way.headers["Location"], timeout=5)

    assert stranger.status_code == 401
    assert way.status_code == 307
    assert careless.status_code == 400
    assert "InvalidArgument" in careless.text
    assert careful.content == photo()


def test_media_may_be_missing_at_first(stage):
    stage.fault("media_missing", times=1)
    stage.write("salmah", "whatsapp", attachments=[{"kind": "photo"}])
    [heard] = stage.webhooks(MESSAGING, 1)
    account = (defaults.TWILIO_ACCOUNT_SID, defaults.TWILIO_AUTH_TOKEN)

    first = requests.get(heard.form["MediaUrl0"], auth=account, timeout=5)
    second = requests.get(heard.form["MediaUrl0"], auth=account, timeout=5, allow_redirects=False)

    assert (first.status_code, second.status_code) == (404, 307)


def test_a_deleted_medium_is_gone(stage, twilio):
    [message] = stage.write("salmah", "whatsapp", attachments=[{"kind": "photo"}])
    media = twilio.messages(message["id"]).media

    [found] = media.list()
    media(found.sid).delete()

    assert found.content_type == "image/jpeg"
    assert media.list() == []


def test_a_location_and_a_quoted_reply_carry_their_fields(stage, twilio):
    stage.write("salmah", "whatsapp", "halo")
    answer = twilio.messages.create(from_=WHATSAPP, to=SALMAH, body="Di mana?")
    stage.shown("salmah", "whatsapp", answer.sid)

    stage.write("salmah", "whatsapp", location={"latitude": -1.5, "longitude": 102.25, "name": "X"})
    stage.write("salmah", "whatsapp", "di sini", quote=answer.sid)

    forms = [one.form for one in stage.webhooks(MESSAGING, 3)]
    place = next(form for form in forms if form["MessageType"] == "location")
    reply = next(form for form in forms if form["Body"] == "di sini")
    assert (place["Latitude"], place["Longitude"], place["Label"]) == ("-1.5", "102.25", "X")
    assert reply["OriginalRepliedMessageSid"] == answer.sid
    assert reply["OriginalRepliedMessageSender"] == WHATSAPP


def test_stop_is_announced_and_later_messages_are_refused_until_start(stage, twilio):
    number, ours = "+6281255501002", defaults.TWILIO_SMS_NUMBER

    stage.write("yusuf", "sms", "stop")
    with pytest.raises(TwilioRestException) as raised:
        twilio.messages.create(from_=ours, to=number, body="kabar")
    stage.write("yusuf", "sms", "START")
    accepted = twilio.messages.create(from_=ours, to=number, body="kabar")

    heard = stage.webhooks(MESSAGING, 2)
    assert {one.form["OptOutType"] for one in heard} == {"STOP", "START"}
    assert raised.value.code == 21610
    assert accepted.status == "queued"


def test_stop_inside_a_sentence_is_a_complaint(stage):
    stage.write("yusuf", "sms", "tolong stop truk pasir lewat sini")

    [heard] = stage.webhooks(MESSAGING, 1)
    assert "OptOutType" not in heard.form


def test_the_list_finds_what_a_gateway_missed(stage, twilio):
    stage.write("salmah", "whatsapp", "pertama")
    stage.write("yusuf", "whatsapp", "kedua")
    stage.write("yusuf", "sms", "ketiga")
    hour_ago = datetime.now(UTC) - timedelta(hours=1)

    found = twilio.messages.list(to=WHATSAPP, date_sent_after=hour_ago)
    later = twilio.messages.list(to=WHATSAPP, date_sent_after=hour_ago + timedelta(hours=2))

    assert [(one.body, one.direction) for one in found] == [
        ("kedua", "inbound"),
        ("pertama", "inbound"),
    ]
    assert later == []
