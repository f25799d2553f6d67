"""Each fault, seen from the gateway or from the real SDK."""

import json
import threading

import pytest
import requests

from sandbox import defaults
from tests.sandbox.stage import ListeningGateway, Stage, eventually

TWILIO = "/webhooks/twilio/messaging"
TELEGRAM = "/webhooks/telegram"
META = "/webhooks/meta"
HOOKS = {"whatsapp": TWILIO, "sms": TWILIO, "telegram": TELEGRAM, "messenger": META}
CHANNELS = list(HOOKS)
ACCOUNT = (defaults.TWILIO_ACCOUNT_SID, defaults.TWILIO_AUTH_TOKEN)
MESSAGES = f"/2010-04-01/Accounts/{defaults.TWILIO_ACCOUNT_SID}/Messages.json"


def create(stage: Stage, to: str = "whatsapp:+6281255501001", timeout: float = 5.0, **form: str):
    sms = not to.startswith("whatsapp:")
    sender = defaults.TWILIO_SMS_NUMBER if sms else defaults.TWILIO_WHATSAPP_NUMBER
    values = {"From": sender, "To": to, "Body": "kabar", **form}
    return requests.post(stage.url + MESSAGES, data=values, auth=ACCOUNT, timeout=timeout)


def send_page(stage: Stage) -> requests.Response:
    values = {
        "recipient": json.dumps({"id": "6120000000000001"}),
        "message": json.dumps({"text": "kabar"}),
        "access_token": defaults.META_PAGE_TOKEN,
    }
    return requests.post(f"{stage.url}/v25.0/me/messages", data=values, timeout=5)


def send_bot(stage: Stage) -> requests.Response:
    address = f"{stage.url}/bot{defaults.TELEGRAM_BOT_TOKEN}/sendMessage"
    return requests.post(address, json={"chat_id": 5550100001, "text": "kabar"}, timeout=5)


SENDERS = {"whatsapp": create, "telegram": send_bot, "messenger": send_page}


