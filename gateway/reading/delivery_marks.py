"""What became of messages that a page shows already: the marks below them, read again.

A stream says only which message moved (`kirim:88`); a page without a stream asks from time to time.
"""

from collections.abc import Mapping, Sequence

from gateway.cases.casefile import may_see
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from gateway.showing.threads import PartView, part_views
from store import live

MOST = 40


def marks(
    runtime: Runtime, staff: Staff, message_ids: Sequence[int]
) -> Mapping[int, Sequence[PartView]]:
    """Return the parts of these outgoing messages, by message, for the first `MOST` of them.

    One that is not there, or not this person's to see, is left out: nobody learns which.
    """
    with runtime.transaction() as session:
        found = live.outgoing(session, message_ids[:MOST])
        seen = [
            message.id
            for message, complaint in found
            if complaint is None or may_see(complaint, staff)
        ]
        return part_views(runtime, session, seen)
