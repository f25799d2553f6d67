"""Queries of blocked senders: the blocks of a conversation, those that are over, the fold."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from store.models.complaint import Complaint
from store.models.messaging import Conversation
from store.models.sender_block import SenderBlock
from store.models.staff import StaffUser

_MOST_SHOWN = 50
_BATCH = 200


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One block with the names of who made and who lifted it."""

    block: SenderBlock
    made_by: str
    lifted_by: str | None


def of_conversation(session: Session, conversation_id: int) -> list[BlockRow]:
    """Return the blocks of a conversation, newest first."""
    maker, lifter = aliased(StaffUser), aliased(StaffUser)
    statement = (
        select(SenderBlock, maker.name, lifter.name)
        .join(maker, maker.id == SenderBlock.made_by)
        .outerjoin(lifter, lifter.id == SenderBlock.lifted_by)
        .where(SenderBlock.conversation_id == conversation_id)
        .order_by(SenderBlock.id.desc())
        .limit(_MOST_SHOWN)
    )
    return [BlockRow(*row) for row in session.execute(statement)]


def newest(session: Session, conversation_id: int) -> SenderBlock | None:
    """Return the last block of a conversation, whether it still counts or not."""
    statement = (
        select(SenderBlock)
        .where(SenderBlock.conversation_id == conversation_id)
        .order_by(SenderBlock.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def conversation_of(session: Session, ticket: str) -> int | None:
    """Return from which conversation a case came, None where it came from none."""
    return session.scalar(select(Complaint.conversation_id).where(Complaint.ticket == ticket))


def lock_over(session: Session, now: datetime) -> list[Conversation]:
    """Lock conversations whose block is over; others' locks are skipped."""
    statement = (
        select(Conversation)
        .where(Conversation.blocked_until <= now)
        .order_by(Conversation.blocked_until, Conversation.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))
