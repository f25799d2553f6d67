"""Forgetting who wrote: which conversations are due, how many, and the statements that do it.

A conversation is due when all its cases ended before a day and nothing has been said since. What a
case needs to stay provable is kept: redacted texts, status moves, times, PDs.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from store.models.card import CardReading
from store.models.complaint import Complaint, ComplaintEvent, ComplaintStatus
from store.models.erasure import ErasedConversation
from store.models.history import HistoryValue
from store.models.messaging import (
    Attachment,
    Conversation,
    Direction,
    MediaState,
    Message,
    MessageVersion,
)
from store.models.second_channel import SecondChannel
from store.models.staff_contact import StaffContact

_ENDED = (ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT)
_LEADING = aliased(Complaint)


def count_due(session: Session, before: datetime) -> tuple[int, int]:
    """Return how many conversations and cases are to be forgotten now; nothing is changed."""
    talks = select(Conversation.id).where(_due(before))
    cases = select(func.count()).where(Complaint.conversation_id.in_(talks))
    number = session.scalar(select(func.count()).select_from(talks.subquery())) or 0
    return number, session.scalar(cases) or 0


def lock_due(session: Session, before: datetime, limit: int) -> list[Conversation]:
    """Lock conversations that are to be forgotten, the oldest first; others' locks are skipped.

    They are asked about again once they are locked: a case may have been opened anew meanwhile.
    """
    found = (
        select(Conversation.id)
        .where(_due(before))
        .order_by(Conversation.created_at, Conversation.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    locked = session.scalars(found).all()
    still = select(Conversation).where(Conversation.id.in_(locked), _due(before))
    return list(session.scalars(still.order_by(Conversation.created_at, Conversation.id)))


def lock_cases(session: Session, conversation_ids: Sequence[int]) -> list[Complaint]:
    """Lock the cases of these conversations."""
    statement = select(Complaint).where(Complaint.conversation_id.in_(conversation_ids))
    return list(session.scalars(statement.order_by(Complaint.id).with_for_update()))


def forget_person(conversation: Conversation) -> None:
    """Take the person out of a conversation; whoever writes again is somebody new."""
    conversation.sender = conversation.sender_name = conversation.aliases = None
    conversation.sender_key = secrets.token_hex(32)
    conversation.repliable = False
    conversation.draft_summary = conversation.dialogue_state = None


def forget_reporter(complaint: Complaint, now: datetime) -> None:
    """Take the reporter out of a case; its redacted text stays, and is all that is left of it."""
    complaint.nik = complaint.nik_key = complaint.reporter_name = complaint.origin = None
    complaint.chronology = complaint.event_text = None
    complaint.original_text = complaint.public_text
    complaint.news_stopped_at = complaint.news_stopped_at or now


def forget_words(session: Session, conversation_ids: Sequence[int]) -> None:
    """Leave of what citizens wrote the redacted words, and nothing of earlier versions."""
    theirs = and_(Message.conversation_id.in_(conversation_ids), Message.direction == Direction.IN)
    ids = select(Message.id).where(theirs)
    session.execute(delete(MessageVersion).where(MessageVersion.message_id.in_(ids)))
    session.execute(
        update(Attachment)
        .where(Attachment.message_id.in_(ids))
        .values(filename=None, source=None, transcript=None)
    )
    session.execute(update(Message).where(theirs).values(text=Message.redacted_text, extras=None))


def end_cards(session: Session, conversation_ids: Sequence[int], now: datetime) -> None:
    """Let hidden photos of these conversations end now, those at which nobody looked, too."""
    photos = (
        select(Attachment.id, literal(now), literal(0), literal(now))
        .join(Message, Message.id == Attachment.message_id)
        .where(
            Message.conversation_id.in_(conversation_ids),
            Message.direction == Direction.IN,
            Attachment.is_identity,
            Attachment.state == MediaState.STORED,
        )
    )
    made = upsert(CardReading).from_select(
        ["attachment_id", "asked_at", "tries", "erase_at"], photos
    )
    session.execute(
        made.on_conflict_do_update(
            index_elements=["attachment_id"], set_={"due_at": None, "found": None, "erase_at": now}
        )
    )


def forget_history(session: Session, complaint_ids: Sequence[int], now: datetime) -> None:
    """Erase the texts beside the history; the chain holds only their digests and stays whole."""
    events = select(ComplaintEvent.id).where(ComplaintEvent.complaint_id.in_(complaint_ids))
    session.execute(
        update(HistoryValue)
        .where(HistoryValue.event_id.in_(events), HistoryValue.erased_at.is_(None))
        .values(old=None, new=None, erased_at=now)
    )


def note(session: Session, cases: dict[int, int], now: datetime) -> None:
    """Keep that these conversations (with their numbers of cases) are forgotten."""
    rows = [
        {"conversation_id": number, "erased_at": now, "cases": count}
        for number, count in cases.items()
    ]
    if rows:
        session.execute(upsert(ErasedConversation).on_conflict_do_nothing(), rows)


def forgotten(session: Session, since: datetime) -> tuple[int, int, datetime | None]:
    """Return how many conversations and cases were forgotten since then, and when last."""
    statement = select(
        func.count().filter(ErasedConversation.erased_at >= since),
        func.coalesce(
            func.sum(ErasedConversation.cases).filter(ErasedConversation.erased_at >= since), 0
        ),
        func.max(ErasedConversation.erased_at),
    )
    row = session.execute(statement).one()
    return row[0], int(row[1]), row[2]


def _due(before: datetime) -> ColumnElement[bool]:
    erased = exists().where(ErasedConversation.conversation_id == Conversation.id)
    officers = exists().where(StaffContact.conversation_id == Conversation.id)
    return and_(
        Conversation.created_at < before,
        Conversation.last_activity_at < before,
        Conversation.needs_person_at.is_(None),
        Conversation.blocked_until.is_(None),
        not_(erased),
        not_(officers),
        not_(_has_living_case(before)),
        not_(_hears_of_another(before)),
    )


def _has_living_case(before: datetime) -> ColumnElement[bool]:
    own = select(Complaint.id).outerjoin(_LEADING, _LEADING.id == Complaint.leading_id)
    return own.where(Complaint.conversation_id == Conversation.id, _lives(before)).exists()


def _hears_of_another(before: datetime) -> ColumnElement[bool]:
    """Whether it is somebody's second address while a case of theirs lives."""
    statement = (
        select(SecondChannel.id)
        .join(Complaint, Complaint.conversation_id == SecondChannel.conversation_id)
        .outerjoin(_LEADING, _LEADING.id == Complaint.leading_id)
        .where(SecondChannel.target_id == Conversation.id, SecondChannel.withdrawn_at.is_(None))
    )
    return statement.where(_lives(before)).exists()


def _lives(before: datetime) -> ColumnElement[bool]:
    """Whether a case has not ended, or not long enough ago; a follower ends with its leader."""
    status = func.coalesce(_LEADING.status, Complaint.status)
    since = func.coalesce(_LEADING.status_at, Complaint.status_at)
    closed_at = case((status.in_(_ENDED), since))
    ended_at = func.coalesce(Complaint.withdrawn_at, Complaint.archived_at, closed_at)
    return or_(ended_at.is_(None), ended_at >= before)
