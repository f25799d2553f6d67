"""What the adapter makes of what Kannel called, and answers by the adapter."""

import uuid

from channels.kannel import KannelAdapter
from channels.message import ChannelEvent, ChannelName, DeliveryReceipt, InboundMessage
from channels.outbound import OutboundPart
from channels.webhook import WebhookRequest
from tests.channels.provider import Call, Provider
from tests.kannel.daemon import KEY, NUMBER, PASSWORD, USER, Kannel
from tests.live import eventually


def adapter_for(kannel: Kannel, web: Provider, password: str = PASSWORD) -> KannelAdapter:
    return KannelAdapter(
        number=NUMBER,
        webhook_keys=(KEY,),
        sendsms_url=kannel.sendsms_url,
        username=USER,
        password=password,
        callback_base_url=web.origin,
        smsc_id="modem",
    )


def events(adapter: KannelAdapter, web: Provider) -> list[ChannelEvent]:
    """Everything that Kannel handed over so far, each request checked as the gateway checks it."""
    found: list[ChannelEvent] = []
    for call in list(web.calls):
        request = as_request(call, web)
        adapter.verify(request)
        found += adapter.parse(request)
    return found


def as_request(call: Call, web: Provider) -> WebhookRequest:
    return WebhookRequest(call.method, web.origin + call.path, call.headers, call.body)


def message_from(adapter: KannelAdapter, web: Provider, sender: str) -> InboundMessage:
    """Wait for the message of one citizen."""
    found = eventually(lambda: messages_from(adapter, web, sender), f"a message of {sender}")
    return found[0]


def messages_from(adapter: KannelAdapter, web: Provider, sender: str) -> list[InboundMessage]:
    return [
        event
        for event in events(adapter, web)
        if isinstance(event, InboundMessage) and event.sender == sender
    ]


def receipts_of(adapter: KannelAdapter, web: Provider, reference: str) -> set[str]:
    """Return the states that were reported of one part."""
    return {
        event.status.value
        for event in events(adapter, web)
        if isinstance(event, DeliveryReceipt) and event.reference == reference
    }


def answer(text: str, recipient: str) -> OutboundPart:
    return OutboundPart(ChannelName.SMS, NUMBER, recipient, str(uuid.uuid4()), text=text)
