"""Anchors over the whole history, and the rows that a check of it reads.

The database notes each new entry in `history_unsealed`. Sealing takes notes away and writes one
anchor: a keyed hash over how far each of these complaints' chains goes and over each of these
audit entries. A last row that vanishes later is missed at its anchor.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, delete, exists, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from store.crypto import KeyRing
from store.models.complaint import Complaint, ComplaintEvent
from store.models.history import HistoryAnchor, HistorySeal, HistoryUnsealed, HistoryValue
from store.models.staff import AuditEntry

_LOCK = 0x5341_4855  # any number that nothing else here locks
_EVENT = (
    ComplaintEvent.id,
    ComplaintEvent.complaint_id,
    ComplaintEvent.seq,
    ComplaintEvent.kind,
    ComplaintEvent.actor_id,
    ComplaintEvent.at,
    ComplaintEvent.public,
    ComplaintEvent.data,
    ComplaintEvent.salt,
    ComplaintEvent.digest,
)


def lock(session: Session) -> bool:
    """Take the right to write the next anchor until the transaction ends; False if it is taken."""
    return bool(session.scalar(text(f"SELECT pg_try_advisory_xact_lock({_LOCK})")))


def take_unsealed(session: Session, limit: int) -> tuple[list[int], list[int]]:
    """Take up to `limit` notes and return the ids of the complaints and of the audit entries."""
    oldest = select(HistoryUnsealed.id).order_by(HistoryUnsealed.id).limit(limit)
    taken = session.execute(
        delete(HistoryUnsealed)
        .where(HistoryUnsealed.id.in_(oldest))
        .returning(HistoryUnsealed.complaint_id, HistoryUnsealed.audit_id)
    ).all()
    complaints = {row.complaint_id for row in taken if row.complaint_id is not None}
    return sorted(complaints), sorted(row.audit_id for row in taken if row.audit_id is not None)


def write_anchor(
    session: Session, keys: KeyRing, subjects: tuple[list[int], list[int]], at: datetime
) -> HistoryAnchor:
    """Write the anchor over these complaints and audit entries, as they stand now."""
    complaints, audits = subjects
    last = last_anchor(session)
    anchor = HistoryAnchor(id=last.id + 1 if last else 1, at=at, digest="")
    rows: list[dict[str, Any]] = [
        {"complaint_id": row.complaint_id, "seq": row.seq, "digest": row.digest}
        for row in _heads(session, complaints)
    ]
    found = {row.id: row.digest for row in _audits(session, audits)}
    # One that has vanished already is sealed as such: the check will miss it.
    rows += [{"audit_id": number, "digest": found.get(number, "")} for number in audits]
    seals = [HistorySeal(anchor_id=anchor.id, place=place, **row) for place, row in enumerate(rows)]
    anchor.digest = anchor_digest(keys, last.digest if last else "", anchor, seals)
    session.add(anchor)
    session.flush()
    session.add_all(seals)
    session.flush()
    return anchor


def anchor_digest(
    keys: KeyRing, previous: str, anchor: HistoryAnchor, seals: Sequence[HistorySeal]
) -> str:
    """Return the keyed hash of an anchor: who has the database only cannot make one."""
    lines = [previous, str(anchor.id), anchor.at.astimezone(UTC).isoformat()]
    lines += [f"{seal.complaint_id} {seal.seq} {seal.audit_id} {seal.digest}" for seal in seals]
    return keys.lookup("history anchor", "\n".join(lines))


def last_anchor(session: Session) -> HistoryAnchor | None:
    """Return the newest anchor."""
    return session.scalar(select(HistoryAnchor).order_by(HistoryAnchor.id.desc()).limit(1))


def anchors_after(session: Session, after: int, limit: int) -> list[HistoryAnchor]:
    """Return the next anchors in their order."""
    statement = select(HistoryAnchor).where(HistoryAnchor.id > after).order_by(HistoryAnchor.id)
    return list(session.scalars(statement.limit(limit)))


def seals_of(session: Session, anchor_ids: Sequence[int]) -> dict[int, list[HistorySeal]]:
    """Return what each anchor holds, in its order."""
    statement = (
        select(HistorySeal)
        .where(HistorySeal.anchor_id.in_(anchor_ids))
        .order_by(HistorySeal.anchor_id, HistorySeal.place)
    )
    rows = session.scalars(statement)
    return {key: list(group) for key, group in groupby(rows, lambda row: row.anchor_id)}


def complaint_ids_after(session: Session, after: int, limit: int) -> list[int]:
    """Return the next complaints that exist, or of which an anchor knows that they did."""
    found: set[int] = set()
    for column in (Complaint.id, HistorySeal.complaint_id):
        statement = select(column).where(column > after).distinct().order_by(column).limit(limit)
        found |= {number for number in session.scalars(statement) if number is not None}
    return sorted(found)[:limit]


def chains(session: Session, complaint_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return the entries of each complaint by their number."""
    statement = (
        select(*_EVENT)
        .where(ComplaintEvent.complaint_id.in_(complaint_ids))
        .order_by(ComplaintEvent.complaint_id, ComplaintEvent.seq)
    )
    rows = session.execute(statement)
    return {key: list(group) for key, group in groupby(rows, lambda row: row.complaint_id)}


