"""Looking for one person's cases by NIK or phone: by POST, exact, logged, with an opaque address.

What is kept is a keyed hash, for half an hour and for whoever searched; a NIK needs a reason.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from gateway.cases.recording_form import caller_addresses
from gateway.errors import InvalidInputError, NotFoundError
from gateway.listing.list_rows import CaseRow, case_rows
from gateway.listing.search_words import Typed, What
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import messages, queues, search
from store.models.search import IdentitySearch
from store.models.staff import AuditEntry
from store.visibility import seen_by

LASTS = timedelta(minutes=30)
SEARCHED = {What.NIK: "search_nik", What.PHONE: "search_phone"}
_WORDS = {"nik": "NIK", "phone": "Nomor HP"}
_LONGEST_REASON = 300


@dataclass(frozen=True)
class PersonResult:
    """What a search for a person shows. `rows` is None while its reason is still asked for."""

    key: str
    words: str
    rows: Sequence[CaseRow] | None


def open_search(runtime: Runtime, staff: Staff, typed: Typed) -> str:
    """Keep a search by NIK or phone and return the key of its address.

    A search by phone is logged now; one by NIK when its reason has been given.

    Raises:
        ForbiddenError: this role does not look for persons.
    """
    staff.require(Permission.SEARCH_PERSONS)
    now = runtime.now()
    key = secrets.token_urlsafe(32)
    with runtime.transaction() as session:
        search.drop_expired(session, now)
        kind = "nik" if typed.what is What.NIK else "phone"
        session.add(
            IdentitySearch(
                key=key,
                staff_id=staff.id,
                kind=kind,
                hashes=_hashes(runtime, session, typed),
                opened_at=None if kind == "nik" else now,
                expires_at=now + LASTS,
            )
        )
        if kind == "phone":
            _log(session, staff, What.PHONE, runtime, None)
    return key


def give_reason(runtime: Runtime, staff: Staff, key: str, reason: str) -> None:
    """Open a search by NIK: its reason is kept in the audit.

    Raises:
        NotFoundError: no such search, another person's, or its time is over.
        InvalidInputError: no reason was written.
    """
    staff.require(Permission.SEARCH_PERSONS)
    words = " ".join(reason.split())[:_LONGEST_REASON]
    with runtime.transaction() as session:
        kept = _kept(runtime, session, staff, key)
        if not words:
            raise InvalidInputError({"reason": "Tulis alasan mencari dengan NIK."})
        if kept.opened_at is None:
            kept.opened_at = runtime.now()
            _log(session, staff, What.NIK, runtime, words)


def results(runtime: Runtime, staff: Staff, key: str) -> PersonResult:
    """Return the newest cases of the person who was searched.

    Raises:
        NotFoundError: no such search, another person's, or its time is over.
    """
    staff.require(Permission.SEARCH_PERSONS)
    with runtime.transaction() as session:
        kept = _kept(runtime, session, staff, key)
        if kept.opened_at is None:
            return PersonResult(key, _WORDS[kept.kind], None)
        by = search.by_nik if kept.kind == "nik" else search.by_sender
        where = seen_by(staff.role, staff.pd_code) & by(kept.hashes)
        page = queues.page(session, where, None, oldest_first=False)
        rows = case_rows(runtime, session, staff, page.cases)
    return PersonResult(key, _WORDS[kept.kind], rows)


def _kept(runtime: Runtime, session: Session, staff: Staff, key: str) -> IdentitySearch:
    kept = search.identity_search(session, key, staff.id, runtime.now())
    if kept is None:
        raise NotFoundError("search")
    return kept


def _hashes(runtime: Runtime, session: Session, typed: Typed) -> list[str]:
    if typed.what is What.NIK:
        return [runtime.keys.lookup("nik", typed.value)]
    addresses = dict(caller_addresses(typed.value))
    return sorted(
        messages.identity_key(channel, account, addresses.get(channel, typed.value))
        for channel, account in search.accounts(session)
    )


def _log(session: Session, staff: Staff, what: What, runtime: Runtime, reason: str | None) -> None:
    session.add(
        AuditEntry(at=runtime.now(), actor_id=staff.id, action=SEARCHED[what], reason=reason)
    )
