"""The other addresses that a citizen gave us and agreed to be answered at (decision 6)."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from store.models.second_channel import Agreement, SecondChannel
from store.stand_ins import call_off

__all__ = [
    "Agreement",
    "agree",
    "agreed",
    "count_try",
    "is_linked",
    "is_refused",
    "name",
    "pending",
    "withdraw",
    "withdraw_all",
]

_WITHDRAWN = "withdrawn"


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


def name(
    session: Session, conversation_id: int, target_id: int, code_hash: str, now: datetime
) -> None:
    """Note an address that a citizen named, with the code that was sent to it as a proof."""
    named = upsert(SecondChannel).values(
        conversation_id=conversation_id,
        target_id=target_id,
        how=Agreement.CHAT,
        named_at=now,
        code_hash=code_hash,
        code_sent_at=now,
    )
    session.execute(
        named.on_conflict_do_update(
            index_elements=[SecondChannel.conversation_id, SecondChannel.target_id],
            set_={"named_at": now, "code_hash": code_hash, "code_sent_at": now, "code_tries": 0},
        )
    )


def is_refused(session: Session, conversation_id: int, target_id: int) -> bool:
    """Whether the owner of an address said stop to whoever named it and never proved it."""
    refused = select(SecondChannel.id).where(
        SecondChannel.conversation_id == conversation_id,
        SecondChannel.target_id == target_id,
        SecondChannel.agreed_at.is_(None),
        SecondChannel.withdrawn_at.is_not(None),
    )
    return session.scalar(refused) is not None


def pending(session: Session, conversation_id: int, since: datetime) -> SecondChannel | None:
    """Return the newest address whose code was sent after `since` and is still good."""
    return session.scalar(
        select(SecondChannel)
        .where(
            SecondChannel.conversation_id == conversation_id,
            SecondChannel.code_hash.is_not(None),
            SecondChannel.code_sent_at > since,
        )
        .order_by(SecondChannel.code_sent_at.desc())
        .limit(1)
        .with_for_update()
    )


def count_try(row: SecondChannel, most: int) -> None:
    """Count a wrong code; after `most` of them the code is void."""
    row.code_tries += 1
    if row.code_tries >= most:
        row.code_hash = None


def is_linked(session: Session, conversation_id: int) -> bool:
    """Whether the citizen of a conversation has ever named or agreed to another address."""
    known = select(SecondChannel.id).where(SecondChannel.conversation_id == conversation_id)
    return session.scalar(known.limit(1)) is not None


def withdraw(session: Session, target_id: int, now: datetime) -> int:
    """End every agreement that leads to an address; return how many.

    What has not left for it is called off; the originals find another way. Codes on their way to
    it are void, and whoever named it does not get it sent another (`is_refused`).
    """
    session.execute(
        update(SecondChannel)
        .where(SecondChannel.target_id == target_id, SecondChannel.agreed_at.is_(None))
        .values(withdrawn_at=now, code_hash=None)
    )
    return _end(session, SecondChannel.target_id == target_id, now)


def withdraw_all(session: Session, conversation_id: int, now: datetime) -> int:
    """End every agreement made in a conversation; return how many."""
    return _end(session, SecondChannel.conversation_id == conversation_id, now)


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    ended = session.execute(
        update(SecondChannel)
        .where(which, SecondChannel.agreed_at.is_not(None), SecondChannel.withdrawn_at.is_(None))
        .values(withdrawn_at=now, code_hash=None)
        .returning(SecondChannel.conversation_id, SecondChannel.target_id)
    ).all()
    for source_id, target_id in ended:
        call_off(session, source_id, target_id, _WITHDRAWN, now)
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
