"""Whether a citizen can be reached: opt-outs, blocks, controls that act once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from channels.message import ChannelName, ControlEvent, ControlKind, DeliveryStatus
from store.messages import account_scope, identity_key, sealed
from store.models.messaging import ControlRecord, Conversation
from store.models.outbox import OutboxPart

RECIPIENT_GONE = "recipient_gone"
_CLOSING = {ControlKind.OPT_OUT: "opt_out", ControlKind.BLOCKED: "blocked"}
_OPENING = {ControlKind.OPT_IN: "opt_out", ControlKind.UNBLOCKED: "blocked"}
_FOR_DIALOGUE = {ControlKind.START, ControlKind.BUTTON, ControlKind.COMMAND}


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a control event is from."""

    channel: ChannelName
    account: str
    sender: str
    name: str | None = None


def find_conversation(session: Session, contact: Contact) -> int | None:
    """Return the conversation of an identity, None if it never wrote."""
    key = identity_key(contact.channel, contact.account, contact.sender)
    return session.scalar(
        select(Conversation.id).where(
            Conversation.channel == contact.channel,
            Conversation.account == contact.account,
            Conversation.sender_key == key,
        )
    )


def open_conversation(session: Session, contact: Contact, now: datetime) -> int:
    """Return the conversation of an identity, new if it never wrote; its row is locked."""
    statement = text(
        "INSERT INTO conversation AS c (channel, account, sender_key, sender, sender_name,"
        " repliable, created_at, last_activity_at)"
        " VALUES (:channel, :account, :sender_key, :sender, :name, true, :now, :now)"
        " ON CONFLICT (channel, account, sender_key) DO UPDATE"
        " SET sender_name = COALESCE(c.sender_name, EXCLUDED.sender_name) RETURNING c.id"
    )
    values = {
        "channel": contact.channel.value,
        "account": contact.account,
        "sender_key": identity_key(contact.channel, contact.account, contact.sender),
        "sender": sealed(contact.sender),
        "name": sealed(contact.name),
        "now": now,
    }
    return int(session.execute(statement, values).scalar_one())


def note_control(
    session: Session, event: ControlEvent, conversation_id: int | None, now: datetime
) -> bool:
    """Write down a control event; False if it is a redelivery and must not act again."""
    waits = event.kind in _FOR_DIALOGUE
    noted = session.execute(
        upsert(ControlRecord)
        .values(
            conversation_id=conversation_id,
            kind=event.kind.value,
            dedup_scope=account_scope(event.channel, event.account),
            event_id=_event_id(event, now),
            value=event.value,
            occurred_at=event.occurred_at or now,
            processed_at=None if waits else now,
        )
        .on_conflict_do_nothing()
        .returning(ControlRecord.id)
    ).all()
    return bool(noted)


def call_dialogue(session: Session, conversation_id: int, seen_at: datetime, now: datetime) -> int:
    """Set the dialogue's timer: the citizen pressed a button or started.

    Pressing counts as writing: it opens the reply window, releases parked parts (how many is
    returned) and disproves that we are blocked.
    """
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(
            dialogue_due_at=now,
            last_activity_at=now,
            last_inbound_at=func.greatest(Conversation.last_inbound_at, seen_at),
            suppressed_reason=case(
                (
                    or_(
                        Conversation.suppressed_reason == "opt_out",
                        Conversation.suppressed_at > seen_at,
                    ),
                    Conversation.suppressed_reason,
                )
            ),
        )
    )
    return release_parked(session, conversation_id, now)


def release_parked(session: Session, conversation_id: int, now: datetime) -> int:
    """Queue the parts that waited for the citizen's next sign of life; return how many."""
    released = session.execute(
        update(OutboxPart)
        .where(
            OutboxPart.conversation_id == conversation_id,
            OutboxPart.status == DeliveryStatus.PARKED,
        )
        .values(status=DeliveryStatus.QUEUED, next_attempt_at=now, status_at=now)
        .returning(OutboxPart.id)
    ).all()
    return len(released)


def close(session: Session, conversation_id: int, event: ControlEvent, at: datetime) -> None:
    """Stop writing to a citizen who opted out or blocked us, unless a later event undid it."""
    undone = select(ControlRecord.id).where(
        ControlRecord.conversation_id == conversation_id,
        ControlRecord.kind.in_([kind.value for kind in _OPENING]),
        ControlRecord.occurred_at > at,
    )
    if session.scalar(undone.limit(1)) is None:
        suppress(session, conversation_id, _CLOSING[event.kind], at)


def reopen(session: Session, conversation_id: int, event: ControlEvent, at: datetime) -> None:
    """Write again to a citizen who opted in or unblocked us."""
    session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            Conversation.suppressed_reason.in_([_OPENING[event.kind], RECIPIENT_GONE]),
            or_(Conversation.suppressed_at.is_(None), Conversation.suppressed_at <= at),
        )
        .values(suppressed_reason=None, suppressed_at=None)
    )


def suppress(session: Session, conversation_id: int, reason: str, at: datetime) -> None:
    """Stop all sends to a conversation; what waits becomes SUPPRESSED, visible to staff.

    An opt-out is never replaced by a weaker reason.
    """
    session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            func.coalesce(Conversation.suppressed_reason, "") != "opt_out",
        )
        .values(suppressed_reason=reason, suppressed_at=at)
    )
    session.execute(
        update(OutboxPart)
        .where(
            OutboxPart.conversation_id == conversation_id,
            OutboxPart.status.in_([DeliveryStatus.QUEUED, DeliveryStatus.PARKED]),
        )
        .values(status=DeliveryStatus.SUPPRESSED, error_code=reason, status_at=at)
    )


def _event_id(event: ControlEvent, now: datetime) -> str:
    """Return what makes a redelivery of the event recognisable."""
    if event.kind is ControlKind.WITHDRAWN:
        return f"withdrawn:{event.external_id}"  # `store.messages.record` looks for it
    if event.event_id:
        return f"{event.kind.value}:{event.event_id}"
    moment = (event.occurred_at or now).isoformat()
    who = identity_key(event.channel, event.account, event.sender or "")[:32]
    return f"{event.kind.value}:{who}:{moment}:{(event.external_id or '')}"[:640]
