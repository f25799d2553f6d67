"""What an adapter reads, as a row of the payload index would say it."""

from datetime import UTC, datetime
from typing import Any

from channels.message import ChannelEvent, DeliveryReceipt, InboundMessage


def described(message: InboundMessage) -> dict[str, Any]:
    pin = message.location
    return {
        "sender_id": message.sender,
        "external_id": message.external_id,
        "dedup_key": {
            "scope": message.dedup_scope or f"{message.channel}:{message.account}",
            "id": message.external_id,
        },
        "text": message.text,
        "sent_at": message.sent_at,
        "attachments": [
            {"kind": ref.kind.value, "source_ref": ref.source, "mime": ref.mime}
            for ref in message.media
        ],
        "group_key": message.group_key,
        "reply_to": message.reply_to,
        "unsupported": message.unsupported,
        "repliable": message.repliable,
        "public": message.public,
        "choice": message.choice and (message.choice.title, message.choice.payload),
        "location": pin and (pin.latitude_deg, pin.longitude_deg),
    }


def expected(row: dict[str, Any]) -> dict[str, Any]:
    pin, choice = row.get("location"), row.get("choice")
    return {
        "sender_id": row["sender_id"],
        "external_id": row["external_id"],
        "dedup_key": row["dedup_key"],
        "text": row["text"],
        "sent_at": datetime.fromisoformat(row["sent_at"]).astimezone(UTC),
        "attachments": [{"mime": None, **one} for one in row["attachments"]],
        "group_key": row.get("group_key"),
        "reply_to": row.get("reply_to"),
        "unsupported": row.get("unsupported", False),
        "repliable": row.get("repliable", True),
        "public": row.get("public", False),
        "choice": choice and (choice["title"], choice["payload"]),
        "location": pin and (pin["lat"], pin["lon"]),
    }


def messages(events: list[ChannelEvent]) -> list[InboundMessage]:
    return [event for event in events if isinstance(event, InboundMessage)]


def receipts(events: list[ChannelEvent]) -> list[DeliveryReceipt]:
    return [event for event in events if isinstance(event, DeliveryReceipt)]
