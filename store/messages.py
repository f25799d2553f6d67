"""What arrived: raw deliveries, conversations and messages.

The request path of a webhook runs through `record`: one statement, whatever the batch holds,
because every further round trip to the database costs a tenth of the throughput.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from channels.message import ChannelName, InboundMessage, RottenEvent, WebhookRequest
from store import crypto
from store.models.messaging import Message, QuarantinedEvent, WebhookDelivery

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
    """What `record` did. `written` holds new message ids by (scope, external id)."""

    delivery_id: int | None
    written: Mapping[tuple[str, str], int]
    released: int


def scope_of(message: InboundMessage) -> str:
    """Return the space in which the message's external id is unique."""
    return message.dedup_scope or account_scope(message.channel, message.account)


def account_scope(channel: ChannelName, account: str) -> str:
    """Return the space of everything that has no narrower one."""
    return f"{channel.value}:{account}"


def identity_key(channel: ChannelName, account: str, sender: str) -> str:
    """Return the keyed hash by which a sender's conversation is found."""
    return crypto.installed().lookup("sender", f"{channel.value}\0{account}\0{sender}")


def extras_of(message: InboundMessage) -> dict[str, Any] | None:
    """Return what of a message has no column: pin, choice, contact, story, call, publicity."""
    extras: dict[str, Any] = {
        "location": asdict(message.location) if message.location else None,
        "choice": asdict(message.choice) if message.choice else None,
        "contact": asdict(message.contact) if message.contact else None,
        "reply_to_story": message.reply_to_story,
        "call_id": message.call_id,
        "public": message.public or None,
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


def record(session: Session, arrival: Arrival, incoming: Sequence[Incoming]) -> Recorded:
    """Keep the raw request and every message of it that is not known yet.

    New messages open or refresh their conversation, set its dialogue timer to now, lift a
    suppression that the message disproves (anything but an opt-out), and release parked parts.
    """
    values = _delivery_values(arrival)
    values["rows"] = json.dumps([_row(item, arrival.received_at) for item in incoming])
    # `fresh` leaves out what is known. Conversations are written in the order of their keys, so
    # that two batches never wait for each other in a circle. A withdrawal that overtook its
    # message is found by its control record.
    rows = session.connection().exec_driver_sql(_RECORD, values).all()
    written = {(row.dedup_scope, row.external_id): row.id for row in rows if row.id is not None}
    return Recorded(rows[0].delivery_id, written, rows[0].released)


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


def _base64(plain: str | None) -> str | None:
    encrypted = sealed(plain)
    return None if encrypted is None else base64.b64encode(encrypted).decode("ascii")


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _identity(message: InboundMessage, external_id: str) -> tuple[ChannelName, str, str]:
    """Return whom a message is from; withheld callers never become one person."""
    unknown = f"\0withheld\0{message.call_id or external_id}"
    return message.channel, message.account, message.sender or unknown


# The messages travel as one JSON value: the driver turns twenty arrays into twenty times the work.
# Below 4096 characters the driver remembers how to send a statement. `fresh` asks the unique index
# once for each message; NOT EXISTS was planned as a scan of the whole table.
_RECORD = """
WITH arrived AS (
    SELECT * FROM ROWS FROM (json_to_recordset(%(rows)s) AS (
        channel text, account text, sender_key text, sender text, sender_name text, aliases text,
        repliable boolean, account_scope text, dedup_scope text, external_id text, words text,
        extras text, sent_at timestamptz, seen_at timestamptz, ordered_at timestamptz,
        group_key text, reply_to text, forwarded boolean, unsupported boolean, blank boolean,
        edited_at timestamptz)) WITH ORDINALITY AS a(
        channel, account, sender_key, sender, sender_name, aliases, repliable, account_scope,
        dedup_scope, external_id, words, extras, sent_at, seen_at, ordered_at, group_key, reply_to,
        forwarded, unsupported, blank, edited_at, position)
), delivery AS (
    INSERT INTO webhook_delivery (provider, received_at, request, body, parse_error, spool_key)
    VALUES (%(provider)s, %(now)s, %(request)s, %(body)s, %(parse_error)s, %(spool_key)s)
    RETURNING id
), fresh AS (
    SELECT * FROM arrived a WHERE (
        SELECT m.id FROM message m
        WHERE m.dedup_scope = a.dedup_scope AND m.external_id = a.external_id) IS NULL
), talk AS (
    INSERT INTO conversation AS c (
        channel, account, sender_key, sender, sender_name, aliases, repliable,
        created_at, last_inbound_at, last_activity_at, dialogue_due_at)
    SELECT DISTINCT ON (channel, account, sender_key)
        channel, account, sender_key, decode(sender, 'base64'), decode(sender_name, 'base64'),
        decode(aliases, 'base64'), repliable, %(now)s::timestamptz,
        max(seen_at) OVER (PARTITION BY channel, account, sender_key),
        %(now)s::timestamptz, %(now)s::timestamptz
    FROM fresh ORDER BY channel, account, sender_key, position DESC
    ON CONFLICT (channel, account, sender_key) DO UPDATE SET
        sender = COALESCE(EXCLUDED.sender, c.sender),
        sender_name = COALESCE(EXCLUDED.sender_name, c.sender_name),
        aliases = COALESCE(EXCLUDED.aliases, c.aliases),
        repliable = EXCLUDED.repliable,
        last_inbound_at = GREATEST(c.last_inbound_at, EXCLUDED.last_inbound_at),
        last_activity_at = GREATEST(c.last_activity_at, EXCLUDED.last_activity_at),
        dialogue_due_at = LEAST(c.dialogue_due_at, EXCLUDED.dialogue_due_at),
        suppressed_reason = CASE
            WHEN c.suppressed_reason = 'opt_out' OR c.suppressed_at > EXCLUDED.last_inbound_at
            THEN c.suppressed_reason END
    RETURNING c.id, c.channel, c.account, c.sender_key
), written AS (
    INSERT INTO message (
        conversation_id, direction, dedup_scope, external_id, text, extras, sent_at,
        received_at, ordered_at, group_key, reply_to, forwarded, unsupported, blank,
        edited_at, withdrawn_at, in_draft)
    SELECT talk.id, 'in', f.dedup_scope, f.external_id, decode(f.words, 'base64'),
        decode(f.extras, 'base64'), f.sent_at, %(now)s, f.ordered_at, f.group_key, f.reply_to,
        f.forwarded, f.unsupported, f.blank, f.edited_at, w.occurred_at, false
    FROM fresh f
    JOIN talk USING (channel, account, sender_key)
    LEFT JOIN control_record w
        ON w.dedup_scope = f.account_scope AND w.event_id = 'withdrawn:' || f.external_id
    ORDER BY f.position
    ON CONFLICT (dedup_scope, external_id) DO NOTHING
    RETURNING id, dedup_scope, external_id
), released AS (
    UPDATE outbox_part p SET status = 'queued', next_attempt_at = %(now)s, status_at = %(now)s
    FROM talk WHERE p.conversation_id = talk.id AND p.status = 'parked'
    RETURNING p.id
)
SELECT delivery.id AS delivery_id, written.id, written.dedup_scope, written.external_id,
    (SELECT count(*) FROM released) AS released
FROM delivery LEFT JOIN written ON true
"""
