"""X through the sandbox: there and back, with real requests and real signatures."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
import requests

from channels.admin import MessageRecords
from channels.errors import SendError
from channels.message import ChannelEvent, ChannelName, ControlEvent, ControlKind, ErrorClass
from channels.registry import ChannelSettings, adapters_for, build_channels, close_channels
from channels.webhook import WebhookRequest
from channels.x_messages import XAdapter
from sandbox import defaults
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from tests.channels.own_expectations import messages
from tests.channels.own_payloads import (
    BASE_URL,
    x_signature,
)
from tests.channels.provider import Answer, Call, Provider, running_provider
from tests.channels.x_parts import CITIZEN, part
from tests.sandbox.conftest import QUICK, free_port

T = TypeVar("T")


def x_settings(origin: str) -> Mapping[str, Any]:
    return {
        "user_id": defaults.X_USER_ID,
        "consumer_key": defaults.X_CONSUMER_KEY,
        "consumer_secrets": (defaults.X_CONSUMER_SECRET,),
        "access_token": defaults.X_ACCESS_TOKEN,
        "access_token_secret": defaults.X_ACCESS_TOKEN_SECRET,
        "api_base": origin,
    }


def test_x_is_off_unless_its_settings_are_given():
    built = build_channels(ChannelSettings(public_base_url=BASE_URL))

    assert adapters_for(built, "x") == ()


def test_settings_do_not_print_their_secrets():
    settings = ChannelSettings(BASE_URL, platforms={"x": x_settings("https://api.x.com")})

    printed = repr(settings)

    assert defaults.X_CONSUMER_SECRET not in printed
    assert defaults.X_ACCESS_TOKEN not in printed


@pytest.fixture(scope="module")
def gateway() -> Iterator[Provider]:
    with running_provider() as listening:
        listening.will_answer(Answer(200, b"", {"Content-Type": "text/plain"}))
        yield listening


@pytest.fixture(scope="module")
def origin(gateway: Provider) -> Iterator[str]:
    port = free_port()
    server = SandboxServer(
        SandboxSettings(target=gateway.origin, port=port, **{**QUICK, "silence_s": 0.2})
    )
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.close()


@pytest.fixture
def connected(origin: str, gateway: Provider) -> Iterator[XAdapter]:
    gateway.calls.clear()
    built = build_channels(
        ChannelSettings(
            public_base_url=gateway.origin,
            platforms={"x": x_settings(origin)},
            sandbox_origin=origin,
        )
    )
    (adapter,) = adapters_for(built, "x")
    assert isinstance(adapter, XAdapter)
    yield adapter
    close_channels(built)
    requests.delete(f"{origin}/api/faults", timeout=5)


def heard(adapter: XAdapter, gateway: Provider) -> list[ChannelEvent]:
    found: list[ChannelEvent] = []
    for call in list(gateway.calls):
        request = as_request(call, gateway)
        adapter.verify(request)
        found += adapter.parse(request)
    return found


def echoes(adapter: XAdapter, gateway: Provider, external_id: str) -> list[ControlEvent]:
    controls = [event for event in heard(adapter, gateway) if isinstance(event, ControlEvent)]
    return [event for event in controls if event.external_id == external_id]


def as_request(call: Call, gateway: Provider) -> WebhookRequest:
    return WebhookRequest(call.method, gateway.origin + call.path, call.headers, call.body)


def wait_for(look: Callable[[], list[T]]) -> list[T]:
    give_up_at = time.monotonic() + 10
    while not (found := look()):
        assert time.monotonic() < give_up_at, "never came"
        time.sleep(0.02)
    return found


def test_what_a_citizen_writes_in_the_sandbox_is_read(connected, gateway, origin):
    wish = {"citizen": "salmah", "text": "Jalan A & B rusak"}
    requests.post(f"{origin}/api/x/messages", json=wish, timeout=5)

    (message,) = wait_for(lambda: messages(heard(connected, gateway)))

    assert (message.text, message.sender_name) == ("Jalan A & B rusak", "Salmah Idris")
    assert (message.sender, message.public) == (CITIZEN, False)


def test_a_mention_in_the_sandbox_is_answered_in_private(connected, gateway, origin):
    wish = {"citizen": "salmah", "text": "@kabcontoh banjir", "public": True}
    requests.post(f"{origin}/api/x/messages", json=wish, timeout=5)
    (mention,) = wait_for(lambda: messages(heard(connected, gateway)))
    assert mention.public

    connected.send(part("Terima kasih, kami balas di sini.", recipient=mention.sender))

    sent = requests.get(f"{origin}/api/x/sent", timeout=5).json()["sent"]
    assert (sent[-1]["citizen"], sent[-1]["text"]) == (
        "salmah",
        "Terima kasih, kami balas di sini.",
    )


def test_our_own_answer_comes_back_under_the_id_that_sending_returned(connected, gateway):
    result = connected.send(part("Sudah kami terima."))

    (echo,) = wait_for(lambda: echoes(connected, gateway, result.external_id))
    assert echo.kind is ControlKind.ECHO


def test_the_sandbox_finds_our_challenge_answered_rightly(connected, gateway, origin):
    secret = defaults.X_CONSUMER_SECRET
    token_answers = Answer(200, b"{}", {"Content-Type": "application/json"})
    gateway.will_answer(token_answers)
    requests.post(f"{origin}/api/x/challenge", json={}, timeout=5)
    asked = as_request(gateway.calls[0], gateway)
    gateway.will_answer(Answer(200, b"", {"Content-Type": "text/plain"}))

    reply = connected.handshake(asked)

    token = asked.url.partition("crc_token=")[2].partition("&")[0]
    assert json.loads(reply.body) == {"response_token": x_signature(token.encode(), secret)}


@pytest.mark.parametrize(
    ("fault", "error_class"),
    [
        ("token_expired", ErrorClass.REAUTH),
        ("throttled", ErrorClass.RETRY_AFTER),
        ("server_error", ErrorClass.RETRY),
        ("blocked", ErrorClass.RECIPIENT_GONE),
        ("not_registered", ErrorClass.RECIPIENT_GONE),
    ],
)
def test_the_sandbox_refuses_as_x_does(connected, origin, fault, error_class):
    requests.post(f"{origin}/api/faults", json={"name": fault, "times": 1}, timeout=5)

    with pytest.raises(SendError) as caught:
        connected.send(part())

    assert caught.value.error_class is error_class


def test_the_sandbox_knows_a_foreign_signature(origin, gateway):
    foreign = {**x_settings(origin), "access_token_secret": "milik-orang-lain"}
    built = build_channels(ChannelSettings(gateway.origin, platforms={"x": foreign}))

    with pytest.raises(SendError) as caught:
        built[ChannelName.X].send(part())
    close_channels(built)

    assert caught.value.error_class is ErrorClass.REAUTH


def window() -> tuple[datetime, datetime]:
    now = datetime.now(UTC)
    return now - timedelta(hours=1), now + timedelta(minutes=1)


def test_the_list_of_messages_holds_what_webhooks_told(connected, gateway, origin):
    requests.post(f"{origin}/api/reset", json={}, timeout=5)
    gateway.calls.clear()
    for text in ("Jalan A & B rusak", "Sudah seminggu"):
        wish = {"citizen": "salmah", "text": text}
        requests.post(f"{origin}/api/x/messages", json=wish, timeout=5)
    result = connected.send(part("Sudah kami terima."))
    told = wait_for(lambda: found if len(found := messages(heard(connected, gateway))) == 2 else [])

    page = connected.past_messages(*window(), None)

    assert isinstance(connected, MessageRecords)
    read = [connected.parse(connected.recover(past))[0] for past in page.messages]
    assert {(one.external_id, one.text, one.sender) for one in read} == {
        (one.external_id, one.text, one.sender) for one in told
    }
    (found,) = connected.find_sent(part("Sudah kami terima."), *window())
    assert found.external_id == result.external_id
    assert connected.find_sent(part("Belum."), *window()) == ()


def test_a_throttled_list_is_asked_for_later(connected, origin):
    requests.post(f"{origin}/api/faults", json={"name": "throttled", "times": 1}, timeout=5)

    with pytest.raises(SendError) as caught:
        connected.past_messages(*window(), None)

    assert caught.value.error_class is ErrorClass.RETRY_AFTER
