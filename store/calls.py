"""Telephone calls: who called, which recording came of it, what the caller agreed to.

A recording is announced without its caller's number, sometimes before its call: then it is kept
for an unknown caller and moved to the right conversation as soon as somebody says who called.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import InstrumentedAttribute, Session

from channels.message import ChannelName
from store.messages import withheld_sender
from store.models.calls import PhoneCall
from store.models.complaint import Complaint
from store.models.messaging import ControlRecord, Conversation, Message
from store.models.outbox import OneTimeSecret, OutboxPart
from store.reach import Contact, find_conversation, open_conversation

_PIN = "PIN"
# Long enough for a call and for an SMS that waits for the worker; then it goes.
_PIN_LIFE = timedelta(hours=1)
# The call itself is usually on its way.
_PATIENCE = timedelta(seconds=10)
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class CallKey:
    """One call at one of our accounts, as the provider names it."""

    account: str
    call_id: str


@dataclass(frozen=True, slots=True)
class FiledCall:
    """The complaint that became of a call; `pin` is None once it has gone."""

    ticket: str
    pin: str | None


@dataclass(frozen=True, slots=True)
class WantedSms:
    """A caller who agreed to an SMS. `conversation_id` is that of their calls."""

    row_id: int
    caller: str | None
    conversation_id: int
    message_id: int
    complaint_id: int


def note_caller(session: Session, call: CallKey, caller: str | None, now: datetime) -> bool:
    """Note who called (None: withheld); say whether recordings found their caller by this.

    A call alone makes nobody a citizen: many hang up before the tone.
    """
    values = {"caller": caller, "caller_known": True}
    statement = upsert(PhoneCall).values(
        account=call.account, call_id=call.call_id, noted_at=now, lookups=0, **values
    )
    # Locked until the caller's transaction ends, so that a recording that is being kept for an
    # unknown caller is waited for and then moved.
    late = session.scalar(
        statement.on_conflict_do_update(
            index_elements=[PhoneCall.account, PhoneCall.call_id],
            set_=values | {"lookup_at": None},
            where=~PhoneCall.caller_known,
        ).returning(PhoneCall.message_id)
    )
    if late is None or caller is None:
        return False
    return _move_to_caller(session, call, caller, now)


def caller_of(session: Session, call: CallKey, now: datetime) -> str | None:
    """Return who made a call; None if the number was withheld or nobody knows it yet.

    An unknown call is written down, and due to be asked for. The call stays locked until the
    caller's transaction ends: whoever keeps something of it takes the call first, and only then
    the conversation, so that announcements at the same instant wait for one another.
    """
    session.execute(
        upsert(PhoneCall)
        .values(
            account=call.account,
            call_id=call.call_id,
            caller_known=False,
            noted_at=now,
            lookups=0,
            lookup_at=now + _PATIENCE,
        )
        .on_conflict_do_nothing()
    )
    return session.scalar(select(PhoneCall.caller).where(*_is(call)).with_for_update())


def attach(session: Session, call: CallKey, message: tuple[str, str]) -> None:
    """Note which message, by (scope, external id), is the recording of a call."""
    scope, external_id = message
    found = (
        select(Message.id)
        .where(Message.dedup_scope == scope, Message.external_id == external_id)
        .scalar_subquery()
    )
    session.execute(
        update(PhoneCall).where(*_is(call), PhoneCall.message_id.is_(None)).values(message_id=found)
    )


def want_sms(session: Session, call: CallKey, now: datetime) -> None:
    """Note that the caller wants the number by SMS; saying it twice changes nothing."""
    session.execute(
        update(PhoneCall)
        .where(*_is(call))
        .values(sms_wanted_at=func.coalesce(PhoneCall.sms_wanted_at, now))
    )


def filed(session: Session, call: CallKey, now: datetime) -> FiledCall | None:
    """Return the complaint that became of a call, None while there is none."""
    row = session.execute(
        select(Complaint.ticket, OneTimeSecret.value)
        .join(Message, Message.complaint_id == Complaint.id)
        .join(PhoneCall, PhoneCall.message_id == Message.id)
        .outerjoin(OneTimeSecret, _is_pin_of(PhoneCall.message_id, now))
        .where(*_is(call))
    ).first()
    return None if row is None else FiledCall(row[0], row[1])


def keep_pin(session: Session, message_id: int, pin: str, now: datetime) -> None:
    """Keep the PIN of a recorded complaint until it has been heard or sent."""
    session.add(
        OneTimeSecret(message_id=message_id, name=_PIN, value=pin, expires_at=now + _PIN_LIFE)
    )


def take_pin(session: Session, message_id: int, now: datetime) -> str | None:
    """Return the kept PIN and forget it; None if it has gone."""
    return session.scalar(
        delete(OneTimeSecret).where(_is_pin_of(message_id, now)).returning(OneTimeSecret.value)
    )


def any_due(session: Session, now: datetime) -> bool:
    """Whether a caller is to be asked for, or an SMS that was agreed to is to be written."""
    return bool(
        session.scalar(
            select(or_(exists().where(PhoneCall.lookup_at <= now), exists(_wanted_sms().limit(1))))
        )
    )


def claim_lookups(session: Session, now: datetime, limit: int, pause: timedelta) -> list[CallKey]:
    """Take calls whose caller is to be asked for; they are due again after `pause`."""
    due = (
        select(PhoneCall.id)
        .where(PhoneCall.lookup_at <= now)
        .order_by(PhoneCall.lookup_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(
        update(PhoneCall)
        .where(PhoneCall.id.in_(due))
        .values(lookup_at=now + pause, lookups=PhoneCall.lookups + 1)
        .returning(PhoneCall.account, PhoneCall.call_id)
    )
    return [CallKey(*row) for row in rows]


def give_up(session: Session, call: CallKey, noted_before: datetime | None = None) -> None:
    """Ask no more for the caller of this call; with `noted_before` only if it is that old."""
    old = () if noted_before is None else (PhoneCall.noted_at < noted_before,)
    session.execute(update(PhoneCall).where(*_is(call), *old).values(lookup_at=None))


def lock_wanted_sms(session: Session, limit: int) -> list[WantedSms]:
    """Lock calls whose caller agreed to an SMS and whose complaint is there."""
    rows = session.execute(
        _wanted_sms()
        .order_by(PhoneCall.id)
        .limit(limit)
        .with_for_update(of=PhoneCall, skip_locked=True)
    )
    return [WantedSms(*row) for row in rows]


def settle_sms(session: Session, row_id: int, now: datetime) -> None:
    """Note that nothing more is to be done for an SMS."""
    session.execute(update(PhoneCall).where(PhoneCall.id == row_id).values(sms_settled_at=now))


def forget_before(session: Session, before: datetime) -> None:
    """Delete calls noted before `before`; their recordings stay."""
    old = select(PhoneCall.id).where(PhoneCall.noted_at < before).limit(_BATCH)
    session.execute(delete(PhoneCall).where(PhoneCall.id.in_(old)))


def _is(call: CallKey) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return PhoneCall.account == call.account, PhoneCall.call_id == call.call_id


def _is_pin_of(
    message_id: int | InstrumentedAttribute[int | None], now: datetime
) -> ColumnElement[bool]:
    return and_(
        OneTimeSecret.message_id == message_id,
        OneTimeSecret.name == _PIN,
        OneTimeSecret.expires_at > now,
    )


def _wanted_sms() -> Select[int, str | None, int, int, int]:
    return (
        select(
            PhoneCall.id,
            PhoneCall.caller,
            Message.conversation_id,
            Message.id,
            Complaint.id,
        )
        .join(Message, Message.id == PhoneCall.message_id)
        .join(Complaint, Complaint.id == Message.complaint_id)
        .where(PhoneCall.sms_wanted_at.is_not(None), PhoneCall.sms_settled_at.is_(None))
    )


def _move_to_caller(session: Session, call: CallKey, caller: str, now: datetime) -> bool:
    """Give what was recorded for an unknown caller to the conversation of the caller."""
    contact = Contact(ChannelName.VOICE, call.account, withheld_sender(call.call_id))
    unknown_id = find_conversation(session, contact)
    if unknown_id is None:
        return False
    # Whoever is filing the recording just now has its row; nobody takes it up after us.
    session.scalar(select(Conversation.id).where(Conversation.id == unknown_id).with_for_update())
    known_id = open_conversation(session, replace(contact, sender=caller), now)
    for table in (Message, Complaint, OutboxPart, ControlRecord):
        session.execute(
            update(table)
            .where(table.conversation_id == unknown_id)
            .values(conversation_id=known_id)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(Conversation)
        .where(Conversation.id == known_id)
        .values(repliable=False, last_inbound_at=now, last_activity_at=now, dialogue_due_at=now)
    )
    session.execute(delete(Conversation).where(Conversation.id == unknown_id))
    return True
