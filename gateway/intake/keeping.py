"""Keeping what a genuine request holds: every event of it, in the caller's one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from channels.message import (
    ChannelEvent,
    ChannelName,
    ControlEvent,
    ControlKind,
    DeliveryReceipt,
    DeliveryStatus,
    ErrorClass,
    InboundMessage,
    RottenEvent,
)
from channels.webhook import WebhookReply
from gateway.dialogue import handover
from gateway.intake.webhook_events import Reading
from store import calls, edits, media, messages, reach, receipts, second_channel
from store.calls import CallKey
from store.messages import Arrival, Incoming
from store.reach import Contact

_CLOSING = {ControlKind.OPT_OUT, ControlKind.BLOCKED}
_OPENING = {ControlKind.OPT_IN, ControlKind.UNBLOCKED}
_FOR_DIALOGUE = {ControlKind.START, ControlKind.BUTTON, ControlKind.COMMAND}
_NEEDS_CONVERSATION = _CLOSING | _OPENING | _FOR_DIALOGUE
_CALLS = {ControlKind.CALL_STARTED, ControlKind.CALL_CONTINUED, ControlKind.CALL_KEY}
_SMS_KEY = "1"
_KEPT_BEFORE = _CALLS | {ControlKind.EDITED}


def keep(session: Session, arrival: Arrival, reading: Reading, *, at_once: bool = True) -> set[str]:
    """Keep the raw request and all its events; return the kinds of work that this made due.

    Doing it again with the same request, or with its events in other batches, changes nothing.

    Args:
        session: the caller's transaction.
        arrival: the request.
        reading: what it holds.
        at_once: plain messages may be committed by their own statement, before the transaction.
    """
    events = [event for _, event in reading.events]
    now = arrival.received_at
    in_calls = _keep_calls(session, events, now)
    delivery_id, woken = _keep_messages(session, arrival, events, at_once)
    woken |= in_calls
    for event in events:
        if isinstance(event, ControlEvent) and event.kind not in _KEPT_BEFORE:
            woken |= _keep_control(session, event, now)
        elif isinstance(event, DeliveryReceipt):
            woken |= _keep_receipt(session, event, now)
    rotten = [(name, event) for name, event in reading.events if isinstance(event, RottenEvent)]
    if rotten:
        messages.quarantine(session, delivery_id, rotten, now)
    return woken


def keep_what_fits(session: Session, arrival: Arrival, reading: Reading) -> set[str]:
    """Keep a request of which the database refuses some value: what it takes, and the raw bytes.

    Each event is tried alone; one that is refused is quarantined and costs no neighbour.
    """
    events = tuple(
        one if _fits(session, arrival, one) else (one[0], RottenEvent(f"[{place}]", "refused"))
        for place, one in enumerate(reading.events)
    )
    return keep(session, arrival, replace(reading, events=events), at_once=False)


def _fits(session: Session, arrival: Arrival, one: tuple[ChannelName, ChannelEvent]) -> bool:
    trial = session.begin_nested()
    try:
        keep(session, arrival, Reading((one,), None, WebhookReply()), at_once=False)
    except OperationalError:
        raise
    except (SQLAlchemyError, ValueError):
        return False
    finally:
        trial.rollback()
    return True


def _keep_messages(
    session: Session, arrival: Arrival, events: Sequence[ChannelEvent], at_once: bool
) -> tuple[int, set[str]]:
    """Keep the request and its messages; return its id and the kinds of work due."""
    incoming = [
        _with_caller(session, item, arrival.received_at)
        for event in events
        if (item := _incoming(event, arrival.received_at))
    ]
    first = list({item.key: item for item in reversed(incoming)}.values())[::-1]
    alone = at_once and all(
        isinstance(event, InboundMessage) and not (event.call_id or event.standby)
        for event in events
    )
    recorded = messages.record(session, arrival, first, alone=alone)
    for item in first:
        if call := _call_of(item.message):
            calls.attach(session, call, item.key)
        handover.note_standby(session, item.message, arrival.received_at)
    woken = {
        kind
        for kind, due in (
            ("dialogue", recorded.written),
            ("outbox", recorded.released),
            ("media", recorded.fetchable),
        )
        if due
    }
    news = {id(item) for item in first if item.key in recorded.written}
    for item in incoming:
        if id(item) not in news:
            woken |= _catch_up(session, item, arrival.received_at)
    return recorded.delivery_id, woken


def _incoming(event: ChannelEvent, received_at: datetime) -> Incoming | None:
    if isinstance(event, InboundMessage):
        return Incoming(event)
    if isinstance(event, ControlEvent) and event.kind is ControlKind.EDITED and event.message:
        # A live location that moves is told as an edit, but nobody edited anything.
        moved = event.message.live is not None
        edited_at = None if moved else event.occurred_at or received_at
        return Incoming(event.message, edited_at=edited_at)
    return None


def _with_caller(session: Session, item: Incoming, now: datetime) -> Incoming:
    """Name the caller of a recording, which itself only knows its call."""
    call = _call_of(item.message)
    if call is None:
        return item
    caller = calls.caller_of(session, call, now)
    return replace(item, message=replace(item.message, sender=caller))


def _call_of(message: InboundMessage) -> CallKey | None:
    return CallKey(message.account, message.call_id) if message.call_id else None


def _catch_up(session: Session, item: Incoming, received_at: datetime) -> set[str]:
    """Handle what is known already: an edit of it, or an original that its edit overtook."""
    if item.message.live is not None:
        edits.follow_live(session, item)
        return set()
    if item.edited_at is not None:
        reworded = edits.apply_edit(session, item, received_at)
        return ({"dialogue"} if reworded else set()) | _exchanged(session, item, received_at)
    if not edits.keep_late_original(session, item, received_at):
        return set()
    message_id = messages.find_id(session, item.key)
    if message_id is None or media.has_any(session, message_id):
        return set()
    announced = media.add(session, [(message_id, item.message.media)], received_at)
    return {"media"} if announced else set()


def _exchanged(session: Session, item: Incoming, received_at: datetime) -> set[str]:
    """Keep a photo that an edit put in the place of another; the other one stays too."""
    message_id = messages.find_id(session, item.key) if item.message.media else None
    if message_id is None:
        return set()
    found = media.add_exchanged(session, message_id, item.message.media, received_at)
    return {"media"} if found else set()


def _keep_calls(session: Session, events: Sequence[ChannelEvent], now: datetime) -> set[str]:
    """Note who calls and what the caller wants, before the recordings that need to know it."""
    woken: set[str] = set()
    for event in events:
        if not isinstance(event, ControlEvent) or event.kind not in _CALLS:
            continue
        call = CallKey(event.account, event.external_id or "")
        if calls.note_caller(session, call, event.sender, now):
            woken.add("dialogue")
        if event.kind is ControlKind.CALL_KEY and event.value == _SMS_KEY:
            calls.want_sms(session, call, now)
            woken.add("calls")
    return woken


def _keep_control(session: Session, event: ControlEvent, now: datetime) -> set[str]:
    if event.sender is None or event.sender == event.account:
        return set()
    contact = Contact(event.channel, event.account, event.sender, event.sender_name)
    if event.kind is ControlKind.ECHO:
        return _keep_echo(session, event, contact, now)
    if event.kind in _NEEDS_CONVERSATION:
        conversation_id: int | None = reach.open_conversation(session, contact, now)
    else:
        conversation_id = reach.find_conversation(session, contact)
    if not reach.note_control(session, event, conversation_id, now) or conversation_id is None:
        return set()
    return _act(session, event, conversation_id, now)


def _act(session: Session, event: ControlEvent, conversation_id: int, now: datetime) -> set[str]:
    """Do what a control event that is new asks for."""
    at = min(event.occurred_at or now, now)
    if event.kind in _FOR_DIALOGUE:
        released = reach.call_dialogue(session, conversation_id, at, now)
        return {"dialogue", "outbox"} if released else {"dialogue"}
    if event.kind in _CLOSING:
        reach.close(session, conversation_id, event, at)
        if event.kind is ControlKind.OPT_OUT:
            second_channel.withdraw(session, conversation_id, now)
    elif event.kind in _OPENING:
        reach.reopen(session, conversation_id, event, at)
    elif event.kind is ControlKind.WITHDRAWN and event.external_id is not None:
        edits.withdraw(session, conversation_id, event.external_id, at)
    elif event.kind is ControlKind.REACTION and event.external_id is not None:
        edits.react(session, conversation_id, edits.Reaction(event.external_id, event.value, at))
    elif event.kind is ControlKind.HANDOVER:
        returned = handover.hand_over(session, conversation_id, event, at, now)
        return {"dialogue"} if returned else set()
    return set()


def _keep_echo(session: Session, event: ControlEvent, contact: Contact, now: datetime) -> set[str]:
    """Show what a person wrote in the platform's own inbox; our own words only prove a send."""
    if event.external_id is None:
        return set()
    receipt = DeliveryReceipt(
        channel=event.channel,
        account=event.account,
        status=DeliveryStatus.SENT,
        external_id=event.external_id,
        reference=event.value,
    )
    if receipts.advance_known(session, receipt, now) or receipts.is_ours(session, receipt):
        return set()
    echo = edits.Echo(
        conversation_id=reach.open_conversation(session, contact, now),
        scope=messages.account_scope(event.channel, event.account),
        external_id=event.external_id,
        text=event.message.text if event.message else None,
        sent_at=event.occurred_at,
        by=event.holder,
    )
    message_id = edits.record_echo(session, echo, now)
    if message_id is None:
        return set()
    handover.note_answer(session, echo.conversation_id, event, now)
    attached = event.message.media if event.message else ()
    return {"media"} if media.add(session, [(message_id, attached)], now) else set()


def _keep_receipt(session: Session, receipt: DeliveryReceipt, now: datetime) -> set[str]:
    moved = receipts.advance(session, receipt, now)
    if not moved or receipt.status is not DeliveryStatus.FAILED:
        return set()
    if receipt.error_class is ErrorClass.RECIPIENT_GONE:
        for part in moved:
            reach.suppress(session, part.conversation_id, reach.RECIPIENT_GONE, now)
    # A window that closed on the way is answered by the outbox: template, or park.
    return {"outbox"} if receipt.error_class is ErrorClass.WINDOW_CLOSED else set()
