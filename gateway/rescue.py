"""What was not delivered gets its next way: another attempt, another channel, or a place to wait.

Every step is a query for rows that are due, so that it may run twice, late or in two workers.
"""

import logging

from gateway import closed_window, second_channel
from gateway.runtime import Runtime
from store import late_failures, stand_ins

logger = logging.getLogger(__name__)

_BATCH = 50


def run(runtime: Runtime) -> int:
    """Take every step that is due now; return how many messages or parts moved."""
    moved = closed_window.rescue_refused(runtime, _BATCH)
    with runtime.transaction() as session:
        again = late_failures.retry_due(session, runtime.now(), _BATCH)
        returned = stand_ins.come_back(session, runtime.now(), _BATCH)
    if again or returned:
        logger.info("parts_tried_again", extra={"late": again, "returned": returned})
    return moved + again + returned + second_channel.divert(runtime, _BATCH)
