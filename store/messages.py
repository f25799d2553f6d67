"""What arrived: raw deliveries, conversations and messages.

The request path of a webhook runs through `record`: one statement, whatever the batch holds,
because every further round trip to the database costs a tenth of the throughput.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from channels.message import ChannelName, InboundMessage, RottenEvent
from channels.webhook import WebhookRequest
from store import crypto, live_track
from store.media import first_state, mime_of
from store.models.messaging import Message, QuarantinedEvent, WebhookDelivery
from store.record_sql import RECORD

# A provider's clock may be wrong; beyond this a time from the future would spoil the order.
_FUTURE_TOLERANCE = timedelta(hours=1)
# These are secrets themselves, not signatures over one request.
_SECRET_HEADERS = frozenset({"x-telegram-bot-api-secret-token", "authorization", "cookie"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """One genuine request and when it reached us (earlier than now if it lay in the spool)."""

    provider: str
    request: WebhookRequest
    received_at: datetime
    parse_error: str | None = None
    spool_key: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message, or the text that an edit gave it (`edited_at`: when)."""

    message: InboundMessage
    edited_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes a redelivery recognisable."""
        return scope_of(self.message), self.message.external_id


@dataclass(frozen=True, slots=True)
class Recorded:
    """What `record` did.

    `written` are the (scope, external id) of new messages, `released` counts parts that waited for
    one, `fetchable` attachments that wait for the worker.
    """

    delivery_id: int
    written: frozenset[tuple[str, str]]
    released: int
    fetchable: int


def scope_of(message: InboundMessage) -> str:
    """Return the space in which the message's external id is unique."""
    return message.dedup_scope or account_scope(message.channel, message.account)


def account_scope(channel: ChannelName, account: str) -> str:
    """Return the space of everything that has no narrower one."""
    return f"{channel.value}:{account}"


def identity_key(channel: ChannelName, account: str, sender: str) -> str:
    """Return the keyed hash by which a sender's conversation is found."""
    return crypto.installed().lookup("sender", f"{channel.value}\0{account}\0{sender}")


def withheld_sender(occasion: str) -> str:
    """Return what stands for a sender whom we do not know: another one for every call."""
    return f"\0withheld\0{occasion}"


def extras_of(message: InboundMessage) -> dict[str, Any] | None:
    """Return what of a message has no column: pin, track, choice, contact, story, call."""
    extras: dict[str, Any] = {
        "location": asdict(message.location) if message.location else None,
        "live": live_track.first_report(message),
        "choice": asdict(message.choice) if message.choice else None,
        "contact": asdict(message.contact) if message.contact else None,
        "reply_to_story": message.reply_to_story,
        "call_id": message.call_id,
        "public": message.public or None,
        "standby": message.standby or None,
        "origin": message.origin,
        "story_mention": message.story_mention or None,
    }
    return {name: value for name, value in extras.items() if value is not None} or None


def order_of(sent_at: datetime | None, received_at: datetime) -> datetime:
    """Return the instant by which a message takes its place in the conversation."""
    if sent_at is None or sent_at > received_at + _FUTURE_TOLERANCE:
        return received_at
    return sent_at


def sealed(plain: str | None) -> bytes | None:
    """Encrypt a text for a statement that goes past the column types."""
    return None if plain is None else crypto.installed().encrypt(plain.encode())


def record(
    session: Session, arrival: Arrival, incoming: Sequence[Incoming], *, alone: bool = False
) -> Recorded:
    """Keep the raw request and every message of it that is not known yet.

    New messages open or refresh their conversation, set its dialogue timer to now, lift a
    suppression that the message disproves (anything but an opt-out), and release parked parts.

    Args:
        session: the caller's transaction.
        arrival: the request.
        incoming: its messages, no two with the same key.
        alone: nothing else is to be kept of this request, so it may be committed at once.
    """
    values = _delivery_values(arrival)
    values["rows"] = json.dumps(
        [
            _row(item, arrival.received_at) | {"position": position}
            for position, item in enumerate(incoming)
        ]
    )
    values["media"] = json.dumps([row for item in incoming for row in _media_rows(item)])
    if alone:
        # One statement is a transaction of its own: no round trips to open and to close one.
        with _engine_of(session).connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            rows = connection.exec_driver_sql(RECORD, values).all()
    else:
        rows = session.connection().exec_driver_sql(RECORD, values).all()
    written = frozenset((row.dedup_scope, row.external_id) for row in rows if row.id is not None)
    return Recorded(rows[0].delivery_id, written, rows[0].released, rows[0].fetchable)


