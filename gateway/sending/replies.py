"""Sending what waits in the outbox: claim, send, mark. Nothing is ever sent twice by machine.

One part of a conversation leaves at a time, in order; conversations are served side by side.
"""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from channels.errors import SendError
from channels.message import ChannelName, DeliveryStatus, ErrorClass
from channels.outbound import SendResult
from channels.templates import condemns_template
from gateway.errors import ConflictError
from gateway.runtime import Runtime
from gateway.sending import closed_window, rescue
from gateway.sending.rates import Gate, Sluice
from gateway.sending.sending import Leave, compose, may_leave
from store import outbox, outbox_marks, reach, states
from store.models.outbox import OutboxPart, PartKind
from store.models.staff import AuditEntry
from store.outbox import ClaimedPart

logger = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 8
_THREADS = 8
# No more than the threads can send at once: what a killed worker had claimed becomes uncertain.
_BATCH = _THREADS
_BUDGET_S = 20.0
_FIRST_RETRY_S = 5.0
_LONGEST_RETRY_S = 3600.0
_DEFAULT_THROTTLE_S = 30.0
_UNTIL_MENDED = timedelta(days=3650)
_LOST_AFTER = timedelta(minutes=10)


def drain(runtime: Runtime) -> int:
    """Send every part that is due; return how many were tried.

    Ends after a time budget and asks to be called again, so that other work gets its turn.
    """
    tried = 0
    deadline = time.monotonic() + _BUDGET_S
    gate = Gate(runtime)
    while time.monotonic() < deadline:
        with runtime.transaction() as session:
            claimed = outbox.claim(session, runtime.now(), _BATCH, gate.closed())
        if not claimed and not gate.rest() and not rescue.run(runtime):
            return tried
        admitted = _admitted(runtime, claimed, gate)
        _deliver_all(runtime, admitted)
        tried += len(admitted)
    runtime.wake("outbox")
    return tried


def sweep(runtime: Runtime) -> int:
    """Mark sends that never came back as uncertain; return how many. A person decides on them."""
    with runtime.transaction() as session:
        lost = outbox_marks.lose_track(session, runtime.now(), _LOST_AFTER)
    if lost:
        logger.error("sends_uncertain", extra={"count": lost})
    return lost


def unpause(runtime: Runtime, channel: ChannelName, account: str) -> None:
    """Let an account send again after its credentials or set-up were mended."""
    with runtime.transaction() as session:
        outbox_marks.unpause(session, channel, account)
        states.want_records(session, runtime.now())
    runtime.wake("outbox")


def retry_part(runtime: Runtime, part_id: int, staff_id: int) -> None:
    """Send a part again because a person wants it: failed, uncertain or suppressed ones only.

    Raises:
        ConflictError: it is not in such a state (any more).
    """
    with runtime.transaction() as session:
        part = outbox_marks.try_again(session, part_id, runtime.now())
        _audit(session, part, staff_id, "part_retried", runtime.now())
    runtime.wake("outbox")


def dismiss_part(runtime: Runtime, part_id: int, staff_id: int) -> None:
    """Note that a person has dealt with a part that did not arrive.

    Raises:
        ConflictError: there is nothing to deal with (any more).
    """
    with runtime.transaction() as session:
        part = outbox_marks.dismiss(session, part_id, runtime.now())
        _audit(session, part, staff_id, "part_dismissed", runtime.now())


def _audit(
    session: Session, part: OutboxPart | None, staff_id: int, action: str, now: datetime
) -> None:
    if part is None:
        raise ConflictError("the part is not in a state that allows this")
    entry = AuditEntry(
        at=now,
        actor_id=staff_id,
        action=action,
        complaint_id=outbox_marks.complaint_of(session, part.message_id),
        reason=f"part {part.id}",
    )
    session.add(entry)


@cache
def _pool() -> ThreadPoolExecutor:
    """Return the threads that send, kept for the life of the worker."""
    return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="send")


def _admitted(
    runtime: Runtime, claimed: Sequence[ClaimedPart], gate: Gate
) -> Sequence[ClaimedPart]:
    """Return the parts that the rates let through; the others go back into their places."""
    admitted, waiting = gate.admit(claimed)
    if waiting:
        with runtime.transaction() as session:
            for part, after_s in waiting:
                retry_at = runtime.now() + timedelta(seconds=after_s)
                outbox_marks.put_back(session, part.part_id, retry_at, free=True)
    return admitted


def _deliver_all(runtime: Runtime, claimed: Sequence[ClaimedPart]) -> None:
    sluice = Sluice()

    def deliver(part: ClaimedPart) -> tuple[ChannelName, str] | None:
        try:
            return _deliver(runtime, part, sluice)
        except SQLAlchemyError as error:
            # The row stays `sending`; the sweep calls it uncertain, and a person decides.
            logger.error(
                "outcome_not_marked",
                extra={"part_id": part.part_id, "error": type(error).__name__},
            )
            return None

    served = {account for account in _pool().map(deliver, claimed) if account}
    if served:
        with runtime.transaction() as session:
            outbox_marks.note_outbound(session, sorted(served), runtime.now())


def _deliver(runtime: Runtime, part: ClaimedPart, sluice: Sluice) -> tuple[ChannelName, str] | None:
    """Send one part and mark what became of it; return the account that took it."""
    leave = may_leave(runtime.channels.get(part.channel), part, runtime.now())
    if sluice.is_shut(part):
        _put_back(runtime, part)
    elif leave is Leave.CHANNEL_OFF:
        sluice.shut(part)
        off = SendError(ErrorClass.CONFIG, "channel-off", "the channel has no credentials")
        _pause(runtime, part, off, _UNTIL_MENDED)
    elif leave is Leave.UNREACHABLE:
        _suppress(runtime, part)
    elif leave is Leave.WINDOW_CLOSED:
        closed_window.park(runtime, part, "window", refused=False)
    else:
        return _send(runtime, part, sluice, as_human=leave is Leave.AS_HUMAN)
    return None


