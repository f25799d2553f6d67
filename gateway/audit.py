"""The history as a whole: an anchor every minute, and the check that finds what was tampered with.

A check reads and changes nothing. It goes through the complaints in their order, so that one that
was interrupted goes on where it stopped; the audit entries and the anchors follow.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from gateway.runtime import Runtime
from store import history_anchors as anchors
from store.digests import FIRST_DIGEST, salted
from store.history_changes import chain_digest, text_agrees
from store.models.staff import AuditEntry, audit_digest

logger = logging.getLogger(__name__)

_MOST_NOTES = 5000
_MOST_ANCHORS = 200  # in one run; the next one goes on
_BATCH = 500
_ANCHORS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was written.

    `subject` is ``complaint``, ``audit`` or ``anchor`` with its `number`; `fault` is ``changed``,
    ``missing``, ``reordered``, ``truncated`` or ``unsealed``.
    """

    subject: str
    number: int
    fault: str
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check has come: the last complaint of the batch, and what the batch had wrong."""

    complaint_id: int
    checked: int
    findings: Sequence[Finding]


def seal(runtime: Runtime) -> int:
    """Write anchors over all that is new; return how many. Another process's run is left alone."""
    written = 0
    while written < _MOST_ANCHORS:
        with runtime.transaction() as session:
            if not anchors.lock(session):
                return written
            subjects = anchors.take_unsealed(session, _MOST_NOTES)
            if not any(subjects):
                return written
            anchor = anchors.write_anchor(session, runtime.keys, subjects, runtime.now())
        # A log kept elsewhere is a witness against one who can write everything here.
        logger.info("history_anchored", extra={"anchor": anchor.id, "digest": anchor.digest})
        written += 1
    return written


def verify_complaints(runtime: Runtime, after: int = 0) -> Iterator[Progress]:
    """Check the chains of all complaints with an id above `after`, a batch at a time."""
    checked = 0
    while True:
        with runtime.transaction() as session:
            ids = anchors.complaint_ids_after(session, after, _BATCH)
            if not ids:
                return
            findings = _check_complaints(session, ids)
        after, checked = ids[-1], checked + len(ids)
        yield Progress(after, checked, findings)


def verify_rest(runtime: Runtime) -> Iterator[Finding]:
    """Check the audit entries and the chain of anchors."""
    yield from _in_batches(runtime, _check_audits)
    yield from _check_anchors(runtime)


def last_anchor_line(runtime: Runtime) -> str:
    """Return number and digest of the newest anchor, to be kept elsewhere; "" without one."""
    with runtime.transaction() as session:
        anchor = anchors.last_anchor(session)
    return f"{anchor.id} {anchor.digest}" if anchor else ""


def knows_anchor(runtime: Runtime, line: str) -> bool:
    """Whether an anchor that was noted elsewhere, as `last_anchor_line` gave it, still stands."""
    number, _, digest = line.strip().partition(" ")
    if not number.isdecimal():
        return False
    with runtime.transaction() as session:
        found = anchors.anchors_after(session, int(number) - 1, 1)
    return bool(found) and found[0].id == int(number) and found[0].digest == digest.strip()


def _check_complaints(session: Session, ids: Sequence[int]) -> list[Finding]:
    chains = anchors.chains(session, ids)
    seals = anchors.complaint_seals(session, ids)
    waiting = anchors.waiting_complaints(session, ids)
    with_texts = [row.id for chain in chains.values() for row in chain if "texts" in row.data]
    texts = anchors.values_of(session, with_texts)
    findings: list[Finding] = []
    for number in ids:
        chain, sealed = chains.get(number, []), seals.get(number, {})
        findings += _check_chain(number, chain)
        findings += _check_seals(number, chain, sealed, waits=number in waiting)
        findings += [
            Finding("complaint", number, "changed", row.seq)
            for row in chain
            for value in texts.get(row.id, ())
            if not text_agrees(value, row.data.get("texts", {}))
        ]
    return findings


def _check_chain(number: int, chain: Sequence[Any]) -> Iterator[Finding]:
    """Follow one chain; the first broken link is told, those behind it follow from it."""
    if not chain:
        yield Finding("complaint", number, "missing")
    previous, expected = FIRST_DIGEST, 1
    for row in chain:
        if row.seq != expected:
            yield Finding("complaint", number, "missing", expected)
            return
        if row.digest != chain_digest(previous, row):
            fault = "reordered" if _moved(chain) else "changed"
            yield Finding("complaint", number, fault, row.seq)
            return
        previous, expected = row.digest, expected + 1


def _moved(chain: Sequence[Any]) -> bool:
    """Whether the numbers do not go up as the rows were written."""
    ids = [row.id for row in chain]
    return ids != sorted(ids)


def _check_seals(
    number: int, chain: Sequence[Any], sealed: Mapping[int, str], *, waits: bool
) -> Iterator[Finding]:
    """Compare a chain with what anchors hold of it: its end, and each digest there."""
    digests = {row.seq: row.digest for row in chain}
    end, known = max(digests, default=0), max(sealed, default=0)
    if known > end:
        yield Finding("complaint", number, "truncated", known)
    elif end > known and not waits:
        yield Finding("complaint", number, "unsealed", end)
    for seq, digest in sealed.items():
        if seq in digests and digests[seq] != digest:
            yield Finding("complaint", number, "changed", seq)


def _in_batches(
    runtime: Runtime, check: Callable[[Session, int], tuple[int | None, list[Finding]]]
) -> Iterator[Finding]:
    after: int | None = 0
    while after is not None:
        with runtime.transaction() as session:
            after, findings = check(session, after)
        yield from findings


def _check_audits(session: Session, after: int) -> tuple[int | None, list[Finding]]:
    rows = anchors.audits_after(session, after, _BATCH)
    findings = [
        Finding("audit", number, fault)
        for number, entry, sealed, waits in rows
        if (fault := _audit_fault(entry, sealed, waits=waits))
    ]
    return (rows[-1][0] if rows else None), findings


def _audit_fault(entry: AuditEntry | None, sealed: str | None, *, waits: bool) -> str:
    if entry is None:
        return "missing"
    said = entry.reason is None or salted(entry.salt, entry.reason) == entry.reason_digest
    if not said or audit_digest(entry) != entry.digest or sealed not in {None, entry.digest}:
        return "changed"
    return "unsealed" if sealed is None and not waits else ""


def _check_anchors(runtime: Runtime) -> Iterator[Finding]:
    previous, expected = "", 1
    while True:
        with runtime.transaction() as session:
            batch = anchors.anchors_after(session, expected - 1, _ANCHORS)
            seals = anchors.seals_of(session, [anchor.id for anchor in batch])
        if not batch:
            return
        for anchor in batch:
            if anchor.id != expected:
                yield Finding("anchor", expected, "missing")
            else:
                held = seals.get(anchor.id, [])
                if anchors.anchor_digest(runtime.keys, previous, anchor, held) != anchor.digest:
                    yield Finding("anchor", anchor.id, "changed")
            previous, expected = anchor.digest, anchor.id + 1