def _engine_of(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine


def was_fed(session: Session, spool_key: str) -> bool:
    """Whether the request that lay in the spool under this key is in the database already."""
    known = select(WebhookDelivery.id).where(WebhookDelivery.spool_key == spool_key)
    return session.scalar(known) is not None


def quarantine(
    session: Session,
    delivery_id: int,
    rotten: Sequence[tuple[ChannelName, RottenEvent]],
    now: datetime,
) -> None:
    """Note the events of a delivery that could not be read, so that they can be replayed."""
    session.execute(
        insert(QuarantinedEvent),
        [
            {
                "delivery_id": delivery_id,
                "channel": channel,
                "path": event.path[:200],
                "reason": event.reason[:200],
                "created_at": now,
            }
            for channel, event in rotten
        ],
    )


def find_id(session: Session, key: tuple[str, str]) -> int | None:
    """Return the id of the message with this (scope, external id), None if unknown."""
    scope, external_id = key
    known = select(Message.id).where(
        Message.dedup_scope == scope, Message.external_id == external_id
    )
    return session.scalar(known)


def _delivery_values(arrival: Arrival) -> dict[str, Any]:
    keys = crypto.installed()
    return {
        "provider": arrival.provider,
        "request": keys.encrypt(json.dumps(_request_head(arrival.request)).encode()),
        "body": keys.encrypt(arrival.request.body),
        "parse_error": arrival.parse_error,
        "spool_key": arrival.spool_key,
        "now": arrival.received_at,
    }


def _request_head(request: WebhookRequest) -> dict[str, Any]:
    headers = {
        name: value for name, value in request.headers.items() if name not in _SECRET_HEADERS
    }
    return {"method": request.method, "url": request.url, "headers": headers}


def _row(incoming: Incoming, received_at: datetime) -> dict[str, Any]:
    message = incoming.message
    scope, external_id = incoming.key
    extras = extras_of(message)
    return {
        "channel": message.channel.value,
        "account": message.account,
        "sender_key": identity_key(*_identity(message, external_id)),
        "sender": _base64(message.sender),
        "sender_name": _base64(message.sender_name),
        "aliases": _base64(json.dumps(message.aliases) if message.aliases else None),
        "repliable": message.repliable and message.sender is not None,
        "account_scope": account_scope(message.channel, message.account),
        "dedup_scope": scope,
        "external_id": external_id,
        "words": _base64(message.text),
        "extras": _base64(json.dumps(extras, ensure_ascii=False) if extras else None),
        "sent_at": _iso(message.sent_at),
        "seen_at": _iso(min(message.sent_at or received_at, received_at)),
        "ordered_at": _iso(order_of(message.sent_at, received_at)),
        "group_key": message.group_key,
        "reply_to": message.reply_to,
        "forwarded": message.forwarded,
        "unsupported": message.unsupported,
        "blank": message.blank,
        "edited_at": _iso(incoming.edited_at),
    }


def _media_rows(incoming: Incoming) -> list[dict[str, Any]]:
    scope, external_id = incoming.key
    return [
        {
            **first_state(ref),
            "dedup_scope": scope,
            "external_id": external_id,
            "ordinal": ordinal,
            "kind": ref.kind.value,
            "source": _base64(ref.source),
            "declared_mime": mime_of(ref),
            "filename": _base64(ref.filename),
            "size_bytes": ref.size_bytes,
        }
        for ordinal, ref in enumerate(incoming.message.media)
    ]


def _base64(plain: str | None) -> str | None:
    encrypted = sealed(plain)
    return None if encrypted is None else base64.b64encode(encrypted).decode("ascii")


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _identity(message: InboundMessage, external_id: str) -> tuple[ChannelName, str, str]:
    """Return whom a message is from; withheld callers never become one person."""
    unknown = withheld_sender(message.call_id or external_id)
    return message.channel, message.account, message.sender or unknown
