"""Telephone calls beyond what is kept of them: the number is spoken, and sent where agreed.

Recordings become complaints by the dialogue, as everything that comes in. Meanwhile the caller
waits on the line and Twilio asks again and again; nothing is kept of that.
"""

import logging
from datetime import timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from channels.adapter import CallRequest, CallStep, CallTicket, PhoneCalls
from channels.errors import MediaError, PayloadError, SignatureError
from channels.message import ChannelName
from channels.webhook import WebhookReply, WebhookRequest
from gateway.cases.notices import Saying, say
from gateway.dialogue.filing import new_pin
from gateway.runtime import Runtime
from store import calls, second_channel
from store.calls import CallKey, WantedSms
from store.models.complaint import Complaint
from store.models.messaging import Conversation
from store.reach import Contact, open_conversation
from store.second_channel import Agreement

logger = logging.getLogger(__name__)

_BATCH: Final = 50
_PAUSE: Final = timedelta(minutes=2)
_GIVE_UP_AFTER: Final = timedelta(hours=24)


def speak(runtime: Runtime, request: WebhookRequest) -> WebhookReply:
    """Answer a caller who said nothing, or who waits for the number.

    A database that is away only means that there is no number yet: the caller never hears an
    error, and what they said is kept already.
    """
    adapter = runtime.channels.get(ChannelName.VOICE)
    if adapter is None or not isinstance(adapter, PhoneCalls):
        return WebhookReply(status=404)
    try:
        adapter.verify(request)
        step = adapter.read_step(request)
    except SignatureError:
        return WebhookReply(status=403)
    except PayloadError:
        return WebhookReply(status=400)
    if step.step is CallStep.AGAIN:
        return adapter.ask_again()
    return adapter.tell(step, _ticket_for(runtime, step))


def drain(runtime: Runtime) -> int:
    """Send the SMS that callers agreed to, and ask who made unknown calls; return how many."""
    return _send_sms(runtime) + _ask_callers(runtime)


def _ticket_for(runtime: Runtime, request: CallRequest) -> CallTicket:
    offers_sms = _may_get_sms(runtime, request.caller)
    try:
        with runtime.transaction() as session:
            call = CallKey(request.account, request.call_id)
            filed = calls.filed(session, call, runtime.now())
    except SQLAlchemyError as error:
        logger.warning("ticket_not_looked_up", extra={"error": type(error).__name__})
        filed = None
    if filed is None:
        return CallTicket(offers_sms=offers_sms)
    # Where an SMS can be had the PIN is not said aloud: others may listen.
    return CallTicket(filed.ticket, None if offers_sms else filed.pin, offers_sms)


def _may_get_sms(runtime: Runtime, caller: str | None) -> bool:
    """Whether this number can be written to: a real one, and SMS is connected."""
    return caller is not None and caller.startswith("+") and ChannelName.SMS in runtime.channels


def _send_sms(runtime: Runtime) -> int:
    with runtime.transaction() as session:
        wanted = calls.lock_wanted_sms(session, _BATCH)
        for one in wanted:
            _write_sms(runtime, session, one)
    if wanted:
        runtime.wake("outbox")
    return len(wanted)


def _write_sms(runtime: Runtime, session: Session, wanted: WantedSms) -> None:
    """Note the agreement and queue the number and the PIN to the caller's own phone."""
    now = runtime.now()
    calls.settle_sms(session, wanted.row_id, now)
    sms = runtime.channels.get(ChannelName.SMS)
    if sms is None or wanted.caller is None or not _may_get_sms(runtime, wanted.caller):
        return
    contact = Contact(ChannelName.SMS, sms.account, wanted.caller)
    target_id = open_conversation(session, contact, now)
    agreement = Agreement.CALL
    second_channel.agree(session, wanted.conversation_id, target_id, agreement, now)
    complaint = session.get_one(Complaint, wanted.complaint_id)
    pin = calls.take_pin(session, wanted.message_id, now) or new_pin(runtime, complaint)
    saying = Saying(
        "lewat_telepon",
        {"T": complaint.ticket},
        complaint_id=complaint.id,
        ticket=complaint.ticket,
        secrets={"PIN": pin},
    )
    say(runtime, session, session.get_one(Conversation, target_id), saying)


def _ask_callers(runtime: Runtime) -> int:
    """Ask the provider for the callers of recordings whose call was never announced."""
    adapter = runtime.channels.get(ChannelName.VOICE)
    if adapter is None or not isinstance(adapter, PhoneCalls):
        return 0
    with runtime.transaction() as session:
        due = calls.claim_lookups(session, runtime.now(), _BATCH, _PAUSE)
    for call in due:
        _ask_caller(runtime, adapter, call)
    return len(due)


def _ask_caller(runtime: Runtime, adapter: PhoneCalls, call: CallKey) -> None:
    try:
        caller = adapter.ask_caller(call.call_id)
    except Exception as fault:  # noqa: BLE001 (one odd call must not stop the others)
        # The type only: messages of transports hold addresses.
        unknown = MediaError(type(fault).__name__, "the adapter failed", retryable=True)
        error = fault if isinstance(fault, MediaError) else unknown
        logger.warning("caller_not_told", extra={"reason": error.reason})
        old = runtime.now() - _GIVE_UP_AFTER if error.retryable else None
        with runtime.transaction() as session:
            calls.give_up(session, call, noted_before=old)
        return
    with runtime.transaction() as session:
        found = calls.note_caller(session, call, caller, runtime.now())
    if found:
        runtime.wake("dialogue")
