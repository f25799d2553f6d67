"""What members of staff are told: rows that wait, and what a quoted message meant."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, aliased

from channels.message import DeliveryStatus
from store.models.complaint import Complaint, Disposisi, DraftAnswer
from store.models.outbox import OutboxPart
from store.models.staff import Position, Role, StaffUser
from store.models.staff_contact import StaffAlert, StaffContact

_BATCH = 100
WEEKLY_SEATS = frozenset({Position.BUPATI, Position.WAKIL_BUPATI})  # hear by the week


def reachable(session: Session, roles: Iterable[Role], pd_code: str | None = None) -> list[int]:
    """Return the active people with one of these roles (of this PD) who have linked a chat."""
    linked = exists().where(StaffContact.user_id == StaffUser.id)
    statement = select(StaffUser.id).where(StaffUser.active, StaffUser.role.in_(roles), linked)
    if pd_code is not None:
        statement = statement.where(StaffUser.pd_code == pd_code)
    return list(session.scalars(statement.order_by(StaffUser.id)))


def linked(session: Session, user_ids: Sequence[int]) -> list[int]:
    """Return which of these people have linked a chat."""
    statement = select(StaffContact.user_id).where(StaffContact.user_id.in_(user_ids)).distinct()
    return list(session.scalars(statement))


def leaders(session: Session, *, first_day: bool) -> tuple[list[int], list[int]]:
    """Return which active leaders with a linked chat hear of delays today: shortly, and by PD.

    The Sekda hears each working day, bupati and deputy on the `first_day` of the week, by PD. Who
    wants no daily summary, and whose seat nobody named, hears by PD on that day too.
    """
    statement = (
        select(StaffUser.id, StaffUser.position, func.bool_or(StaffContact.daily))
        .join(StaffContact, StaffContact.user_id == StaffUser.id)
        .where(StaffUser.active, StaffUser.role == Role.PIMPINAN)
        .group_by(StaffUser.id, StaffUser.position)
        .order_by(StaffUser.id)
    )
    daily, weekly = [], []
    for user_id, position, wants_daily in session.execute(statement):
        every_day = wants_daily and position not in WEEKLY_SEATS
        if every_day and (position is Position.SEKDA or not first_day):
            daily.append(user_id)
        elif first_day:
            weekly.append(user_id)
    return daily, weekly


def add(session: Session, alerts: Sequence[dict[str, Any]]) -> None:
    """Write what people are to be told; what was written once (`once_key`) is not again.

    Each has ``user_id``, ``kind``, ``once_key``, ``complaint_id``, ``facts`` and ``created_at``.
    """
    if alerts:
        session.execute(
            upsert(StaffAlert).on_conflict_do_nothing(index_elements=["once_key"]), list(alerts)
        )


def any_waiting(session: Session, disposed_before: datetime, failed_since: datetime) -> bool:
    """Whether somebody may have to be told something, or told it elsewhere."""
    waiting = select(StaffAlert.id).where(StaffAlert.settled_at.is_(None))
    fresh = select(Disposisi.id).where(_unnoticed(disposed_before))
    returned = select(DraftAnswer.id).where(_unnoticed_return())
    found = (session.scalar(one.limit(1)) for one in (waiting, fresh, returned))
    return any(one is not None for one in found) or any_undelivered(session, failed_since)


def lock_unnoticed(session: Session, disposed_before: datetime) -> list[tuple[Disposisi, str]]:
    """Lock disposisi whose officers know nothing yet, with the PD; others' locks are skipped."""
    statement = (
        select(Disposisi)
        .where(_unnoticed(disposed_before))
        .order_by(Disposisi.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    return [(row, row.pd_code) for row in session.scalars(statement)]


def lock_returned(session: Session) -> list[tuple[DraftAnswer, str]]:
    """Lock returned drafts whose officers know nothing yet, with the PD that wrote them."""
    statement = (
        select(DraftAnswer, Disposisi.pd_code)
        .join(Disposisi, Disposisi.id == DraftAnswer.disposisi_id)
        .where(_unnoticed_return())
        .order_by(DraftAnswer.id)
        .limit(_BATCH)
        .with_for_update(of=DraftAnswer, skip_locked=True)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def any_of_kinds_waiting(session: Session, kinds: Collection[str]) -> bool:
    """Whether something of these kinds waits."""
    statement = select(StaffAlert.id).where(
        StaffAlert.settled_at.is_(None), StaffAlert.kind.in_(kinds)
    )
    return session.scalar(statement.limit(1)) is not None


def lock_waiting(
    session: Session, told_before: datetime, kinds: Collection[str] | None = None
) -> list[StaffAlert]:
    """Lock what waits (of these kinds) for people who were not told anything since then, in order.

    Others' locks are skipped.
    """
    told_lately = exists().where(
        StaffContact.user_id == StaffAlert.user_id, StaffContact.told_at > told_before
    )
    statement = (
        select(StaffAlert)
        .where(StaffAlert.settled_at.is_(None), ~told_lately)
        .order_by(StaffAlert.user_id, StaffAlert.id)
        .limit(_BATCH * 5)
        .with_for_update(skip_locked=True)
    )
    if kinds is not None:
        statement = statement.where(StaffAlert.kind.in_(kinds))
    return list(session.scalars(statement))


def settle(
    session: Session, alerts: Sequence[StaffAlert], now: datetime, message_id: int | None = None
) -> None:
    """Note that these were told by a message, or are dropped (None)."""
    session.execute(
        update(StaffAlert)
        .where(StaffAlert.id.in_([alert.id for alert in alerts]))
        .values(settled_at=now, message_id=message_id)
    )


def call_back(
    session: Session, complaint_ids: Sequence[int], pd_codes: Sequence[str], now: datetime
) -> None:
    """Drop what people of these offices were to be told of these cases and what has not left yet.

    What a message held back would have said of other cases waits again.
    """
    people = select(StaffUser.id).where(StaffUser.pd_code.in_(pd_codes))
    theirs = and_(StaffAlert.complaint_id.in_(complaint_ids), StaffAlert.user_id.in_(people))
    said_in = select(StaffAlert.message_id).where(theirs, StaffAlert.message_id.is_not(None))
    unsent = (
        select(OutboxPart)
        .where(OutboxPart.message_id.in_(said_in), OutboxPart.status == DeliveryStatus.QUEUED)
        .with_for_update()
    )
    messages = set()
    for part in session.scalars(unsent):
        part.status, part.status_at, part.dismissed_at = DeliveryStatus.SUPPRESSED, now, now
        messages.add(part.message_id)
    session.execute(
        update(StaffAlert)
        .where(StaffAlert.message_id.in_(messages))
        .values(settled_at=None, message_id=None)
    )
    session.execute(
        update(StaffAlert).where(theirs, StaffAlert.settled_at.is_(None)).values(settled_at=now)
    )


def any_undelivered(session: Session, failed_since: datetime) -> bool:
    """Whether a part of a notice failed for good, and nobody has looked for another address."""
    statement = select(OutboxPart.id).where(_failed_notice(failed_since))
    return session.scalar(statement.limit(1)) is not None


def lock_undelivered(session: Session, failed_since: datetime) -> list[OutboxPart]:
    """Lock parts of notices that failed for good; others' locks are skipped.

    Only of messages of which nothing went out: who has read a half is not told again.
    """
    other = aliased(OutboxPart)
    went_out = exists().where(
        other.message_id == OutboxPart.message_id, other.status != DeliveryStatus.FAILED
    )
    statement = (
        select(OutboxPart)
        .where(_failed_notice(failed_since), ~went_out)
        .order_by(OutboxPart.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))


def tell_elsewhere(session: Session, part: OutboxPart, now: datetime) -> bool:
    """Let what this failed part said wait again for another address of its person, once.

    Returns:
        Whether there is another address; without one the failure stays as it is.
    """
    said = and_(StaffAlert.message_id == part.message_id, StaffAlert.failed_channel.is_(None))
    elsewhere = exists().where(
        StaffContact.user_id == StaffAlert.user_id, StaffContact.channel != part.channel
    )
    again = session.execute(
        update(StaffAlert)
        .where(said, elsewhere)
        .values(failed_channel=part.channel, settled_at=None, message_id=None)
        .returning(StaffAlert.id)
    ).all()
    session.execute(update(StaffAlert).where(said).values(failed_channel=part.channel))
    if again:
        part.dismissed_at = now  # nobody sends it once more: it would be both
    return bool(again)


def cases(session: Session, ids: Iterable[int]) -> dict[int, Complaint]:
    """Return these complaints by id."""
    statement = select(Complaint).where(Complaint.id.in_(set(ids)))
    return {row.id: row for row in session.scalars(statement)}


def quoted(
    session: Session, conversation_id: int, external_ids: Sequence[str]
) -> dict[str, list[str]]:
    """Return the tickets that each quoted message of ours spoke of, by the platform's id."""
    statement = (
        select(OutboxPart.external_id, Complaint.ticket)
        .join(StaffAlert, StaffAlert.message_id == OutboxPart.message_id)
        .join(Complaint, Complaint.id == StaffAlert.complaint_id)
        .where(
            OutboxPart.conversation_id == conversation_id, OutboxPart.external_id.in_(external_ids)
        )
        .distinct()
        .order_by(Complaint.ticket)
    )
    found: dict[str, list[str]] = {}
    for external_id, ticket in session.execute(statement):
        found.setdefault(external_id or "", []).append(ticket)
    return found


def ticket_of_message(session: Session, message_id: int) -> str | None:
    """Return the ticket that a message to an officer speaks of, the first if there are more."""
    statement = (
        select(Complaint.ticket)
        .join(StaffAlert, StaffAlert.complaint_id == Complaint.id)
        .where(StaffAlert.message_id == message_id)
        .order_by(StaffAlert.id)
    )
    return session.scalar(statement.limit(1))


def drop_before(session: Session, before: datetime) -> None:
    """Forget what was settled before then; nobody quotes it any more."""
    session.execute(delete(StaffAlert).where(StaffAlert.settled_at < before))


def _unnoticed(disposed_before: datetime) -> ColumnElement[bool]:
    return and_(Disposisi.noticed_at.is_(None), Disposisi.created_at <= disposed_before)


def _failed_notice(since: datetime) -> ColumnElement[bool]:
    said = exists().where(
        StaffAlert.message_id == OutboxPart.message_id, StaffAlert.failed_channel.is_(None)
    )
    for_good = and_(
        OutboxPart.status == DeliveryStatus.FAILED,
        OutboxPart.dismissed_at.is_(None),
        OutboxPart.retry_at.is_(None),
    )
    return and_(for_good, OutboxPart.status_at > since, said)


def _unnoticed_return() -> ColumnElement[bool]:
    return and_(DraftAnswer.returned_at.is_not(None), DraftAnswer.return_noticed_at.is_(None))
