"""Reading rows back and writing outgoing parts, for the tests of intake and replies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from channels.message import ChannelName, InboundMessage
from gateway.runtime import Runtime
from store.models.messaging import Author, Conversation
from store.models.outbox import OutboxPart
from store.outgoing import Outgoing, queue
from tests.gateway.fakes import ACCOUNT

Row = TypeVar("Row")


def message(
    external_id: str,
    text: str | None = "Lampu jalan mati",
    channel: ChannelName = ChannelName.TELEGRAM,
    sender: str | None = "5550100001",
    **more: Any,
) -> InboundMessage:
    return InboundMessage(channel, ACCOUNT, external_id, sender, text=text, **more)


def all_of(runtime: Runtime, table: type[Row]) -> list[Row]:
    """Every row of a table, oldest first."""
    with runtime.transaction() as session:
        return list(session.scalars(select(table).order_by(table.__mapper__.primary_key[0])))  # type: ignore[attr-defined]


def only(runtime: Runtime, table: type[Row]) -> Row:
    """The one row of a table."""
    (row,) = all_of(runtime, table)
    return row


def queue_answer(
    runtime: Runtime,
    text: str | Sequence[str] = "Terima kasih",
    conversation_id: int | None = None,
    author: Author = Author.AUTO,
    **more: Any,
) -> int:
    """Queue an answer in the (only) conversation and return the message id."""
    pieces = [text] if isinstance(text, str) else list(text)
    with runtime.transaction() as session:
        query = select(Conversation)
        if conversation_id is not None:
            query = query.where(Conversation.id == conversation_id)
        conversation = session.scalars(query).one()
        outgoing = Outgoing(text="\n".join(pieces), pieces=pieces, author=author, **more)
        return queue(session, conversation, outgoing, runtime.now())


def statuses(runtime: Runtime) -> list[str]:
    """The status of every part, oldest first."""
    return [part.status.value for part in all_of(runtime, OutboxPart)]


def change(runtime: Runtime, part_id: int, **values: Any) -> None:
    """Set columns of a part."""
    with runtime.transaction() as session:
        part = session.get_one(OutboxPart, part_id)
        for name, value in values.items():
            setattr(part, name, value)


def mark_as_sent(runtime: Runtime, part_id: int, external_id: str, at: datetime) -> None:
    """Make a part one that the platform took."""
    change(runtime, part_id, status="sent", external_id=external_id, sent_at=at)
