"""The addresses at which members of staff hear of work, and the codes that prove them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from channels.message import ChannelName
from store.models.messaging import Conversation
from store.models.staff import PerangkatDaerah, StaffUser
from store.models.staff_contact import StaffAlert, StaffContact, StaffLinkCode


@dataclass(frozen=True, slots=True)
class Reached:
    """An address with its conversation and the person behind it."""

    contact: StaffContact
    conversation: Conversation
    user: StaffUser
    pd_name: str | None


def of_conversations(session: Session, ids: Sequence[int]) -> dict[int, StaffContact]:
    """Return which of these conversations are officers' own."""
    statement = select(StaffContact).where(StaffContact.conversation_id.in_(ids))
    return {row.conversation_id: row for row in session.scalars(statement)}


def of_user(session: Session, user_id: int) -> list[tuple[StaffContact, Conversation]]:
    """Return the addresses of a person, oldest link first."""
    statement = (
        select(StaffContact, Conversation)
        .join(Conversation, Conversation.id == StaffContact.conversation_id)
        .where(StaffContact.user_id == user_id)
        .order_by(StaffContact.id)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def of_users(
    session: Session, ids: Sequence[int]
) -> list[tuple[StaffContact, Conversation, StaffUser]]:
    """Return the addresses of active people, oldest link first."""
    statement = (
        select(StaffContact, Conversation, StaffUser)
        .join(Conversation, Conversation.id == StaffContact.conversation_id)
        .join(StaffUser, StaffUser.id == StaffContact.user_id)
        .where(StaffContact.user_id.in_(ids), StaffUser.active)
        .order_by(StaffContact.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def link(session: Session, user_id: int, conversation: Conversation, now: datetime) -> None:
    """Make a conversation the person's address on its channel; others that stood there go."""
    of_channel = (StaffContact.user_id == user_id) & (StaffContact.channel == conversation.channel)
    session.execute(
        delete(StaffContact).where(or_(StaffContact.conversation_id == conversation.id, of_channel))
    )
    contact = StaffContact(
        user_id=user_id,
        conversation_id=conversation.id,
        channel=conversation.channel,
        linked_at=now,
    )
    session.add(contact)
    session.flush()


def unlink(session: Session, user_id: int, channel: ChannelName) -> bool:
    """End the link of a person on a channel; say whether there was one."""
    gone = session.execute(
        delete(StaffContact)
        .where(StaffContact.user_id == user_id, StaffContact.channel == channel)
        .returning(StaffContact.id)
    )
    return gone.first() is not None


def set_daily(session: Session, user_id: int, *, daily: bool) -> None:
    """Keep whether a person wants the morning summary."""
    session.execute(update(StaffContact).where(StaffContact.user_id == user_id).values(daily=daily))


def keep_code(session: Session, code: StaffLinkCode) -> None:
    """Keep the person's open code in the place of an earlier one."""
    values = {
        "figures_hash": code.figures_hash,
        "token_hash": code.token_hash,
        "expires_at": code.expires_at,
    }
    session.execute(
        upsert(StaffLinkCode)
        .values(user_id=code.user_id, **values)
        .on_conflict_do_update(index_elements=["user_id"], set_=values)
    )


def take_code(session: Session, code_hash: str, now: datetime) -> int | None:
    """Use a code up; return whose it is, None if it is unknown, used, too old or not unique."""
    found = session.execute(
        delete(StaffLinkCode)
        .where(
            or_(StaffLinkCode.figures_hash == code_hash, StaffLinkCode.token_hash == code_hash),
            StaffLinkCode.user_id == StaffUser.id,
            StaffUser.active,
        )
        .returning(StaffLinkCode.user_id, StaffLinkCode.expires_at)
    ).all()
    if len(found) != 1 or found[0].expires_at <= now:
        return None
    return int(found[0].user_id)


def call(session: Session, conversation_id: int, at: datetime) -> None:
    """Note that something from an officer's address waits to be read."""
    session.execute(
        update(StaffContact)
        .where(StaffContact.conversation_id == conversation_id)
        .values(due_at=at)
    )


def any_due(session: Session, now: datetime) -> bool:
    """Whether something from an officer waits to be read."""
    due = select(StaffContact.id).where(StaffContact.due_at <= now).limit(1)
    return session.scalar(due) is not None


def lock_due(session: Session, now: datetime, limit: int) -> list[Reached]:
    """Lock the conversations from which something waits to be read; others' locks are skipped."""
    statement = (
        select(StaffContact, Conversation, StaffUser, PerangkatDaerah.name)
        .join(Conversation, Conversation.id == StaffContact.conversation_id)
        .join(StaffUser, StaffUser.id == StaffContact.user_id)
        .outerjoin(PerangkatDaerah, PerangkatDaerah.code == StaffUser.pd_code)
        .where(StaffContact.due_at <= now)
        .order_by(StaffContact.due_at)
        .limit(limit)
        .with_for_update(of=Conversation, skip_locked=True)
    )
    return [Reached(row[0], row[1], row[2], row[3]) for row in session.execute(statement)]


def drop_waiting(session: Session, user_id: int, now: datetime) -> None:
    """Settle what a person who has no address any more would have been told."""
    session.execute(
        update(StaffAlert)
        .where(StaffAlert.user_id == user_id, StaffAlert.settled_at.is_(None))
        .values(settled_at=now)
    )


CODE_LIFE = timedelta(minutes=10)
