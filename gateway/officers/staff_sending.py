"""Telling officers: what is new is noted, what waits is joined into one message a person and sent.

Rows are the truth: a disposisi or a returned draft without `noticed_at` is found by the next run,
whatever became of this one. Nobody hears more often than every two minutes, and in quiet hours of
emergencies only.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Final

from sqlalchemy.orm import Session

from channels.text_split import split_text
from gateway.accounts.sessions import person
from gateway.cases import staff_alerts
from gateway.cases.casefile import UNDO, may_see
from gateway.cases.notices import NEWS_PRIORITY
from gateway.cases.staff_alerts import Alert
from gateway.officers import staff_words
from gateway.rules.people import Staff
from gateway.rules.windows import WindowState, judge
from gateway.runtime import Runtime
from normalizer.buttons import buttons_for
from store import staff_alerts as rows
from store import staff_contacts
from store.models.messaging import Author, Conversation
from store.models.staff_contact import StaffAlert, StaffContact
from store.outgoing import Outgoing, queue

logger = logging.getLogger(__name__)

_APART: Final = timedelta(minutes=2)
_FAILURES: Final = timedelta(days=1)  # older ones are old news
_MOST_LINES: Final = 10
_JOINED: Final = "petugas_gabungan"  # the text key of a message of several lines
_REACHED: Final = (WindowState.FREE, WindowState.OPEN, WindowState.HUMAN)


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a person is told, and who that is now: offices change while a notice waits."""

    contact: StaffContact
    conversation: Conversation
    staff: Staff


def is_due(runtime: Runtime, session: Session) -> bool:
    """Whether somebody may have to be told something now."""
    disposed_before = runtime.now() - UNDO
    if not rows.any_waiting(session, disposed_before, runtime.now() - _FAILURES):
        return False
    if not staff_alerts.officers_rest(runtime, session):
        return True
    urgent = rows.any_of_kinds_waiting(session, staff_alerts.ALWAYS)
    return urgent or rows.any_undelivered(session, runtime.now() - _FAILURES)


def drain(runtime: Runtime) -> int:
    """Note what is new and tell who has not heard anything lately; return how many messages."""
    with runtime.transaction() as session:
        resting = staff_alerts.officers_rest(runtime, session)
        if not resting:
            _note_disposed(runtime, session)
            _note_returned(runtime, session)
    with runtime.transaction() as session:
        _turn_elsewhere(runtime, session)
        told = _tell_waiting(runtime, session, staff_alerts.ALWAYS if resting else None)
    if told:
        runtime.wake("outbox")
    return told


def _note_disposed(runtime: Runtime, session: Session) -> None:
    """Note each disposisi that can be undone no more for the officers of its PD."""
    now = runtime.now()
    people: dict[str, Sequence[int]] = {}
    for instruction, pd_code in rows.lock_unnoticed(session, now - UNDO):
        instruction.noticed_at = now
        if instruction.returned_at or instruction.accepted_at:
            continue
        if pd_code not in people:
            people[pd_code] = staff_alerts.all_of_pd(session, pd_code)
        alert = Alert(
            staff_words.FRESH,
            f"disposisi:{instruction.id}",
            instruction.complaint_id,
            {"disposisi": instruction.id},
        )
        staff_alerts.note(session, alert, people[pd_code], now)


def _note_returned(runtime: Runtime, session: Session) -> None:
    now = runtime.now()
    people: dict[str, Sequence[int]] = {}
    for draft, pd_code in rows.lock_returned(session):
        draft.return_noticed_at = now
        if pd_code not in people:
            people[pd_code] = staff_alerts.officers_of(session, pd_code)
        alert = Alert(
            staff_words.RETURNED,
            f"draft:{draft.id}",
            draft.complaint_id,
            {"draft": draft.id, "reason": draft.return_reason},
        )
        staff_alerts.note(session, alert, people[pd_code], now)