def _send(
    runtime: Runtime, part: ClaimedPart, sluice: Sluice, *, as_human: bool
) -> tuple[ChannelName, str] | None:
    try:
        result = _call(runtime, part, as_human=as_human)
    except SendError as error:
        logger.warning(
            "send_failed",
            extra={
                "part_id": part.part_id,
                "channel": part.channel.value,
                "class": error.error_class.value,
                "code": error.code,
            },
        )
        _mark_failure(runtime, part, error, sluice)
        return None
    with runtime.transaction() as session:
        outbox_marks.mark_sent(session, part, result.external_id, runtime.now())
    return part.channel, part.account


def _call(runtime: Runtime, part: ClaimedPart, *, as_human: bool) -> SendResult:
    adapter = runtime.channels[part.channel]
    try:
        call = compose(runtime, adapter, part, as_human=as_human)
    except (OSError, KeyError, TypeError, ValueError):
        # from None: the cause may quote what was to be sent.
        raise SendError(ErrorClass.PERMANENT, "unreadable", "the row makes no call") from None
    try:
        return adapter.send(call)
    except SendError:
        raise
    except Exception as error:  # noqa: BLE001 (whatever it was: nobody knows whether it was sent)
        logger.error("send_crashed", extra={"part_id": part.part_id, "error": type(error).__name__})
        raise SendError(ErrorClass.AMBIGUOUS, "crash", "the adapter failed") from None


def _mark_failure(runtime: Runtime, part: ClaimedPart, error: SendError, sluice: Sluice) -> None:
    match error.error_class:
        case ErrorClass.RETRY if part.attempt < MAX_ATTEMPTS:
            _retry_later(runtime, part, error)
        case ErrorClass.RETRY_AFTER:
            sluice.shut(part)
            wait_s = error.retry_after_s or _DEFAULT_THROTTLE_S
            _pause(runtime, part, error, timedelta(seconds=wait_s))
        case ErrorClass.CONFIG if condemns_template(error.code):
            _mark(runtime, part, DeliveryStatus.FAILED, error)
        case ErrorClass.REAUTH | ErrorClass.CONFIG:
            sluice.shut(part)
            _pause(runtime, part, error, _UNTIL_MENDED)
        case ErrorClass.WINDOW_CLOSED if part.kind is not PartKind.TEMPLATE:
            closed_window.park(runtime, part, error.code, refused=True)
        case ErrorClass.AMBIGUOUS:
            _mark(runtime, part, DeliveryStatus.UNCERTAIN, error)
        case ErrorClass.RECIPIENT_GONE:
            _mark(runtime, part, DeliveryStatus.FAILED, error, gone=True)
        case _:
            _mark(runtime, part, DeliveryStatus.FAILED, error)


def _retry_later(runtime: Runtime, part: ClaimedPart, error: SendError) -> None:
    wait_s = error.retry_after_s or backoff_s(part.attempt, part.reference)
    with runtime.transaction() as session:
        outbox_marks.put_back(
            session,
            part.part_id,
            runtime.now() + timedelta(seconds=wait_s),
            fault=(error.error_class, error.code),
        )


def backoff_s(attempt: int, reference: str) -> float:
    """Return the pause after a failed attempt (from 1), in seconds.

    It triples up to an hour. The reference, random itself, spreads it by a quarter to either side,
    so that an outage does not end in a stampede.
    """
    planned = min(_FIRST_RETRY_S * 3.0 ** (attempt - 1), _LONGEST_RETRY_S)
    return float(planned) * (0.75 + int(reference[:4], 16) / 0xFFFF / 2)


def _put_back(runtime: Runtime, part: ClaimedPart) -> None:
    with runtime.transaction() as session:
        outbox_marks.put_back(session, part.part_id, runtime.now(), free=True)


def _pause(runtime: Runtime, part: ClaimedPart, error: SendError, length: timedelta) -> None:
    """Let the whole account wait; the part goes back into its place and loses no attempt."""
    fault = (error.error_class, error.code)
    with runtime.transaction() as session:
        until = runtime.now() + length
        outbox_marks.pause(session, part.channel, part.account, until, fault)
        outbox_marks.put_back(session, part.part_id, runtime.now(), fault=fault, free=True)
    if length >= _UNTIL_MENDED:
        logger.error("account_paused", extra={"channel": part.channel.value, "code": error.code})


def _suppress(runtime: Runtime, part: ClaimedPart) -> None:
    reason = part.suppressed_reason or "not_repliable"
    with runtime.transaction() as session:
        outbox_marks.mark_unsent(
            session,
            part.part_id,
            DeliveryStatus.SUPPRESSED,
            runtime.now(),
            fault=(None, reason),
        )


def _mark(
    runtime: Runtime,
    part: ClaimedPart,
    status: DeliveryStatus,
    error: SendError,
    *,
    gone: bool = False,
) -> None:
    """Note a final outcome; a recipient that is gone gets nothing more on this channel."""
    with runtime.transaction() as session:
        if gone:
            reach.suppress(session, part.conversation_id, reach.RECIPIENT_GONE, runtime.now())
        fault = (error.error_class, error.code)
        outbox_marks.mark_unsent(session, part.part_id, status, runtime.now(), fault=fault)
