"""@nama in a note: the colleague gets a line, in the chat too, without a word of the note."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.cases.staff_alerts import note_mentions
from gateway.rules.people import INBOX_ROLES, PD_ROLES, Staff
from store import teamwork
from store.models.complaint import Complaint
from store.models.staff import StaffUser

_MENTION = re.compile(r"(?<![\w@.])@([a-z0-9][a-z0-9._@-]{0,99})", re.IGNORECASE)
_MOST = 20


def mentioned_names(text: str) -> list[str]:
    """Return the user names that a note calls, lower case, each once."""
    found = (name.rstrip(".-_@").lower() for name in _MENTION.findall(text))
    return list(dict.fromkeys(found))[:_MOST]


def tell_mentioned(
    session: Session,
    complaint: Complaint,
    staff: Staff,
    note: tuple[str, bool],
    at: datetime,
    also: Sequence[StaffUser] = (),
) -> None:
    """Write a line for each colleague whom a note (`text`, also for the PD) calls and may read it.

    It calls `also` these people, whatever their user names look like. Who may not see the case, or
    only the notes meant for the PD, is not told.
    """
    text, for_pd = note
    names = mentioned_names(text)
    called = [*also, *(teamwork.named(session, names) if names else ())]
    people = [
        user
        for user in dict.fromkeys(called)
        if user.id != staff.id
        and (user.role in INBOX_ROLES or (for_pd and user.role in PD_ROLES))
        and teamwork.sees(session, user, complaint.id)
    ]
    ids = [user.id for user in people]
    teamwork.notify(session, ids, (complaint.id, "mention"), staff.id, at)
    note_mentions(session, complaint, people, at)
