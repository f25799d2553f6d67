"""Blocked senders as every officer of Diskominfo sees them: until when, why, who decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.rules.block_reasons import REASONS
from gateway.runtime import Runtime
from gateway.showing.showing import full_time
from store import blocks
from store.blocks import BlockRow


@dataclass(frozen=True, slots=True)
class BlockView:
    """One block in words; `standing` while it counts, `ended` says how it ended."""

    reason: str
    words: str
    made_by: str
    made: str
    until: str
    standing: bool
    ended: str


@dataclass(frozen=True)
class SenderBlocks:
    """The blocks of one conversation, newest first. `now` is the one that counts, if any."""

    conversation_id: int
    blocks: Sequence[BlockView]

    @property
    def now(self) -> BlockView | None:
        """The block that counts at this instant."""
        return next((one for one in self.blocks if one.standing), None)


def of_conversation(runtime: Runtime, conversation_id: int) -> SenderBlocks:
    """Return the blocks of a conversation."""
    with runtime.transaction() as session:
        return _read(runtime, session, conversation_id)


def of_case(runtime: Runtime, ticket: str) -> SenderBlocks | None:
    """Return the blocks of who wrote a case; None where it came from no conversation."""
    with runtime.transaction() as session:
        conversation_id = blocks.conversation_of(session, ticket)
        return None if conversation_id is None else _read(runtime, session, conversation_id)


def _read(runtime: Runtime, session: Session, conversation_id: int) -> SenderBlocks:
    rows = blocks.of_conversation(session, conversation_id)
    return SenderBlocks(conversation_id, [_view(runtime, row) for row in rows])


def _view(runtime: Runtime, row: BlockRow) -> BlockView:
    made = row.block
    standing = made.lifted_at is None and made.until > runtime.now()
    ended = "" if standing else "Berakhir sendiri"
    if made.lifted_at is not None:
        ended = f"Dicabut {full_time(runtime, made.lifted_at)} oleh {row.lifted_by or 'petugas'}"
    return BlockView(
        REASONS[made.reason],
        made.words,
        row.made_by,
        full_time(runtime, made.made_at),
        full_time(runtime, made.until),
        standing,
        ended,
    )
