"""WhatsApp by the Cloud API: its payloads, its errors, what leaves and what is fetched."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from channels.adapter import ChannelAdapter
from channels.errors import MediaError, SendError
from channels.message import (
    ChannelEvent,
    ChannelName,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    DeliveryStatus,
    InboundMessage,
    MediaKind,
    MediaRef,
    RottenEvent,
)
from channels.outbound import Button, OutboundMedium, OutboundPart, Template
from channels.registry import ChannelSettings, MetaSettings, build_channels, close_channels
from tests.channels.provider import Answer, Provider, running_provider
from tests.channels.support import DATA, ERRORS, INDEX, PAYLOADS, signed

KEYS = INDEX["harness"]["meta"]
NUMBER = KEYS["wa_phone_number_id"]
ROWS = [row["id"] for row in INDEX["payloads"] if row["channel"] == "whatsapp_cloud"]
CLOUD_ERRORS = [row for row in ERRORS if row["provider"] == "whatsapp_cloud"]
SENT = Answer(200, b'{"messages": [{"id": "wamid.77"}]}')


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
def adapter(provider: Provider) -> Iterator[ChannelAdapter]:
    built = build_channels(
        ChannelSettings(
            public_base_url="https://aduan.kabcontoh.go.id",
            meta=MetaSettings(
                (KEYS["app_secret"],),
                KEYS["verify_token"],
                whatsapp_phone_id=NUMBER,
                whatsapp_token="token-whatsapp",
                graph_base=provider.origin,
            ),
            sandbox_origin=provider.origin,
        )
    )
    yield built[ChannelName.WHATSAPP_CLOUD]
    close_channels(built)


def value(**content: Any) -> bytes:
    inner = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}, **content}
    changes = [{"field": "messages", "value": inner}]
    document = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
    return json.dumps(document).encode()


def read(adapter: ChannelAdapter, **content: Any) -> list[ChannelEvent]:
    request = signed("meta", value(**content))
    adapter.verify(request)
    return adapter.parse(request)


def said(adapter: ChannelAdapter, **content: Any) -> Any:
    base = {"from": "6281255503001", "id": "wamid.1", "timestamp": "1795137300"}
    (event,) = read(adapter, messages=[base | content])
    return event


def outgoing(**values: Any) -> OutboundPart:
    return OutboundPart(ChannelName.WHATSAPP_CLOUD, NUMBER, "+6281255503001", "bagian-1", **values)


def form(provider: Provider) -> dict[str, Any]:
    (call,) = provider.calls
    return {name: values[0] for name, values in parse_qs(call.body.decode()).items()}


@pytest.mark.parametrize("payload_id", ROWS)
def test_a_payload_is_read_as_its_row_says(payload_id, adapter):
    row = PAYLOADS[payload_id]
    (want,) = row["expect"]["messages"]

    (message,) = adapter.parse(signed("meta", (DATA / "payloads" / row["file"]).read_bytes()))

    assert isinstance(message, InboundMessage)
    assert (message.sender, message.external_id, message.text) == (
        want["sender_id"],
        want["external_id"],
        want["text"],
    )
    assert message.dedup_scope == want["dedup_key"]["scope"]
    assert message.sent_at == datetime.fromisoformat(want["sent_at"])
    assert [ref.source for ref in message.media] == [a["source_ref"] for a in want["attachments"]]
    assert message.unsupported == want.get("unsupported", False)
    assert (message.location is None) == ("location" not in want)


@pytest.mark.parametrize("row", [row for row in CLOUD_ERRORS if row["when"] == "async"])
def test_a_reported_failure_has_the_class_of_its_row(row, adapter):
    status = {"id": "wamid.9", "recipient_id": "6281255503001", **row["body"]["statuses"][0]}

    (receipt,) = read(adapter, statuses=[status | {"biz_opaque_callback_data": "bagian-1"}])

    assert isinstance(receipt, DeliveryReceipt)
    assert (receipt.status, receipt.error_class) == (DeliveryStatus.FAILED, row["class"])
    assert (receipt.reference, receipt.recipient) == ("bagian-1", "+6281255503001")


@pytest.mark.parametrize("row", [row for row in CLOUD_ERRORS if row["when"] == "sync"])
def test_a_refused_call_has_the_class_of_its_row(row, adapter, provider):
    provider.will_answer(Answer(row["http"], json.dumps(row["body"]).encode()))

    with pytest.raises(SendError) as caught:
        adapter.send(outgoing(text="x"))

    assert caught.value.error_class == row["class"]


def test_buttons_lists_replies_and_reactions_are_read(adapter):
    button = said(adapter, type="button", button={"payload": "belum", "text": "Belum"})
    listed = said(
        adapter,
        type="interactive",
        interactive={"type": "list_reply", "list_reply": {"id": "5", "title": "Lima"}},
        context={"id": "wamid.0"},
    )
    reaction = said(adapter, type="reaction", reaction={"message_id": "wamid.0", "emoji": "👍"})

    assert (button.choice.payload, button.text) == ("belum", "Belum")
    assert (listed.choice.payload, listed.reply_to) == ("5", "wamid.0")
    assert isinstance(reaction, ControlEvent)
    assert (reaction.kind, reaction.value) == (ControlKind.REACTION, "👍")


def test_a_contact_card_is_not_the_sender(adapter):
    card = {"name": {"formatted_name": "Pak Lurah"}, "phones": [{"phone": "+62 812-9999-0000"}]}

    message = said(adapter, type="contacts", contacts=[card])

    assert (message.contact.name, message.contact.phone, message.contact.is_sender) == (
        "Pak Lurah",
        "+6281299990000",
        False,
    )


def test_each_writer_of_a_batch_keeps_their_name_and_rot_costs_no_neighbour(adapter):
    events = read(
        adapter,
        contacts=[
            {"wa_id": "6281255503001", "profile": {"name": "Siti"}},
            {"wa_id": "6281255503002", "profile": {"name": "Budi"}},
        ],
        messages=[
            {"from": "6281255503002", "id": "a", "type": "text", "text": {"body": "x"}},
            {"id": "b", "type": "text"},
            {"from": "6281255503001", "id": "c", "type": "text", "text": "bukan objek"},
        ],
    )

    assert [e.sender_name for e in events if isinstance(e, InboundMessage)] == ["Budi"]
    assert [e.path for e in events if isinstance(e, RottenEvent)] == [
        "entry[0].changes[0].value.messages[1]",
        "entry[0].changes[0].value.messages[2]",
    ]


def test_other_numbers_and_fields_are_left_out(adapter):
    assert read(adapter, metadata={"phone_number_id": "1"}, messages=[{"id": "x"}]) == []
    assert adapter.parse(signed("meta", b'{"object": "page", "entry": []}')) == []
    assert read(adapter, statuses=[{"id": "x", "status": "deleted"}]) == []


def test_a_text_with_few_answers_gets_buttons(adapter, provider):
    provider.will_answer(SENT)

    result = adapter.send(outgoing(text="Sudah?", buttons=(Button("Belum", "belum"),)))

    fields = form(provider)
    assert result.external_id == "wamid.77"
    assert provider.calls[0].path == f"/v25.0/{NUMBER}/messages"
    assert (fields["to"], fields["biz_opaque_callback_data"]) == ("6281255503001", "bagian-1")
    interactive = json.loads(fields["interactive"])
    assert interactive["action"]["buttons"][0]["reply"] == {"id": "belum", "title": "Belum"}


def test_texts_locations_media_and_templates_have_their_type(adapter, provider):
    photo = OutboundMedium(MediaKind.IMAGE, "image/jpeg", "foto.jpg", url="https://a.id/f")
    parts = {
        "text": outgoing(text="Halo", reply_to="wamid.0"),
        "interactive": outgoing(text="Di mana?", location_request=True),
        "image": outgoing(medium=photo, text="Ini"),
        "template": outgoing(template=Template("kabar_aduan", {"1": "26-1-2", "2": "Dinas\nPU"})),
    }

    for kind, part in parts.items():
        provider.will_answer(SENT)
        adapter.send(part)
        assert form(provider)["type"] == kind
        assert kind in form(provider)

    body = json.loads(form(provider)["template"])["components"][0]["parameters"]
    assert [parameter["text"] for parameter in body] == ["26-1-2", "Dinas PU"]


def test_what_cannot_be_sent_is_refused_before_the_call(adapter, provider):
    provider.will_answer(SENT)
    upload = OutboundMedium(MediaKind.IMAGE, "image/jpeg", "foto.jpg", content=b"x")

    for part in (outgoing(), outgoing(medium=upload)):
        with pytest.raises(SendError):
            adapter.send(part)

    assert provider.calls == []


def test_media_are_fetched_in_two_steps_with_our_token(adapter, provider):
    named = json.dumps({"url": f"{provider.origin}/unduh", "mime_type": "image/jpeg"}).encode()
    provider.will_answer(Answer(200, named), Answer(200, b"JPEG", {"Content-Type": "image/jpeg"}))

    content = adapter.fetch_media(MediaRef(MediaKind.IMAGE, "1003383421387256"))

    assert content.content == b"JPEG"
    assert provider.calls[1].headers["authorization"] == "Bearer token-whatsapp"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(400, b'{"error": {"code": 100}}'), "expired"),
        (Answer(500, b""), "unavailable"),
        (Answer(200, b"{}"), "unavailable"),
    ],
)
def test_media_that_do_not_come_say_why(answer, reason, adapter, provider):
    provider.will_answer(answer)

    with pytest.raises(MediaError) as caught:
        adapter.fetch_media(MediaRef(MediaKind.IMAGE, "1003383421387256"))

    assert caught.value.reason == reason


def test_a_media_id_that_is_a_path_is_never_asked_for(adapter, provider):
    provider.will_answer(SENT)

    with pytest.raises(MediaError):
        adapter.fetch_media(MediaRef(MediaKind.IMAGE, "me/accounts"))

    assert provider.calls == []
