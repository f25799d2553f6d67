"""Findings that the sandbox does not play: expiry, trials, modems, keys of other accounts."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.admin import Finding, Health
from channels.kannel_admin import judge_status
from channels.message import ChannelName
from channels.meta_admin import token_life
from channels.registry import KannelSettings
from channels.telegram_admin import ALLOWED_UPDATES, WebhookState, judge_webhook
from channels.twilio_admin import judge_account
from tests.channels import admin_stage
from tests.channels.admin_stage import NOW, PUBLIC
from tests.channels.provider import Answer, Provider, running_provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as listening:
        yield listening


def healths(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.subject, one.health.value) for one in findings]


# Telegram


def hook(**changes: object) -> WebhookState:
    good = WebhookState(f"{PUBLIC}/webhooks/telegram", 0, ALLOWED_UPDATES, None, "")
    return replace(good, **changes)


def test_a_webhook_that_failed_just_now_is_bad_and_says_why():
    state = hook(failed_at=NOW - timedelta(minutes=5), failure="Wrong response: 503")

    (finding,) = judge_webhook(state, PUBLIC, NOW)

    assert finding.health is Health.BAD
    assert "503" in finding.words


def test_a_failure_of_yesterday_is_over():
    state = hook(failed_at=NOW - timedelta(days=1), failure="Wrong response: 503")

    assert healths(judge_webhook(state, PUBLIC, NOW)) == [("webhook", "good")]


def test_messages_that_wait_at_telegram_are_told():
    (finding,) = judge_webhook(hook(pending=340), PUBLIC, NOW)

    assert finding.health is Health.NOTE
    assert "340" in finding.words


def test_a_webhook_that_leaves_out_buttons_is_bad():
    (finding,) = judge_webhook(hook(allowed_updates=("message",)), PUBLIC, NOW)

    assert finding.health is Health.BAD


# Tokens and accounts


@pytest.mark.parametrize(
    ("left", "health"),
    [
        (timedelta(days=40), Health.GOOD),
        (timedelta(days=13), Health.NOTE),
        (timedelta(seconds=-1), Health.BAD),
    ],
)
def test_the_life_of_a_token_is_judged(left, health):
    finding = token_life(NOW + left, NOW)

    assert finding.health is health
    assert finding.expires_at == NOW + left


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        ("active", "Full", [("credentials", "good")]),
        ("active", "Trial", [("credentials", "good"), ("account", "note")]),
        ("suspended", "Full", [("credentials", "bad")]),
    ],
)
def test_a_twilio_account_is_judged(status, kind, expected):
    assert healths(judge_account(status, kind)) == expected


# WhatsApp Cloud


def cloud(origin: str):
    made = admin_stage.settings(origin)
    meta = replace(
        made.meta, whatsapp_phone_id="106540352242922", whatsapp_token="token-awan", page_id=None
    )
    return replace(made, twilio=None, telegram=None, meta=meta)


def answer(body: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body).encode())


NUMBER = {
    "display_phone_number": "+62 811-0000-900",
    "quality_rating": "GREEN",
    "status": "CONNECTED",
    "webhook_configuration": {"application": f"{PUBLIC}/webhooks/meta"},
}
APP = {"id": "900100200300400"}
TOKEN = {"data": {"is_valid": True, "expires_at": 0}}
WEBHOOK = {
    "data": [
        {
            "object": "whatsapp_business_account",
            "callback_url": f"{PUBLIC}/webhooks/meta",
            "active": True,
            "fields": [{"name": "messages"}],
        }
    ]
}


def test_a_cloud_number_in_order_is_good(provider):
    provider.will_answer(*map(answer, (NUMBER, APP, TOKEN, WEBHOOK)))
    with admin_stage.channels(cloud(provider.origin)) as built:
        findings = built[ChannelName.WHATSAPP_CLOUD].check(PUBLIC, NOW)

    assert healths(findings) == [("credentials", "good"), ("token", "good"), ("webhook", "good")]


def test_a_cloud_number_with_a_webhook_of_its_own_elsewhere_is_bad(provider):
    led_away = NUMBER | {"webhook_configuration": {"phone_number": "https://lain.go.id/wa"}}
    provider.will_answer(*map(answer, (led_away, APP, TOKEN, WEBHOOK)))
    with admin_stage.channels(cloud(provider.origin)) as built:
        findings = built[ChannelName.WHATSAPP_CLOUD].check(PUBLIC, NOW)

    assert ("webhook", "bad") in healths(findings)
    assert ("webhook", "good") not in healths(findings)


def test_a_cloud_number_that_is_disconnected_or_disliked_says_so(provider):
    ill = NUMBER | {"status": "BANNED", "quality_rating": "RED"}
    provider.will_answer(*map(answer, (ill, APP, TOKEN, WEBHOOK)))
    with admin_stage.channels(cloud(provider.origin)) as built:
        findings = built[ChannelName.WHATSAPP_CLOUD].check(PUBLIC, NOW)

    assert [one for one in healths(findings) if one[0] == "account"] == [
        ("account", "bad"),
        ("account", "note"),
    ]


def cloud_of_business(origin: str):
    made = cloud(origin)
    return replace(made, meta=replace(made.meta, whatsapp_business_id="102290129340398"))


def subscribed(*app_ids: str) -> dict[str, object]:
    return {"data": [{"whatsapp_business_api_data": {"id": one}} for one in app_ids]}


@pytest.mark.parametrize(
    ("listing", "health"),
    [
        (answer(subscribed("900100200300400")), "good"),
        (answer(subscribed("1")), "bad"),
        (answer({"data": "junk"}), "bad"),
        (answer({}), "bad"),
        (answer({"error": {"code": 200, "message": "no"}}, 403), "note"),
    ],
)
def test_a_business_account_must_be_subscribed_to_the_app(provider, listing, health):
    provider.will_answer(*map(answer, (NUMBER, APP, TOKEN, WEBHOOK, APP)), listing)
    with admin_stage.channels(cloud_of_business(provider.origin)) as built:
        findings = built[ChannelName.WHATSAPP_CLOUD].check(PUBLIC, NOW)

    assert healths(findings)[-1] == ("subscription", health)


def test_connecting_subscribes_the_business_account(provider):
    done = answer({"success": True})
    provider.will_answer(answer(APP), done, done)
    with admin_stage.channels(cloud_of_business(provider.origin)) as built:
        lines = built[ChannelName.WHATSAPP_CLOUD].connect(PUBLIC)

    assert provider.calls[2].path.startswith("/v25.0/102290129340398/subscribed_apps")
    assert lines[1] == "Akun WhatsApp Business berlangganan ke aplikasi Meta."


def test_a_token_that_may_not_subscribe_says_so_and_what_to_do_by_hand(provider):
    no = answer({"error": {"code": 200, "message": "no"}}, 403)
    provider.will_answer(answer(APP), answer({"success": True}), no)
    with admin_stage.channels(cloud_of_business(provider.origin)) as built:
        lines = built[ChannelName.WHATSAPP_CLOUD].connect(PUBLIC)

    assert len(lines) == 3
    assert "WhatsApp Manager" in lines[2]


def test_the_app_is_asked_with_its_own_token_and_not_with_ours(provider):
    provider.will_answer(answer(APP), answer({"success": True}))
    with admin_stage.channels(cloud(provider.origin)) as built:
        lines = built[ChannelName.WHATSAPP_CLOUD].connect(PUBLIC)

    subscribed = provider.calls[1]
    sent = parse_qs(subscribed.body.decode()) | parse_qs(urlsplit(subscribed.path).query)
    assert sent["access_token"] == ["900100200300400|sandboxmetaappsecret"]
    assert "token-awan" not in subscribed.path + subscribed.body.decode()
    assert "WhatsApp Manager" in lines[1]


def test_a_token_that_names_no_app_leaves_the_webhook_to_a_person(provider):
    refusal = {"error": {"message": "x", "type": "OAuthException", "code": 100}}
    provider.will_answer(answer(refusal, 400))
    with admin_stage.channels(cloud(provider.origin)) as built:
        lines = built[ChannelName.WHATSAPP_CLOUD].connect(PUBLIC)

    assert f"{PUBLIC}/webhooks/meta" in lines[0]
    assert "Pasang sendiri" in lines[0]
    assert "sandbox-verify" not in " ".join(lines)


def test_a_token_of_instagrams_own_login_goes_to_its_own_host(provider):
    made = admin_stage.settings(provider.origin)
    own = replace(made.meta, instagram_token="IGAAcontoh", graph_base="https://graph.facebook.com")
    with admin_stage.channels(replace(made, meta=own)) as built:
        bases = {
            name: built[name]._graph._session._base
            for name in (ChannelName.MESSENGER, ChannelName.INSTAGRAM)
        }

    assert bases[ChannelName.INSTAGRAM] == "https://graph.instagram.com"
    assert bases[ChannelName.MESSENGER] == "https://graph.facebook.com"


# Kannel


def kannel(origin: str, **changes: object):
    gateway = KannelSettings(
        number="1708",
        webhook_keys=("kunci-uji-kannel-bukan-rahasia",),
        sendsms_url=f"{origin}/cgi-bin/sendsms",
        username="sahut",
        password="sandi-kirim",
        status_url=f"{origin}/status.txt?password=sandi-status",
        **changes,
    )
    return replace(
        admin_stage.settings(origin), twilio=None, telegram=None, meta=None, kannel=gateway
    )


def status(*connections: str, state: str = "running") -> bytes:
    lines = "".join(f"    {one}\n" for one in connections)
    return f"Status: {state}, uptime 0d\n\nSMSC connections:\n{lines}\n".encode()


MISSING = Answer(400, b"Missing receiver(s) number(s), rejected")
ONLINE = "modem[modem]    FAKE:39309 (online 1s, rcvd: sms 0)"
DEAD = "operator[operator]    SMPP:x:2775/2775:u:VMA (re-connecting, rcvd: sms 0)"


def test_kannel_with_a_good_password_and_a_modem_is_good(provider):
    provider.will_answer(MISSING, Answer(200, status(ONLINE)))
    with admin_stage.channels(kannel(provider.origin)) as built:
        findings = built[ChannelName.SMS].check(PUBLIC, NOW)

    assert healths(findings) == [("credentials", "good"), ("account", "good")]
    asked, page = provider.calls
    assert "x-kannel-to" not in asked.headers
    assert "x-kannel-password" not in page.headers


def test_kannel_with_a_wrong_password_is_bad(provider):
    provider.will_answer(Answer(403, b"Authorization failed for sendsms"))
    with admin_stage.channels(kannel(provider.origin)) as built:
        findings = built[ChannelName.SMS].check(PUBLIC, NOW)

    assert healths(findings) == [("credentials", "bad")]


def test_kannel_without_a_status_page_says_that_nobody_watches_the_modem(provider):
    provider.will_answer(MISSING)
    made = kannel(provider.origin)
    blind = replace(made, kannel=replace(made.kannel, status_url=None))
    with admin_stage.channels(blind) as built:
        findings = built[ChannelName.SMS].check(PUBLIC, NOW)

    assert healths(findings) == [("credentials", "good"), ("account", "note")]


def test_a_status_page_that_is_refused_is_bad_and_hides_its_password(provider):
    provider.will_answer(MISSING, Answer(403, b"Denied"))
    with admin_stage.channels(kannel(provider.origin)) as built:
        findings = built[ChannelName.SMS].check(PUBLIC, NOW)

    assert healths(findings)[1] == ("account", "bad")
    assert "sandi-status" not in str(findings)


@pytest.mark.parametrize(
    ("page", "smsc_id", "health"),
    [
        (status(ONLINE, DEAD), "modem", Health.GOOD),
        (status(ONLINE, DEAD), None, Health.BAD),
        (status(ONLINE), "operator", Health.BAD),
        (status(), None, Health.BAD),
        (status(ONLINE, state="suspended"), None, Health.BAD),
    ],
)
def test_the_connections_of_kannel_are_judged(page, smsc_id, health):
    (finding,) = judge_status(page.decode(), smsc_id)

    assert finding.health is health


# X


def x(origin: str):
    account = {
        "user_id": "55501",
        "consumer_key": "kunci",
        "consumer_secrets": ("rahasia",),
        "access_token": "token",
        "access_token_secret": "rahasia-token",
        "api_base": origin,
    }
    only_x = {"twilio": None, "telegram": None, "meta": None, "platforms": {"x": account}}
    return replace(admin_stage.settings(origin), **only_x)


@pytest.mark.parametrize(("number", "health"), [("55501", "good"), ("99999", "bad")])
def test_keys_of_x_must_be_those_of_our_account(provider, number, health):
    provider.will_answer(answer({"data": {"id": number, "name": "Pemkab", "username": "pemkab"}}))
    with admin_stage.channels(x(provider.origin)) as built:
        findings = built[ChannelName.X].check(PUBLIC, NOW)
        lines = built[ChannelName.X].connect(PUBLIC)

    assert healths(findings) == [("credentials", health)]
    assert f"{PUBLIC}/webhooks/x" in lines[0]


def test_keys_that_x_refuses_are_bad(provider):
    provider.will_answer(answer({"title": "Unauthorized", "status": 401}, 401))
    with admin_stage.channels(x(provider.origin)) as built:
        findings = built[ChannelName.X].check(PUBLIC, NOW)

    assert healths(findings) == [("credentials", "bad")]