def _tell_waiting(runtime: Runtime, session: Session, kinds: Collection[str] | None) -> int:
    waiting = rows.lock_waiting(session, runtime.now() - _APART, kinds)
    if not waiting:
        return 0
    scene = staff_words.look(session, waiting)
    addresses = _addresses(runtime, session, {one.user_id for one in waiting})
    told = 0
    for (user_id, failed), own in groupby(sorted(waiting, key=_whose), key=_whose):
        fitting = (one for one in addresses.get(user_id, ()) if one.contact.channel.value != failed)
        told += _tell(runtime, session, next(fitting, None), scene, list(own))
    return told


def _whose(alert: StaffAlert) -> tuple[int, str]:
    """Return who is told, and where that failed before."""
    return alert.user_id, alert.failed_channel.value if alert.failed_channel else ""


def _turn_elsewhere(runtime: Runtime, session: Session) -> None:
    """Let notices that one platform did not deliver wait for the person's other address."""
    now = runtime.now()
    for part in rows.lock_undelivered(session, now - _FAILURES):
        if rows.tell_elsewhere(session, part, now):
            logger.info("officer_told_elsewhere", extra={"part_id": part.id})


def _addresses(
    runtime: Runtime, session: Session, user_ids: set[int]
) -> Mapping[int, Sequence[_Address]]:
    """Return where people are told: first addresses that take free words now, then templates'."""
    found: dict[int, list[_Address]] = defaultdict(list)
    closed: dict[int, list[_Address]] = defaultdict(list)
    for contact, conversation, user in staff_contacts.of_users(session, sorted(user_ids)):
        address = _Address(contact, conversation, person(user))
        state = judge(runtime, conversation).state
        if state in _REACHED:
            found[user.id].append(address)
        elif state is WindowState.CLOSED:
            closed[user.id].append(address)
    return {user_id: [*found[user_id], *closed[user_id]] for user_id in user_ids}


def _tell(
    runtime: Runtime,
    session: Session,
    address: _Address | None,
    scene: staff_words.Scene,
    waiting: Sequence[StaffAlert],
) -> int:
    """Queue one message of what is still true; say whether there was one."""
    now = runtime.now()
    if address is None:
        # Nobody to tell: what waits would be old news by the time there is.
        rows.settle(session, waiting, now)
        logger.info("officer_unreachable", extra={"count": len(waiting)})
        return 0
    conversation = address.conversation
    lines = [(one, _line(runtime, scene, one, address)) for one in waiting]
    true = [(one, words) for one, words in lines if words]
    rows.settle(session, [one for one, words in lines if not words], now)
    if not true:
        return 0
    outgoing = _message(runtime, conversation, scene, true)
    message_id = queue(session, conversation, outgoing, now)
    rows.settle(session, [one for one, _ in true], now, message_id)
    address.contact.told_at = now
    return 1


def _line(
    runtime: Runtime, scene: staff_words.Scene, alert: StaffAlert, address: _Address
) -> str | None:
    """Return the line of an alert, None where it is true no more or not for this person now."""
    case = scene.cases.get(alert.complaint_id or 0)
    if case is not None and not may_see(case, address.staff):
        return None
    asked, _ = scene.directives.get(alert.facts.get("directive", 0), (None, None))
    own = asked is None or address.staff.pd_code in {asked.pd_code, None}
    if case is None and not own:
        return None
    return staff_words.line(runtime, scene, alert, address.contact.channel)


def _message(
    runtime: Runtime,
    conversation: Conversation,
    scene: staff_words.Scene,
    lines: Sequence[tuple[StaffAlert, str]],
) -> Outgoing:
    """Make one message; buttons only where it speaks of one case."""
    shown = [words for _, words in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        shown.append(staff_words.more(runtime, conversation.channel, len(lines) - _MOST_LINES))
    text = "\n".join(shown)
    first = lines[0][0]
    case = scene.cases.get(first.complaint_id or 0) if len(lines) == 1 else None
    return Outgoing(
        text=text,
        pieces=split_text(text, runtime.channels[conversation.channel].limits),
        author=Author.AUTO,
        text_key=first.kind if len(lines) == 1 else _JOINED,
        buttons=buttons_for(first.kind, case.ticket) if case else (),
        priority=NEWS_PRIORITY,
    )
