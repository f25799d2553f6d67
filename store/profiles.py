"""Citizens whose platform tells their name only when it is asked, and what came of asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from channels.message import ChannelName
from store.models.messaging import NAMELESS, Conversation

# As in `NAMELESS`.
_MOST_TRIES: Final = 3
_AGAIN_AFTER: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Nameless:
    """Whom to ask for."""

    conversation_id: int
    sender: str


def any_due(session: Session, channel: ChannelName, account: str, now: datetime) -> bool:
    """Whether somebody's name has not been asked for."""
    due = select(Conversation.id).where(_due(channel, account, now)).limit(1)
    return session.scalar(due) is not None


def claim(
    session: Session, channel: ChannelName, account: str, now: datetime, limit: int
) -> Sequence[Nameless]:
    """Return citizens to ask for, newest first; each of them has had one more try."""
    rows = session.execute(
        select(Conversation.id, Conversation.sender)
        .where(_due(channel, account, now))
        .order_by(Conversation.id.desc())
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(
        update(Conversation)
        .where(Conversation.id.in_([row.id for row in rows]))
        .values(profile_tries=Conversation.profile_tries + 1, profile_asked_at=now)
    )
    return [Nameless(row.id, row.sender) for row in rows]


def keep_name(session: Session, conversation_id: int, name: str | None) -> None:
    """Keep a name; None: the platform knows none, and is not asked again."""
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.sender_name.is_(None))
        .values(sender_name=name, profile_tries=_MOST_TRIES)
    )


def give_back(session: Session, conversation_ids: Sequence[int]) -> None:
    """Take back a try that told nothing about these citizens."""
    session.execute(
        update(Conversation)
        .where(Conversation.id.in_(conversation_ids))
        .values(
            profile_tries=func.greatest(Conversation.profile_tries - 1, 0), profile_asked_at=None
        )
    )


def _due(channel: ChannelName, account: str, now: datetime) -> ColumnElement[bool]:
    asked = Conversation.profile_asked_at
    return and_(
        text(NAMELESS),
        Conversation.channel == channel,
        Conversation.account == account,
        Conversation.sender.is_not(None),
        Conversation.last_inbound_at.is_not(None),  # who has not written has not agreed
        or_(asked.is_(None), asked <= now - _AGAIN_AFTER),
    )
