"""Who else has a conversation on the platform: another application, or a person in its inbox."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from channels.message import Holder
from store.models.messaging import Conversation

# Nobody holds it by the platform's rules, but a person has answered.
_ECHO: Final = "echo_"
# A page's greeting or away message follows the citizen's words at once; no person types so fast.
_TOO_QUICK: Final = timedelta(seconds=10)


def hold(
    session: Session, conversation_id: int, holder: Holder, at: datetime, until: datetime
) -> None:
    """Note that somebody has the conversation from `at` on, unless something later is known."""
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, _not_later_than(at))
        .values(held_by=holder.value, held_at=at, held_until=until)
    )


def is_answer(held_by: str) -> bool:
    """Whether only an answer of somebody's keeps us quiet, not a rule of the platform."""
    return held_by.startswith(_ECHO)


def hold_for_echo(
    session: Session, conversation_id: int, holder: Holder, at: datetime, until: datetime
) -> None:
    """Note that somebody has answered outside at `at`.

    Who has the conversation by the platform's rules keeps it. An automatic greeting of the page
    looks the same but comes too quickly.
    """
    session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            _not_later_than(at),
            or_(
                Conversation.held_by.is_(None),
                Conversation.held_by.startswith(_ECHO),
                Conversation.held_until <= at,
            ),
            or_(
                Conversation.last_inbound_at.is_(None),
                Conversation.last_inbound_at > at,
                Conversation.last_inbound_at <= at - _TOO_QUICK,
            ),
        )
        .values(held_by=_ECHO + holder.value, held_at=at, held_until=until)
    )


def release(session: Session, conversation_id: int, at: datetime, now: datetime) -> bool:
    """Note that the conversation is ours again; the dialogue looks at what came meanwhile.

    Returns:
        Whether somebody had it.
    """
    freed = session.execute(
        update(Conversation)
        .where(
            Conversation.id == conversation_id,
            Conversation.held_by.is_not(None),
            _not_later_than(at),
        )
        .values(held_by=None, held_at=at, held_until=None, dialogue_due_at=now)
        .returning(Conversation.id)
    ).first()
    return freed is not None


def _not_later_than(at: datetime) -> ColumnElement[bool]:
    return or_(Conversation.held_at.is_(None), Conversation.held_at <= at)
