"""What WhatsApp's Cloud API tells besides citizens' messages: the office's phone, groups, news."""

from typing import Any

from channels.message import ControlEvent, ControlKind, InboundMessage
from channels.whatsapp_cloud_inbound import read_body

OURS = "106540352242922"
CITIZEN = "+6281255501001"


def events_of(field: str, **value: Any) -> list[Any]:
    metadata = {"display_phone_number": "+62 811-0000-0901", "phone_number_id": OURS}
    change = {"field": field, "value": {"metadata": metadata, **value}}
    document = {"object": "whatsapp_business_account", "entry": [{"changes": [change]}]}
    return read_body(document, OURS)


def text(message_id: str, sender: str, words: str, **more: Any) -> dict[str, Any]:
    body = {"id": message_id, "from": sender, "type": "text", "text": {"body": words}}
    return body | {"timestamp": "1795137300"} | more


def test_what_an_officer_wrote_on_the_shared_phone_is_an_echo_to_the_citizen():
    echo = text("wamid.9", "6281100000901", "Petugas menuju lokasi", to=CITIZEN.lstrip("+"))

    (event,) = events_of("smb_message_echoes", message_echoes=[echo])

    assert isinstance(event, ControlEvent)
    assert (event.kind, event.sender, event.external_id) == (ControlKind.ECHO, CITIZEN, "wamid.9")
    assert event.value is None
    assert event.message is not None
    assert event.message.text == "Petugas menuju lokasi"


def test_our_own_number_is_no_citizen_however_it_is_written():
    ours = text("wamid.1", "6281100000901", "Gema")
    theirs = text("wamid.2", CITIZEN.lstrip("+"), "Lampu mati")

    (event,) = events_of("messages", messages=[ours, theirs])

    assert isinstance(event, InboundMessage)
    assert (event.external_id, event.sender) == ("wamid.2", CITIZEN)


def test_who_opens_the_conversation_for_the_first_time_starts_it():
    opened = {"id": "wamid.3", "from": CITIZEN.lstrip("+"), "type": "request_welcome"}

    (event,) = events_of("messages", messages=[opened])

    assert isinstance(event, ControlEvent)
    assert (event.kind, event.sender) == (ControlKind.START, CITIZEN)


def test_groups_and_news_of_an_account_are_not_messages():
    group = text("wamid.4", "6281255501001", "Grup", group_id="Y2FwaV9ncm91cA")
    news = {"id": "wamid.5", "from": "6281255501001", "type": "system", "system": {"body": "x"}}

    assert events_of("messages", messages=[group, news]) == []


def test_what_we_did_not_ask_for_is_left_alone():
    assert events_of("account_update", messages=[text("wamid.6", "6281255501001", "x")]) == []