@pytest.mark.parametrize("channel", CHANNELS)
def test_thrice_is_the_same_message_three_times(stage, channel):
    stage.fault("thrice", times=1)

    stage.write("salmah", channel, "halo")

    heard = stage.webhooks(HOOKS[channel], 3)
    stage.settled()
    assert len({one.body for one in heard}) == 1
    assert len(stage.gateway.on(HOOKS[channel])) == 3
    assert [one["status"] for one in stage.thread("salmah", channel)] == ["delivered"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_out_of_order_lets_the_second_go_first(stage, channel):
    stage.fault("out_of_order", times=1)

    stage.write("salmah", channel, "pertama")
    stage.write("salmah", channel, "kedua")

    heard = stage.webhooks(HOOKS[channel], 2)
    assert b"kedua" in heard[0].body
    assert b"pertama" in heard[1].body


def test_a_first_message_without_a_second_goes_after_a_while(open_stage):
    stage = open_stage(reorder_hold_s=0.05)
    stage.fault("out_of_order", times=1)

    stage.write("salmah", "sms", "pertama")

    [heard] = stage.webhooks(TWILIO, 1)
    assert heard.form["Body"] == "pertama"


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_late_message_waits_while_those_of_others_pass(open_stage, channel):
    stage = open_stage(late_s=60.0)
    stage.fault("late", citizen="salmah", times=1)

    stage.write("salmah", channel, "terlambat")
    stage.write("yusuf", channel, "tepat")

    [heard] = stage.webhooks(HOOKS[channel], 1)
    assert b"tepat" in heard.body
    assert stage.world.dispatcher.pending >= 1


def test_a_late_message_comes_in_the_end(stage):
    stage.fault("late", delay_s=0.05)

    stage.write("salmah", "sms", "terlambat")

    [heard] = stage.webhooks("/webhooks/twilio/messaging", 1)
    assert heard.form["Body"] == "terlambat"


def test_receipts_are_late_too(open_stage):
    stage = open_stage(late_s=60.0)
    stage.write("salmah", "whatsapp", "halo")
    stage.webhooks(TWILIO, 1)
    stage.fault("late")

    create(stage, StatusCallback=f"{stage.gateway.url}/webhooks/twilio/status")

    answer = eventually(
        lambda: stage.thread("salmah", "whatsapp")[-1],
        lambda last: last["status"] == "read",
        "the answer read on the phone",
    )
    assert answer["direction"] == "out"
    assert stage.gateway.on("/webhooks/twilio/status") == []


@pytest.mark.parametrize("channel", list(SENDERS))
def test_a_broken_provider_answers_500_and_takes_nothing(stage, channel):
    stage.write("salmah", channel, "halo")
    stage.fault("server_error", times=1)

    first, second = SENDERS[channel](stage), SENDERS[channel](stage)

    assert first.status_code == 500
    assert second.ok
    assert stage.get("/api/sent")["count"] == 1


def test_throttling_is_told_as_each_provider_tells_it(stage):
    for channel in SENDERS:
        stage.write("salmah", channel, "halo")
    stage.fault("throttled", retry_after_s=17)

    twilio, bot, page = create(stage), send_bot(stage), send_page(stage)

    assert (twilio.status_code, twilio.json()["code"]) == (429, 20429)
    assert twilio.headers["Retry-After"] == "17"
    assert (bot.status_code, bot.json()["parameters"]) == (429, {"retry_after": 17})
    assert (page.status_code, page.json()["error"]["code"]) == (400, 613)
    assert "X-Business-Use-Case-Usage" in page.headers


@pytest.mark.parametrize("channel", list(SENDERS))
def test_a_silent_provider_has_sent_the_message_all_the_same(stage, channel):
    stage.write("salmah", channel, "halo")
    stage.fault("timeout", times=1)
    answers: list[requests.Response] = []
    caller = threading.Thread(target=lambda: answers.append(SENDERS[channel](stage)))

    caller.start()
    sent = eventually(
        lambda: stage.get("/api/sent")["sent"], lambda found: len(found) == 1, "an accepted message"
    )
    shown = eventually(
        lambda: stage.thread("salmah", channel), lambda found: len(found) == 2, "it on the phone"
    )
    unanswered = not answers
    stage.world.silence.set()
    caller.join(timeout=5)

    assert unanswered
    assert shown[1]["id"] == sent[0]["id"]
    assert answers[0].ok


@pytest.mark.parametrize(
    ("fault", "to", "status", "code"),
    [
        ("blocked", "whatsapp:+6281255501001", "failed", "63033"),
        ("not_registered", "whatsapp:+6281255501001", "failed", "63003"),
        ("undelivered", "whatsapp:+6281255501001", "failed", "63012"),
        ("blocked", "+6281255501001", "undelivered", "30004"),
        ("not_registered", "+6281255501001", "undelivered", "30005"),
        ("undelivered", "+6281255501001", "undelivered", "30008"),
    ],
)
def test_twilio_learns_afterwards_that_nobody_is_reached(stage, fault, to, status, code):
    stage.write("salmah", "whatsapp", "halo")
    stage.fault(fault, citizen="salmah")

    created = create(stage, to, StatusCallback=f"{stage.gateway.url}/webhooks/twilio/status?a=1")

    last = stage.statuses(1 if fault != "undelivered" else 2)
    assert created.status_code == 201
    assert (last[-1]["MessageStatus"], last[-1]["ErrorCode"]) == (status, code)
    assert {one.query for one in stage.gateway.on("/webhooks/twilio/status")} == {"a=1"}


def test_the_code_of_a_lost_message_can_be_chosen(stage):
    stage.fault("undelivered", code="30003")

    create(stage, "+6281255501001", StatusCallback=f"{stage.gateway.url}/webhooks/twilio/status")

    assert stage.statuses(2)[-1]["ErrorCode"] == "30003"


@pytest.mark.parametrize(
    ("fault", "code", "subcode"),
    [("blocked", 551, 1545041), ("not_registered", 100, 2018001), ("token_expired", 190, 463)],
)
def test_meta_refuses_at_once(stage, fault, code, subcode):
    stage.write("salmah", "messenger", "halo")
    stage.fault(fault)

    error = send_page(stage).json()["error"]

    assert (error["code"], error["error_subcode"]) == (code, subcode)


@pytest.mark.parametrize(
    ("fault", "status"), [("not_registered", 400), ("undelivered", 403), ("token_expired", 401)]
)
def test_telegram_refuses_at_once(stage, fault, status):
    stage.write("salmah", "telegram", "/start")
    stage.fault(fault)

    assert send_bot(stage).status_code == status


def test_a_fault_of_one_citizen_leaves_the_others_alone(stage):
    stage.write("salmah", "telegram", "/start")
    stage.write("yusuf", "telegram", "/start")
    stage.fault("not_registered", citizen="yusuf", channel="telegram")

    assert send_bot(stage).ok


def test_twilio_posts_again_only_when_the_gateway_is_not_there(open_stage):
    gone = ListeningGateway()
    address = gone.url
    gone.close()
    stage = open_stage(target=address)

    [message] = stage.write("salmah", "sms", "halo")

    failures = eventually(
        lambda: stage.get("/api/events")["events"], lambda lines: len(lines) == 2, "two attempts"
    )
    stage.settled()
    assert [one["outcome"] for one in failures] == [
        "gateway tidak terhubung",
        "gateway tidak terhubung, dicoba lagi 0 detik lagi",
    ]
    assert stage.thread("salmah", "sms")[0]["status"] == "failed"
    assert message["status"] == "sent"


def test_twilio_does_not_post_again_after_an_error_answer(stage):
    stage.gateway.answer_next(TWILIO, 500)

    stage.write("salmah", "sms", "halo")

    stage.webhooks(TWILIO, 1)
    stage.settled()
    assert len(stage.gateway.on(TWILIO)) == 1
    assert stage.thread("salmah", "sms")[0]["status"] == "failed"
