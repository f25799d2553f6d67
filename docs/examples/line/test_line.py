"""LINE from its webhook to the answer on the wire: the real app, the real worker code."""

import base64
import dataclasses
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.errors import SendError
from channels.message import ChannelName, ErrorClass
from channels.outbound import Button, OutboundPart
from channels.registry import build_channels, close_channels
from config.settings import load_settings
from gateway import boot
from gateway.app import create_app
from gateway.dialogue import dialogue
from gateway.sending import replies
from store.models.outbox import OutboxPart
from tests.channels.contract_cases import at
from tests.channels.provider import Answer, Provider, running_provider
from tests.conformance.conftest import keys
from tests.conformance.payload_set import load
from tests.conformance.service import Service, channel_settings, running

__all__ = ["keys"]

SET = load(Path(__file__).parents[1] / "data" / "payloads_line")
KEYS = SET.harness["line"]
CITIZEN = "U" + "a1" * 16
TAKEN = Answer(200, b'{"sentMessages": [{"id": "550000000000000001", "quoteToken": "q"}]}')
STORY = "Lampu jalan depan masjid Desa Air Putih Kec. Bengkalis mati sejak kemarin malam"


@pytest.fixture(scope="module")
def line() -> Iterator[Provider]:
    with running_provider() as playing:
        yield playing


@pytest.fixture
def service(database_url, tmp_path, keys, line: Provider) -> Iterator[Service]:
    """The app whose LINE is played by `line`; its sends really leave."""
    with running(SET, database_url, tmp_path, keys) as started:
        settings = dataclasses.replace(channel_settings(SET.harness))
        real = build_channels(at(settings, line.origin))
        runtime = dataclasses.replace(started.runtime, channels=real)
        client = create_app(runtime).test_client()
        yield dataclasses.replace(started, runtime=runtime, client=client)
        close_channels(real)


def post(service: Service, *events: dict) -> int:
    body = json.dumps({"destination": KEYS["account"], "events": events}).encode()
    key = KEYS["signed_by"]["base64_hmac_sha256"].encode()
    signature = base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
    headers = {"X-Line-Signature": signature, "Content-Type": "application/json"}
    return service.client.post("/webhooks/line", data=body, headers=headers).status_code


def event(number: int, **content) -> dict:
    return {
        "type": "message",
        "mode": "active",
        "timestamp": 1795137300000 + number,
        "source": {"type": "user", "userId": CITIZEN},
        "webhookEventId": f"01JCZ000000000000000000{number:03d}",
        "deliveryContext": {"isRedelivery": False},
        **content,
    }


def says(number: int, text: str) -> dict:
    return event(number, message={"type": "text", "id": f"54{number:016d}", "text": text})


def pushed(line: Provider) -> list[str]:
    return [
        message["text"]
        for call in line.calls
        if call.path == "/v2/bot/message/push"
        for message in json.loads(call.body)["messages"]
    ]


def test_a_complaint_comes_in_and_its_answer_leaves(service, line):
    line.will_answer(TAKEN)

    assert post(service, says(1, "halo")) == 200
    dialogue.drain(service.runtime)
    replies.drain(service.runtime)
    assert post(service, says(2, f"{STORY}. NIK 1403016502879101")) == 200
    service.clock.advance(minutes=20)
    dialogue.drain(service.runtime)
    replies.drain(service.runtime)

    assert len(pushed(line)) >= 2
    assert any("PIN" in text for text in pushed(line))
    assert {json.loads(call.body)["to"] for call in line.calls} == {CITIZEN}
    assert all(call.headers["authorization"] == "Bearer token-line-uji" for call in line.calls)
    with service.runtime.transaction() as session:
        parts = session.query(OutboxPart).all()
        assert {part.status.value for part in parts} == {"sent"}
        assert {part.external_id for part in parts} == {"550000000000000001"}


def test_a_send_whose_answer_was_lost_is_sent_again_under_the_same_key(service, line):
    line.will_answer(Answer(silent=True), Answer(409, TAKEN.body))

    post(service, says(1, "halo"))
    dialogue.drain(service.runtime)
    replies.drain(service.runtime)
    service.clock.advance(minutes=5)
    replies.drain(service.runtime)

    used = [call.headers["x-line-retry-key"] for call in line.calls]
    assert len(used) >= 2
    assert used[0] == used[1]
    with service.runtime.transaction() as session:
        assert {part.status.value for part in session.query(OutboxPart)} == {"sent"}


def test_quick_answers_carry_what_we_put_behind_them(line):
    line.will_answer(TAKEN)
    adapter = build_channels(at(channel_settings(SET.harness), line.origin))[ChannelName.LINE]
    reference = "7d9c1a52111142228333000000000009"
    buttons = (Button("Sudah", "sudah"), Button("Belum", "belum"), Button("X", "y" * 301))

    adapter.send(
        OutboundPart(
            ChannelName.LINE, "akun", CITIZEN, reference, "Sudah *selesai*?", None, None, buttons
        )
    )

    (message,) = json.loads(line.calls[0].body)["messages"]
    actions = [item["action"] for item in message["quickReply"]["items"]]
    assert message["text"] == "Sudah selesai?"
    assert [(one["label"], one["data"]) for one in actions] == [
        ("Sudah", "sudah"),
        ("Belum", "belum"),
    ]
    assert line.calls[0].headers["x-line-retry-key"] == "7d9c1a52-1111-4222-8333-000000000009"


def test_a_lost_answer_without_a_key_is_unclear(line):
    line.will_answer(Answer(silent=True))
    adapter = build_channels(at(channel_settings(SET.harness), line.origin))[ChannelName.LINE]

    with pytest.raises(SendError) as caught:
        adapter.send(OutboundPart(ChannelName.LINE, "akun", CITIZEN, "bagian-1", "halo"))

    assert caught.value.error_class is ErrorClass.AMBIGUOUS


def test_settings_of_the_environment_switch_it_on():
    variables = {
        "DATABASE_URL": "postgresql://localhost/sahut",
        "REDIS_URL": "redis://localhost",
        "SAHUT_LINE_BOT_USER_ID": KEYS["account"],
        "SAHUT_LINE_CHANNEL_SECRETS": "baru,lama",
        "SAHUT_LINE_ACCESS_TOKEN": "token-line-uji",
    }

    own = boot._platforms(load_settings(variables))["line"]

    assert own["channel_secrets"] == ("baru", "lama")
    assert own["bot_user_id"] == KEYS["account"]
