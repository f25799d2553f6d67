from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from sandbox import defaults
from sandbox.samples import document, photo
from tests.sandbox.stage import Stage, eventually

MESSAGING = "/webhooks/twilio/messaging"
WHATSAPP = defaults.TWILIO_WHATSAPP_NUMBER
SALMAH = "whatsapp:+6281255501001"


class RedirectedClient(TwilioHttpClient):
    """The SDK's client with another host, as the gateway does it."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self._base = base

    def request(self, method, url, *args, **kwargs):
        url = url.replace("https://api.twilio.com", self._base)
        return super().request(method, url, *args, **kwargs)


@pytest.fixture
def twilio(stage: Stage) -> Client:
    return client(stage)


def client(stage: Stage, token: str = defaults.TWILIO_AUTH_TOKEN) -> Client:
    http = RedirectedClient(stage.url)
    return Client(defaults.TWILIO_ACCOUNT_SID, token, http_client=http)


def callback(stage: Stage, query: str = "?ref=part-1") -> str:
    return f"{stage.gateway.url}/webhooks/twilio/status{query}"


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
    eventually_shown(stage, answer.sid)

    stage.write("salmah", "whatsapp", location={"latitude": -1.5, "longitude": 102.25, "name": "X"})
    stage.write("salmah", "whatsapp", "di sini", quote=answer.sid)

    forms = [one.form for one in stage.webhooks(MESSAGING, 3)]
    place = next(form for form in forms if form["MessageType"] == "location")
    reply = next(form for form in forms if form["Body"] == "di sini")
    assert (place["Latitude"], place["Longitude"], place["Label"]) == ("-1.5", "102.25", "X")
    assert reply["OriginalRepliedMessageSid"] == answer.sid
    assert reply["OriginalRepliedMessageSender"] == WHATSAPP


def eventually_shown(stage: Stage, sid: str) -> None:
    eventually(
        lambda: [one["id"] for one in stage.thread("salmah", "whatsapp")],
        lambda ids: sid in ids,
        "the answer on the phone",
    )


def test_an_answer_is_queued_then_sent_delivered_and_read(stage, twilio):
    stage.write("salmah", "whatsapp", "halo")

    created = twilio.messages.create(
        from_=WHATSAPP, to=SALMAH, body="Terima kasih", status_callback=callback(stage)
    )

    states = stage.statuses(3)
    assert created.status == "queued"
    assert {one["MessageStatus"] for one in states} == {"sent", "delivered", "read"}
    assert {one["MessageSid"] for one in states} == {created.sid}
    heard = stage.gateway.on("/webhooks/twilio/status")
    assert {one.query for one in heard} == {"ref=part-1"}
    validator = RequestValidator(defaults.TWILIO_AUTH_TOKEN)
    for one in heard:
        assert validator.validate(callback(stage), one.form, one.headers["x-twilio-signature"])
    stage.settled()
    assert twilio.messages(created.sid).fetch().status == "read"
    mine, answer = stage.thread("salmah", "whatsapp")
    assert (mine["status"], answer["status"], answer["text"]) == ("read", "read", "Terima kasih")


def test_an_sms_is_never_read(stage, twilio):
    twilio.messages.create(
        from_=defaults.TWILIO_SMS_NUMBER,
        to="+6281255501001",
        body="Aduan diterima",
        status_callback=callback(stage),
    )

    states = stage.statuses(2)
    stage.settled()
    assert [one["MessageStatus"] for one in states] == ["sent", "delivered"]
    assert len(stage.gateway.on("/webhooks/twilio/status")) == 2


def test_free_text_after_24_hours_is_accepted_and_fails_later(stage, twilio):
    stage.write("salmah", "whatsapp", "halo")
    stage.post("/api/clock", {"advance_s": 25 * 3600})

    created = twilio.messages.create(
        from_=WHATSAPP, to=SALMAH, body="Terlambat", status_callback=callback(stage)
    )

    [state] = stage.statuses(1)
    assert created.status == "queued"
    assert (state["MessageStatus"], state["ErrorCode"]) == ("failed", "63016")
    assert [one["text"] for one in stage.thread("salmah", "whatsapp")] == ["halo"]


def test_a_template_opens_the_closed_window_and_its_button_comes_back(stage, twilio):
    created = twilio.messages.create(
        from_=WHATSAPP,
        to=SALMAH,
        content_sid=defaults.TEMPLATE_NEWS,
        content_variables='{"1": "26-00421-3", "2": "Dinas Perhubungan"}',
    )
    eventually_shown(stage, created.sid)

    stage.write("salmah", "whatsapp", choice={"message": created.sid, "title": "Baca jawaban"})

    [heard] = stage.webhooks(MESSAGING, 1)
    shown = stage.thread("salmah", "whatsapp")[0]
    assert "26-00421-3 yang ditangani Dinas Perhubungan" in shown["text"]
    assert heard.form["MessageType"] == "button"
    assert (heard.form["ButtonText"], heard.form["ButtonPayload"]) == ("Baca jawaban", "BACA")
    assert heard.form["OriginalRepliedMessageSid"] == created.sid


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"to": SALMAH}, 400, 21602),
        ({"to": SALMAH, "body": "x" * 1601}, 400, 21617),
        ({"to": "whatsapp:+62", "body": "halo"}, 400, 21211),
        ({"to": "+6281255501001", "body": "halo"}, 400, 21910),
        ({"to": SALMAH, "from_": "whatsapp:+6281100000901", "body": "halo"}, 400, 63007),
        ({"to": "+6281255501001", "from_": "+12025550199", "body": "halo"}, 400, 21606),
        ({"to": "+622150990900", "from_": defaults.TWILIO_SMS_NUMBER, "body": "x"}, 400, 21614),
        ({"to": SALMAH, "media_url": ["foto.jpg"]}, 400, 21620),
        ({"to": SALMAH, "media_url": ["http://a/1", "http://a/2"]}, 400, 21623),
        ({"to": SALMAH, "content_sid": "HX00000000000000000000000000000000"}, 400, 21655),
        ({"to": SALMAH, "content_sid": defaults.TEMPLATE_NEWS}, 400, 21656),
        (
            {
                "to": SALMAH,
                "content_sid": defaults.TEMPLATE_NEWS,
                "content_variables": '{"1": "a\\nb", "2": "c"}',
            },
            400,
            21656,
        ),
        (
            {"to": SALMAH, "content_sid": defaults.TEMPLATE_RATING, "content_variables": "{1:2}"},
            400,
            21656,
        ),
        (
            {
                "to": SALMAH,
                "content_sid": defaults.TEMPLATE_RATING,
                "content_variables": '{"1": "26-00421-3"}',
                "body": "juga teks",
            },
            400,
            20422,
        ),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(stage, twilio, values, status, code):
    with pytest.raises(TwilioRestException) as raised:
        twilio.messages.create(**{"from_": WHATSAPP, **values})

    assert (raised.value.status, raised.value.code) == (status, code)
    assert stage.get("/api/sent")["count"] == 0


def test_a_wrong_token_is_refused(stage):
    with pytest.raises(TwilioRestException) as raised:
        client(stage, "wrong").messages.create(from_=WHATSAPP, to=SALMAH, body="halo")

    assert (raised.value.status, raised.value.code) == (401, 20003)


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


def test_media_by_address_are_fetched_from_the_gateway_and_shown(stage, twilio):
    stage.write("salmah", "whatsapp", "halo")
    stage.gateway.files["/media/surat.pdf"] = (document(), "application/pdf")

    twilio.messages.create(
        from_=WHATSAPP, to=SALMAH, media_url=[f"{stage.gateway.url}/media/surat.pdf"]
    )

    stage.settled()
    answer = stage.thread("salmah", "whatsapp")[-1]
    shown = requests.get(stage.url + answer["files"][0]["url"], timeout=5)
    assert answer["files"][0]["filename"] == "surat.pdf"
    assert shown.content == document()


def test_media_that_cannot_be_fetched_fail_later(stage, twilio):
    stage.write("salmah", "whatsapp", "halo")

    twilio.messages.create(
        from_=WHATSAPP,
        to=SALMAH,
        media_url=["https://example.org/x.jpg"],
        status_callback=callback(stage),
    )

    [state] = stage.statuses(1)
    assert (state["MessageStatus"], state["ErrorCode"]) == ("failed", "63019")


def test_a_callback_outside_of_the_gateway_is_not_called(stage, twilio):
    stage.write("salmah", "whatsapp", "halo")

    twilio.messages.create(
        from_=WHATSAPP, to=SALMAH, body="halo", status_callback="https://example.org/status"
    )

    stage.settled()
    outcomes = [one["outcome"] for one in stage.get("/api/events")["events"]]
    assert outcomes.count("alamat di luar gateway") == 3


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


def test_a_number_of_nobody_fails_later(stage, twilio):
    twilio.messages.create(
        from_=WHATSAPP,
        to="whatsapp:+6281255509999",
        body="halo",
        status_callback=callback(stage),
    )

    [state] = stage.statuses(1)
    assert (state["MessageStatus"], state["ErrorCode"]) == ("failed", "63003")
