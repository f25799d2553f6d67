import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from sandbox import defaults
from sandbox.samples import document
from tests.sandbox.sdk import twilio_client

MESSAGING = "/webhooks/twilio/messaging"
WHATSAPP = defaults.TWILIO_WHATSAPP_NUMBER
SALMAH = "whatsapp:+6281255501001"


def test_an_answer_is_queued_then_sent_delivered_and_read(stage, twilio):
    stage.write("salmah", "whatsapp", "halo")

    created = twilio.messages.create(
        from_=WHATSAPP, to=SALMAH, body="Terima kasih", status_callback=stage.callback()
    )

    states = stage.statuses(3)
    assert created.status == "queued"
    assert {one["MessageStatus"] for one in states} == {"sent", "delivered", "read"}
    assert {one["MessageSid"] for one in states} == {created.sid}
    heard = stage.gateway.on("/webhooks/twilio/status")
    assert {one.query for one in heard} == {"ref=part-1"}
    validator = RequestValidator(defaults.TWILIO_AUTH_TOKEN)
    for one in heard:
        assert validator.validate(stage.callback(), one.form, one.headers["x-twilio-signature"])
    stage.settled()
    assert twilio.messages(created.sid).fetch().status == "read"
    mine, answer = stage.thread("salmah", "whatsapp")
    assert (mine["status"], answer["status"], answer["text"]) == ("read", "read", "Terima kasih")


def test_an_sms_is_never_read(stage, twilio):
    twilio.messages.create(
        from_=defaults.TWILIO_SMS_NUMBER,
        to="+6281255501001",
        body="Aduan diterima",
        status_callback=stage.callback(),
    )

    states = stage.statuses(2)
    stage.settled()
    assert [one["MessageStatus"] for one in states] == ["sent", "delivered"]
    assert len(stage.gateway.on("/webhooks/twilio/status")) == 2
    said = [one["what"] for one in stage.get("/api/events")["events"]]
    assert set(said) == {"kabar terkirim", "kabar dikirim"}


def test_free_text_after_24_hours_is_accepted_and_fails_later(stage, twilio):
    stage.write("salmah", "whatsapp", "halo")
    stage.post("/api/clock", {"advance_s": 25 * 3600})

    created = twilio.messages.create(
        from_=WHATSAPP, to=SALMAH, body="Terlambat", status_callback=stage.callback()
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
    stage.shown("salmah", "whatsapp", created.sid)

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
        twilio_client(stage, "wrong").messages.create(from_=WHATSAPP, to=SALMAH, body="halo")

    assert (raised.value.status, raised.value.code) == (401, 20003)


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
        status_callback=stage.callback(),
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


def test_a_number_of_nobody_fails_later(stage, twilio):
    twilio.messages.create(
        from_=WHATSAPP,
        to="whatsapp:+6281255509999",
        body="halo",
        status_callback=stage.callback(),
    )

    [state] = stage.statuses(1)
    assert (state["MessageStatus"], state["ErrorCode"]) == ("failed", "63003")
