"""What was not delivered gets its next way: another attempt, another channel, or a place to wait.

Every step is a query for rows that are due, so that it may run twice, late or in two workers.
"""

import logging
from functools import partial

from sqlalchemy.orm import Session

from gateway.cases import second_channel
from gateway.dialogue.filing import new_pin
from gateway.runtime import Runtime
from gateway.sending import closed_window
from store import late_failures, stand_ins
from store.complaints import append_event

logger = logging.getLogger(__name__)

_BATCH = 50


def run(runtime: Runtime) -> int:
    """Take every step that is due now; return how many messages or parts moved."""
    moved = closed_window.rescue_refused(runtime, _BATCH)
    with runtime.transaction() as session:
        renew = partial(_new_pin, runtime, session)
        again = late_failures.retry_due(session, runtime.now(), _BATCH, renew)
        returned = stand_ins.come_back(session, runtime.now(), _BATCH)
    if again or returned:
        logger.info("parts_tried_again", extra={"late": again, "returned": returned})
    return moved + again + returned + second_channel.divert(runtime, _BATCH)


def _new_pin(runtime: Runtime, session: Session, message_id: int) -> str | None:
    """Give a complaint another PIN, because the one that a message told never arrived.

    The first was forgotten when the platform took the message (decision 3).
    """
    complaint = late_failures.complaint_of_pin(session, message_id)
    if complaint is None:
        return None
    append_event(session, complaint, "pin_renewed", at=runtime.now())
    return new_pin(runtime, complaint)
