"""Where Twilio keeps the address to which it brings what citizens write, and how it is changed.

There are three places: the number itself; a messaging service, unless it defers to its numbers; a
WhatsApp sender (Senders API v2, a public beta in November 2026: an account without it is refused).
Facts: Twilio's reference of IncomingPhoneNumber, Service and Sender.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from channels.message import ChannelName

_MOST_SENDERS = 200


@dataclass(frozen=True, slots=True)
class Door:
    """The address as it is kept; `lead` replaces it at Twilio."""

    url: str
    lead: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _SenderChange:
    """The change of a WhatsApp sender as the SDK wants it: only what changes, no empty fields."""

    webhook: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Return the body of the request."""
        return {"webhook": dict(self.webhook)}


def find_door(
    client: Any, channel: ChannelName, number: str, messaging_service_sid: str | None
) -> Door | None:
    """Return where the address for our sender is kept, None where Twilio does not know the sender.

    Args:
        client: of the SDK.
        channel: WHATSAPP or SMS.
        number: our sender, as Twilio writes it.
        messaging_service_sid: the service that receives for it; None without one.
    """
    if channel is ChannelName.WHATSAPP:
        return _of_sender(client, number)
    if messaging_service_sid is None:
        return _of_number(client, number)
    service = client.messaging.v1.services(messaging_service_sid)
    kept = service.fetch()
    if kept.use_inbound_webhook_on_number:
        return _of_number(client, number)
    return Door(
        str(kept.inbound_request_url or ""),
        lambda url: service.update(inbound_request_url=url, inbound_method="POST"),
    )


def _of_number(client: Any, number: str) -> Door | None:
    found = client.incoming_phone_numbers.list(phone_number=number, limit=1)
    if not found:
        return None
    return Door(
        str(found[0].sms_url or ""), lambda url: found[0].update(sms_url=url, sms_method="POST")
    )


def _of_sender(client: Any, number: str) -> Door | None:
    senders = client.messaging.v2.channels_senders
    wanted = number if number.startswith("whatsapp:") else f"whatsapp:{number}"
    listed = senders.list(channel="whatsapp", limit=_MOST_SENDERS)
    found = next((one for one in listed if one.sender_id == wanted), None)
    if found is None:
        return None

    def lead(url: str) -> object:
        change = _SenderChange({"callback_url": url, "callback_method": "POST"})
        return senders(found.sid).update(messaging_v2_channels_sender_requests_update=change)

    kept = found.webhook if isinstance(found.webhook, Mapping) else {}
    return Door(str(kept.get("callback_url") or ""), lead)
