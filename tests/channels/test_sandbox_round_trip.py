"""There and back through the sandbox: messages are read, media fetched, answers arrive."""

import base64
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import requests

from channels.adapter import ChannelAdapter
from channels.message import (
    ChannelEvent,
    ChannelName,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    MediaKind,
)
from channels.outbound import OutboundPart
from channels.registry import (
    ChannelSettings,
    MetaSettings,
    TelegramSettings,
    TwilioSettings,
    build_channels,
    close_channels,
)
from channels.webhook import WebhookRequest
from sandbox import defaults
from sandbox.server import SandboxServer
from sandbox.settings import SandboxSettings
from tests.channels.provider import Answer, Provider, running_provider
from tests.sandbox.conftest import QUICK, free_port

CHANNELS = ("whatsapp", "sms", "telegram", "messenger", "instagram")
DOCUMENT = b"%PDF-1.4 surat pengantar RT"


@pytest.fixture(scope="module")
def gateway() -> Iterator[Provider]:
    with running_provider() as listening:
        listening.will_answer(Answer(200, b"", {"Content-Type": "text/plain"}))
        yield listening


@pytest.fixture(scope="module")
def origin(gateway: Provider) -> Iterator[str]:
    settings = SandboxSettings(target=gateway.origin, port=free_port(), **QUICK)
    server = SandboxServer(settings)
    server.start()
    yield f"http://127.0.0.1:{settings.port}"
    server.close()


@pytest.fixture(scope="module")
def adapters(origin: str, gateway: Provider) -> Iterator[Mapping[ChannelName, ChannelAdapter]]:
    built = build_channels(
        ChannelSettings(
            public_base_url=gateway.origin,
            twilio=TwilioSettings(
                defaults.TWILIO_ACCOUNT_SID,
                (defaults.TWILIO_AUTH_TOKEN,),
                defaults.TWILIO_WHATSAPP_NUMBER,
                defaults.TWILIO_SMS_NUMBER,
                api_base=origin,
            ),
            telegram=TelegramSettings(
                defaults.TELEGRAM_BOT_TOKEN, (defaults.TELEGRAM_SECRET,), origin
            ),
            meta=MetaSettings(
                (defaults.META_APP_SECRET,),
                defaults.META_VERIFY_TOKEN,
                defaults.META_PAGE_ID,
                defaults.META_PAGE_TOKEN,
                defaults.META_INSTAGRAM_ID,
                defaults.META_INSTAGRAM_TOKEN,
                graph_base=origin,
            ),
            sandbox_origin=origin,
        )
    )
    yield built
    close_channels(built)


def eventually(look: Callable[[], list[Any]], what: str) -> Any:
    for _ in range(500):
        if found := look():
            return found[0]
        time.sleep(0.02)
    raise AssertionError(f"{what} never came")


def read(adapter: ChannelAdapter, gateway: Provider) -> list[ChannelEvent]:
    provider = {"telegram": "telegram", "messenger": "meta", "instagram": "meta"}
    path = f"/webhooks/{provider.get(adapter.name, 'twilio')}"
    events: list[ChannelEvent] = []
    for call in [call for call in gateway.calls if call.path.startswith(path)]:
        request = WebhookRequest("POST", gateway.origin + call.path, call.headers, call.body)
        adapter.verify(request)
        events += adapter.parse(request)
    return events


@pytest.mark.parametrize("name", CHANNELS)
def test_a_message_with_a_file_comes_in_and_the_answer_arrives(name, adapters, gateway, origin):
    adapter = adapters[ChannelName(name)]
    files = [
        {
            "kind": "document",
            "filename": "surat.pdf",
            "content_base64": base64.b64encode(DOCUMENT).decode(),
        }
    ]
    wish = {"channel": name, "text": "Jalan rusak di Desa Air Putih"}
    if name not in ("sms", "instagram"):
        wish["attachments"] = files

    written = requests.post(f"{origin}/api/citizens/salmah/messages", json=wish, timeout=10)
    assert written.ok, written.text
    message = eventually(
        lambda: [
            e
            for e in read(adapter, gateway)
            if isinstance(e, InboundMessage) and (e.media or "attachments" not in wish)
        ],
        "the message",
    )

    assert isinstance(message, InboundMessage)
    assert message.account == adapter.account
    if "attachments" in wish:
        assert message.media[0].kind is MediaKind.DOCUMENT
        assert adapter.fetch_media(message.media[0]).content == DOCUMENT
    part = OutboundPart(
        adapter.name, adapter.account, str(message.sender), f"bagian-{name}", text="Terima kasih."
    )
    assert adapter.send(part).external_id
    thread = f"{origin}/api/citizens/salmah/thread?channel={name}"
    shown = eventually(
        lambda: [
            m
            for m in requests.get(thread, timeout=10).json()["messages"]
            if m["text"] == "Terima kasih."
        ],
        "the answer",
    )
    assert shown["channel"] == name


@pytest.mark.parametrize("name", ["whatsapp", "messenger"])
def test_the_ticks_come_back_and_name_the_part(name, adapters, gateway, origin):
    adapter = adapters[ChannelName(name)]
    requests.post(
        f"{origin}/api/citizens/yusuf/messages", json={"channel": name, "text": "x"}, timeout=10
    )
    address = {"whatsapp": "+6281255501002", "messenger": "6120000000000002"}[name]
    part = OutboundPart(adapter.name, adapter.account, address, f"centang-{name}", text="Siap.")
    sent = adapter.send(part)

    receipt = eventually(
        lambda: [
            e
            for e in read(adapter, gateway)
            if isinstance(e, DeliveryReceipt)
            and e.recipient == address
            and e.status is DeliveryStatus.READ
        ],
        "the receipt",
    )

    assert isinstance(receipt, DeliveryReceipt)
    if name == "whatsapp":
        assert (receipt.external_id, receipt.reference) == (sent.external_id, f"centang-{name}")
    else:
        assert receipt.watermark is not None
