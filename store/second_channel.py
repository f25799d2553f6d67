"""The other addresses that a citizen gave us and agreed to be answered at (decision 6)."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store.models.second_channel import Agreement, SecondChannel

__all__ = ["Agreement", "agree", "agreed", "withdraw"]


def agree(
    session: Session, conversation_id: int, target_id: int, how: Agreement, now: datetime
) -> None:
    """Note that answers to one conversation may go to another address of the same citizen.

    Saying it twice changes nothing; saying it after a withdrawal lifts that.

    Args:
        session: of an open transaction.
        conversation_id: where the citizen writes.
        target_id: the conversation of the other address (`store.reach.open_conversation` makes it).
        how: the way in which they agreed.
        now: of the agreement, aware UTC.

    Raises:
        ValueError: the two are the same conversation.
    """
    if conversation_id == target_id:
        raise ValueError("a conversation is not its own second channel")
    noted = upsert(SecondChannel).values(
        conversation_id=conversation_id, target_id=target_id, how=how, named_at=now, agreed_at=now
    )
    standing = SecondChannel.agreed_at.is_not(None) & SecondChannel.withdrawn_at.is_(None)
    session.execute(
        noted.on_conflict_do_update(
            index_elements=[SecondChannel.conversation_id, SecondChannel.target_id],
            set_={"how": how, "agreed_at": now, "withdrawn_at": None},
            where=~standing,
        )
    )


def withdraw(session: Session, target_id: int, now: datetime) -> int:
    """End every agreement that leads to an address; return how many."""
    ended = session.execute(
        update(SecondChannel)
        .where(SecondChannel.target_id == target_id, SecondChannel.withdrawn_at.is_(None))
        .values(withdrawn_at=func.greatest(SecondChannel.agreed_at, now))
        .returning(SecondChannel.id)
    ).all()
    return len(ended)


def agreed(session: Session, conversation_id: int) -> list[int]:
    """Return the addresses, as conversations, that answers may go to; oldest agreement first."""
    targets = (
        select(SecondChannel.target_id)
        .where(
            SecondChannel.conversation_id == conversation_id,
            SecondChannel.agreed_at.is_not(None),
            SecondChannel.withdrawn_at.is_(None),
        )
        .order_by(SecondChannel.agreed_at, SecondChannel.id)
    )
    return list(session.scalars(targets))
