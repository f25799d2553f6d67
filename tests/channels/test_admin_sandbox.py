"""Checks and set-up through the providers' SDKs, against the sandbox."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import requests

from channels.admin import ChannelAdmin, Finding, Health, ProfileNames, TokenRefresher
from channels.errors import SendError
from channels.message import ChannelName
from sandbox import defaults
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from tests.channels import admin_stage
from tests.sandbox.conftest import QUICK, free_port
from tests.sandbox.stage import ListeningGateway, Stage

ALL = (
    ChannelName.WHATSAPP,
    ChannelName.SMS,
    ChannelName.VOICE,
    ChannelName.TELEGRAM,
    ChannelName.MESSENGER,
    ChannelName.INSTAGRAM,
)


@pytest.fixture
def gateway() -> Iterator[ListeningGateway]:
    listening = ListeningGateway()
    yield listening
    listening.close()


@pytest.fixture
def stage(gateway: ListeningGateway) -> Iterator[Stage]:
    server = SandboxServer(SandboxSettings(target=gateway.url, port=free_port(), **QUICK))
    server.start()
    yield Stage(server, gateway)
    server.close()


@pytest.fixture
def adapters(stage: Stage, gateway: ListeningGateway):
    made = admin_stage.settings(stage.url, gateway.url)
    with admin_stage.channels(made) as built:
        yield built


def checked(adapter: object, gateway: ListeningGateway) -> dict[str, Finding]:
    assert isinstance(adapter, ChannelAdmin)
    found = adapter.check(gateway.url, datetime.now(UTC))
    return {one.subject: one for one in found}


@pytest.mark.parametrize("name", ALL)
def test_every_channel_is_good_after_it_was_connected(adapters, gateway, name):
    lines = adapters[name].connect(gateway.url)

    findings = checked(adapters[name], gateway)

    assert lines
    assert [one for one in findings.values() if one.health is Health.BAD] == []
    assert findings["credentials"].health is Health.GOOD


@pytest.mark.parametrize("name", ALL)
def test_connecting_twice_changes_nothing(adapters, gateway, name):
    once = adapters[name].connect(gateway.url)

    assert adapters[name].connect(gateway.url) == once


def test_a_telegram_webhook_that_was_never_set_is_bad(adapters, stage, gateway):
    telegram = adapters[ChannelName.TELEGRAM]
    requests.post(f"{stage.url}/bot{defaults.TELEGRAM_BOT_TOKEN}/deleteWebhook", timeout=5)

    finding = checked(telegram, gateway)["webhook"]

    assert finding.health is Health.BAD
    assert "belum dipasang" in finding.words


def test_telegram_sends_its_secret_after_connecting(adapters, stage, gateway):
    adapters[ChannelName.TELEGRAM].connect(gateway.url)

    stage.write("salmah", "telegram", "/start")

    (heard,) = stage.webhooks("/webhooks/telegram", 1)
    assert heard.headers["x-telegram-bot-api-secret-token"] == defaults.TELEGRAM_SECRET


def test_a_page_that_is_not_subscribed_is_bad(adapters, stage, gateway):
    page = f"{stage.url}/v25.0/{defaults.META_PAGE_ID}/subscribed_apps"
    requests.delete(page, params={"access_token": defaults.META_PAGE_TOKEN}, timeout=5)

    findings = checked(adapters[ChannelName.MESSENGER], gateway)

    assert findings["subscription"].health is Health.BAD
    assert findings["credentials"].health is Health.GOOD


def test_a_webhook_that_leads_elsewhere_is_bad(adapters, gateway):
    for name in (ChannelName.TELEGRAM, ChannelName.MESSENGER):
        adapters[name].connect(gateway.url)

    for name in (ChannelName.TELEGRAM, ChannelName.MESSENGER, ChannelName.SMS, ChannelName.VOICE):
        found = adapters[name].check("https://lain.go.id", datetime.now(UTC))

        assert ("webhook", Health.BAD) in [(one.subject, one.health) for one in found], name


def test_the_instagram_token_tells_when_it_ends_and_can_be_renewed(adapters, gateway):
    instagram = adapters[ChannelName.INSTAGRAM]
    now = datetime.now(UTC)

    fresh = instagram.refresh_token(now)
    finding = checked(instagram, gateway)["token"]

    assert isinstance(instagram, TokenRefresher)
    assert fresh.value == defaults.META_INSTAGRAM_TOKEN
    assert fresh.expires_at == now + timedelta(days=60)
    assert finding.expires_at is not None
    assert timedelta(days=59) < finding.expires_at - now < timedelta(days=61)


def test_a_page_token_does_not_expire(adapters, gateway):
    finding = checked(adapters[ChannelName.MESSENGER], gateway)["token"]

    assert (finding.health, finding.expires_at) == (Health.GOOD, None)


def test_wrong_credentials_are_a_finding_that_names_no_secret(stage, gateway):
    base = admin_stage.settings(stage.url, gateway.url)
    wrong = admin_stage.with_wrong_secrets(base)
    with admin_stage.channels(wrong) as built:
        for name in ALL:
            findings = checked(built[name], gateway)

            assert findings["credentials"].health is Health.BAD, name
            assert "salah-" not in " ".join(one.words for one in findings.values())


def test_a_provider_that_does_not_answer_is_a_finding(gateway):
    nobody = f"http://127.0.0.1:{free_port()}"
    with admin_stage.channels(admin_stage.settings(nobody, gateway.url)) as built:
        for name in ALL:
            findings = checked(built[name], gateway)

            assert findings["credentials"].health is Health.BAD, name
            assert "tidak dapat dihubungi" in findings["credentials"].words, name


def test_meta_refuses_to_lead_a_webhook_to_an_address_that_does_not_answer(adapters):
    with pytest.raises(SendError) as raised:
        adapters[ChannelName.MESSENGER].connect(f"http://127.0.0.1:{free_port()}")

    assert raised.value.code == "2200"


@pytest.mark.parametrize("name", [ChannelName.MESSENGER, ChannelName.INSTAGRAM])
def test_the_sandbox_tells_what_a_citizen_is_called(adapters, stage, name):
    citizen = next(iter(stage.world.citizens.values()))
    adapter = adapters[name]
    assert isinstance(adapter, ProfileNames)

    assert adapter.profile_name(citizen.address(name.value)) == citizen.name


@pytest.mark.parametrize("service", [None, "MG" + "0" * 32])
@pytest.mark.parametrize("name", [ChannelName.WHATSAPP, ChannelName.SMS])
def test_a_sender_of_twilio_that_leads_elsewhere_is_led_here(gateway, name, service):
    sandbox = SandboxSettings(
        target="https://lain.go.id", port=free_port(), messaging_service_sid=service or "", **QUICK
    )
    server = SandboxServer(sandbox)
    server.start()
    made = admin_stage.settings(sandbox.base_url, gateway.url)
    assert made.twilio is not None
    made = replace(made, twilio=replace(made.twilio, messaging_service_sid=service))
    with admin_stage.channels(made) as built:
        before = checked(built[name], gateway)["webhook"]
        lines = built[name].connect(gateway.url)
        after = checked(built[name], gateway)["webhook"]
    server.close()

    assert before.health is Health.BAD
    assert lines[0].endswith(f"diarahkan ke {gateway.url}/webhooks/twilio/messaging.")
    assert after.health is Health.GOOD


def test_what_twilio_does_not_know_is_pasted_by_hand(stage, gateway):
    made = admin_stage.settings(stage.url, gateway.url)
    assert made.twilio is not None
    made = replace(made, twilio=replace(made.twilio, messaging_service_sid="MG" + "1" * 32))
    with admin_stage.channels(made) as built:
        lines = built[ChannelName.SMS].connect(gateway.url)

    assert "Konsol Twilio" in lines[0]