def complaint_seals(session: Session, complaint_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Return for each complaint the digests that anchors hold, by the number of the entry."""
    statement = select(HistorySeal.complaint_id, HistorySeal.seq, HistorySeal.digest).where(
        HistorySeal.complaint_id.in_(complaint_ids)
    )
    found: dict[int, dict[int, str]] = {}
    for row in session.execute(statement):
        found.setdefault(row.complaint_id, {})[row.seq] = row.digest
    return found


def waiting_complaints(session: Session, complaint_ids: Sequence[int]) -> set[int]:
    """Return those that wait for the next anchor."""
    statement = select(HistoryUnsealed.complaint_id).where(
        HistoryUnsealed.complaint_id.in_(complaint_ids)
    )
    return {number for number in session.scalars(statement) if number is not None}


def values_of(session: Session, event_ids: Sequence[int]) -> dict[int, list[HistoryValue]]:
    """Return the texts beside these entries."""
    statement = (
        select(HistoryValue)
        .where(HistoryValue.event_id.in_(event_ids))
        .order_by(HistoryValue.event_id, HistoryValue.field)
    )
    rows = session.scalars(statement)
    return {key: list(group) for key, group in groupby(rows, lambda row: row.event_id)}


def audits_after(
    session: Session, after: int, limit: int
) -> list[tuple[int, AuditEntry | None, str | None, bool]]:
    """Return the next audit entries: id, the entry, the digest at its anchor, whether it waits.

    An entry that only an anchor knows comes without its row.
    """
    sealed = (
        select(HistorySeal.audit_id, HistorySeal.digest)
        .where(HistorySeal.audit_id > after)
        .order_by(HistorySeal.audit_id)
        .limit(limit)
    )
    digests = {row.audit_id: row.digest for row in session.execute(sealed)}
    waits = exists().where(HistoryUnsealed.audit_id == AuditEntry.id)
    statement = (
        select(AuditEntry, waits.label("waits"))
        .where(AuditEntry.id > after)
        .order_by(AuditEntry.id)
        .limit(limit)
    )
    rows = {row[0].id: (row[0], bool(row[1])) for row in session.execute(statement)}
    ids = sorted(digests.keys() | rows.keys())[:limit]
    return [
        (number, rows[number][0], digests.get(number), rows[number][1])
        if number in rows
        else (number, None, digests[number], False)
        for number in ids
    ]


def _heads(session: Session, complaint_ids: Sequence[int]) -> Sequence[Any]:
    statement = (
        select(ComplaintEvent.complaint_id, ComplaintEvent.seq, ComplaintEvent.digest)
        .ext(distinct_on(ComplaintEvent.complaint_id))
        .where(ComplaintEvent.complaint_id.in_(complaint_ids))
        .order_by(ComplaintEvent.complaint_id, ComplaintEvent.seq.desc())
    )
    return session.execute(statement).all()


def _audits(session: Session, audit_ids: Sequence[int]) -> Sequence[Any]:
    statement = (
        select(AuditEntry.id, AuditEntry.digest)
        .where(AuditEntry.id.in_(audit_ids))
        .order_by(AuditEntry.id)
    )
    return session.execute(statement).all()
