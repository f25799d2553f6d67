"""The webhook addresses of the web app: raw bytes in, what the platform wants to hear out."""

import pytest
from flask.testing import FlaskClient

from channels.message import MediaContent, MediaKind, MediaRef
from channels.webhook import WebhookRequest
from gateway.app import create_app
from gateway.media import media
from gateway.media.media_links import link
from gateway.runtime import Runtime
from store.models.messaging import Message, WebhookDelivery
from tests.gateway.conftest import PUBLIC_URL, Hear
from tests.gateway.fakes import Clock, FakeAdapter
from tests.gateway.rows import all_of, message, only

VOICE_NOTE = b"OggS\0\x02" + b"\0" * 20 + b"\x01\x13OpusHead" + b"\0" * 20


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    return create_app(runtime).test_client()


def test_an_adapter_sees_the_bytes_and_the_address_that_the_platform_used(
    client: FlaskClient, runtime: Runtime, telegram: FakeAdapter
) -> None:
    seen: list[WebhookRequest] = []
    verify = telegram.verify

    def note(request: WebhookRequest) -> None:
        seen.append(request)
        verify(request)

    telegram.__dict__["verify"] = note
    telegram.events = [message("101")]

    answer = client.post(
        "/webhooks/telegram?a=%20b&c=1+2",
        data=b"\x00\xff{",
        headers={"X-Fake": "genuine", "Content-Type": "application/x-www-form-urlencoded"},
        base_url="http://10.0.0.7:8080",
    )

    assert (answer.status_code, answer.text) == (200, "heard 1")
    assert seen[0].body == b"\x00\xff{"
    assert seen[0].url == f"{PUBLIC_URL}/webhooks/telegram?a=%20b&c=1+2"
    assert seen[0].headers["x-fake"] == "genuine"
    assert seen[0].peer == "127.0.0.1"
    assert only(runtime, Message).external_id == "101"


def test_a_forged_call_learns_nothing(client: FlaskClient, runtime: Runtime) -> None:
    answer = client.post("/webhooks/meta", data=b"{}")

    assert (answer.status_code, answer.data) == (403, b"")
    assert all_of(runtime, WebhookDelivery) == []


def test_a_body_beyond_the_largest_batch_is_refused_unread(
    client: FlaskClient, runtime: Runtime
) -> None:
    answer = client.post(
        "/webhooks/meta", data=bytes(3 * 1024 * 1024 + 1), headers={"X-Fake": "genuine"}
    )

    assert answer.status_code == 413
    assert all_of(runtime, WebhookDelivery) == []


def test_a_body_that_broke_off_is_refused_so_that_the_whole_one_counts(
    client: FlaskClient, runtime: Runtime, telegram: FakeAdapter
) -> None:
    telegram.events = [message("101")]
    genuine = {"X-Fake": "genuine"}
    # As granian says it: a length is announced, and the stream simply ends before it.
    broken = {"CONTENT_LENGTH": "50", "wsgi.input_terminated": True}

    half = client.post(
        "/webhooks/telegram", data=b"half", headers=genuine, environ_overrides=broken
    )
    kept = all_of(runtime, WebhookDelivery)
    whole = client.post("/webhooks/telegram", data=b"half and half", headers=genuine)

    assert (half.status_code, kept) == (400, [])
    assert whole.status_code == 200
    assert only(runtime, WebhookDelivery).body == b"half and half"


def test_an_address_that_was_set_up_with_a_slash_at_its_end_is_the_same(
    client: FlaskClient, runtime: Runtime, telegram: FakeAdapter
) -> None:
    telegram.events = [message("101")]

    answer = client.post("/webhooks/telegram/", data=b"x", headers={"X-Fake": "genuine"})

    assert answer.status_code == 200
    assert only(runtime, Message).external_id == "101"


def test_a_channel_that_is_not_connected_has_no_webhook(client: FlaskClient) -> None:
    assert client.post("/webhooks/kannel/mo").status_code == 404
    assert client.post("/webhooks/x").status_code == 404


def test_a_platform_fetches_an_attachment_by_its_signed_address_only(
    client: FlaskClient, runtime: Runtime, hear: Hear, telegram: FakeAdapter, clock: Clock
) -> None:
    telegram.files["suara"] = MediaContent(VOICE_NOTE)
    hear(telegram, message("101", None, media=(MediaRef(MediaKind.AUDIO, "suara"),)))
    media.drain(runtime)
    address = link(runtime, 1, clock()).removeprefix(PUBLIC_URL)

    fetched = client.get(address)

    assert (fetched.data, fetched.content_type) == (VOICE_NOTE, "audio/ogg")
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{address[:-1]}x").status_code == 404
    clock.advance(hours=25)
    assert client.get(address).status_code == 404
