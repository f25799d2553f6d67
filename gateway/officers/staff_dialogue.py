"""The conversation with officers who have linked a chat: orders in, casework done, one line out.

What is written goes through the same use cases as the page, in one transaction with the answer:
a worker that dies in the middle has done nothing. What cannot be read is set aside and said so: the
next message of that chat works. Whatever an officer may not see is answered in the words for what
does not exist.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.answering import drafts
from gateway.answering.drafting import StaleTextError, awaits_draft
from gateway.answering.drafts import DraftForm
from gateway.cases.casefile import CaseRef, open_case
from gateway.cases.notices import Saying, say
from gateway.casework import pdwork
from gateway.casework.pdwork import Plan
from gateway.dialogue.staff_linking import end_link
from gateway.errors import (
    ConflictError,
    ForbiddenError,
    GatewayError,
    InvalidInputError,
    MoveNotAllowedError,
    NotFoundError,
)
from gateway.officers import staff_words
from gateway.officers.staff_orders import Order, Wish, read_order, shows_before
from gateway.officers.staff_papers import Papers, papers_of, waits_for_file
from gateway.rules.dates import local, long_day
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from gateway.showing.photo_views import MOST_PHOTOS
from store import answer_photos, complaints, conversations, staff_alerts, staff_contacts
from store.complaints import append_event
from store.crypto import CryptoError
from store.db import Transaction
from store.models.complaint import Complaint, ComplaintStatus
from store.models.messaging import Attachment, ControlRecord, Message
from store.staff_contacts import Reached

logger = logging.getLogger(__name__)

_BATCH: Final = 20
_FILE_PAUSE: Final = timedelta(seconds=5)
_PLAN: Final = "Petugas menindaklanjuti aduan ini"  # where an officer accepts without a word
_ROTTEN: Final = (SQLAlchemyError, GatewayError, CryptoError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class _Desk:
    """One officer at a linked chat, inside one transaction.

    `inner` is the runtime whose use cases join this transaction.
    """

    runtime: Runtime
    inner: Runtime
    session: Session
    reached: Reached
    staff: Staff

    def answer(
        self, key: str, ticket: str | None = None, values: Mapping[str, str] | None = None
    ) -> int:
        """Queue one line; with a ticket, quoting it means that case."""
        conversation = self.reached.conversation
        link = staff_words.link(self.runtime, ticket) if ticket else ""
        known = {"T": ticket or "", "TAUTAN": link, **(values or {})}
        return say(self.runtime, self.session, conversation, Saying(key, known, ticket=ticket))


def drain(runtime: Runtime) -> int:
    """Carry out what officers wrote; return how many conversations were read."""
    read = 0
    while True:
        with runtime.transaction() as session:
            due = staff_contacts.lock_due(session, runtime.now(), _BATCH)
            for reached in due:
                _read_safely(runtime, session, reached)
        read += len(due)
        if due:
            runtime.wake("outbox")
        if len(due) < _BATCH:
            return read


def _read_safely(runtime: Runtime, session: Session, reached: Reached) -> None:
    try:
        with session.begin_nested():
            _read(runtime, session, reached)
    except _ROTTEN as error:
        # Never the message itself: it may quote what was written.
        facts = {"contact_id": reached.contact.id, "error": type(error).__name__}
        logger.error("staff_dialogue_failed", extra=facts)
        reached.contact.due_at = None
        conversations.set_aside(session, reached.conversation.id, runtime.now())


def _read(runtime: Runtime, session: Session, reached: Reached) -> None:
    """Carry out everything from one chat that waits, in its order."""
    user, conversation_id = reached.user, reached.conversation.id
    staff = Staff(user.id, user.username, user.name, user.role, user.pd_code, reached.pd_name)
    inner = replace(runtime, transaction=_joining(session))
    desk = _Desk(runtime, inner, session, reached, staff)
    reached.contact.due_at = None
    messages = conversations.open_messages(session, [conversation_id])[conversation_id]
    files = conversations.attachments_of(session, [one.id for one in messages])
    quotes = [one.reply_to for one in messages if one.reply_to]
    quoted = staff_alerts.quoted(session, conversation_id, quotes)
    for control in conversations.open_controls(session, [conversation_id])[conversation_id]:
        control.processed_at = runtime.now()
        _alone(desk, control.id, partial(_carry_out, desk, _pressed(control), (), Papers()))
    for message in messages:
        if waits_for_file(message, files[message.id], runtime.now()):
            reached.contact.due_at = runtime.now() + _FILE_PAUSE
            return  # what was written after it comes after it
        message.processed_at = runtime.now()
        if not message.withdrawn_at:
            _alone(desk, message.id, partial(_take, desk, message, files[message.id], quoted))


def _alone(desk: _Desk, row_id: int, step: Callable[[], None]) -> None:
    """Carry out one thing; where that fails it leaves nothing but its answer, and is set aside."""
    try:
        with desk.session.begin_nested():
            step()
    except _ROTTEN as error:
        facts = {"contact_id": desk.reached.contact.id, "row_id": row_id}
        logger.error("staff_message_set_aside", extra={**facts, "error": type(error).__name__})
        desk.answer("petugas_gagal")


def _joining(session: Session) -> Transaction:
    """Return transactions that are part of this one: use cases commit or fail with it."""

    @contextmanager
    def part() -> Iterator[Session]:
        with session.begin_nested():
            yield session

    return part


def _pressed(control: ControlRecord) -> Order:
    return read_order(control.value or "", quoted=False)


def _take(
    desk: _Desk,
    message: Message,
    files: Sequence[Attachment],
    quoted: Mapping[str, Sequence[str]],
) -> None:
    """Carry out one message."""
    choice = (message.extras or {}).get("choice")
    text = choice["payload"] if choice else message.text or ""
    answered = quoted.get(message.reply_to or "", ())
    order = read_order(text, quoted=bool(answered) and not choice)
    papers = papers_of(files, "before" if shows_before(text) else "after")
    if order.wish is Wish.HELP and files:
        order = Order(Wish.DRAFT)  # a picture alone: of which case?
    _carry_out(desk, order, answered, papers)


def _carry_out(desk: _Desk, order: Order, answered: Sequence[str], papers: Papers) -> None:
    if order.wish is Wish.UNLINK:
        channel, now = desk.reached.contact.channel, desk.runtime.now()
        end_link(desk.session, desk.staff.id, channel, now)
        desk.answer("sambung_lepas")
        return
    if order.wish in {Wish.HELP, Wish.READ}:
        if order.wish is Wish.HELP:
            desk.answer("petugas_bantu")
        return
    ticket = order.ticket or (answered[0] if len(answered) == 1 else None)
    if ticket is None:
        desk.answer("petugas_nomor")
        return
    _work(desk, order, ticket, papers)


def _work(desk: _Desk, order: Order, ticket: str, papers: Papers) -> None:
    """Do casework; what is refused leaves nothing behind but its answer."""
    try:
        with desk.session.begin_nested():
            complaint = _own_case(desk, ticket)
            if order.wish is Wish.ACCEPT:
                _accept(desk, complaint, order.words)
            else:
                _draft(desk, complaint, order.words, papers)
    except (NotFoundError, ForbiddenError):
        desk.answer("petugas_asing")
    except StaleTextError:
        desk.answer("petugas_draf_lain", ticket)
    except InvalidInputError as error:
        reason = next(iter(error.problems.values()))
        desk.answer("petugas_keliru", ticket, {"ALASAN": reason})
    except (MoveNotAllowedError, ConflictError):
        desk.answer("petugas_tidak_berlaku", ticket)


def _own_case(desk: _Desk, ticket: str) -> Complaint:
    """Lock a case of the officer's own PD.

    Raises:
        NotFoundError, ForbiddenError: it is not, or the account counts no more.
    """
    if not desk.reached.user.active:
        raise ForbiddenError("inactive")
    desk.staff.require(Permission.WORK_AT_PD)
    return open_case(desk.session, CaseRef(ticket), desk.staff)


def _accept(desk: _Desk, complaint: Complaint, words: str) -> None:
    plan = Plan(words or _PLAN, _expected_on(desk, complaint))
    pdwork.accept(desk.inner, desk.staff, CaseRef(complaint.ticket), plan)
    expected = long_day(plan.expected_on) if plan.expected_on else "-"
    values = {"RENCANA": plan.words.rstrip("."), "TGL": expected}
    message_id = desk.answer("petugas_diterima", complaint.ticket, values)
    _remember(desk, complaint, message_id)


def _expected_on(desk: _Desk, complaint: Complaint) -> date:
    """Return the day on which the rules want the case solved: what an officer does not say."""
    clock = complaints.running_clock(desk.session, complaint.id, "K5")
    due_at = max(clock.due_at, desk.runtime.now()) if clock else desk.runtime.now()
    return local(due_at, desk.runtime.profile.timezone).date()


def _draft(desk: _Desk, complaint: Complaint, words: str, papers: Papers) -> None:
    """File a draft; where the case was not accepted yet, writing it accepts it."""
    ticket = complaint.ticket
    if not (words or papers.photos):
        key = "petugas_berkas" if papers.refused else "petugas_tulis"
        _remember(desk, complaint, desk.answer(key, ticket))
        return
    if complaint.status is ComplaintStatus.DISPOSED:
        plan = Plan(_PLAN, _expected_on(desk, complaint))
        pdwork.accept(desk.inner, desk.staff, CaseRef(ticket), plan)
    if papers.photos:
        _keep_photos(desk, complaint, papers)
    if words:
        form = DraftForm(done=words, version=_empty_draft(desk, complaint))
        drafts.save_draft(desk.inner, desk.staff, CaseRef(ticket), form, submit=True)
    _remember(desk, complaint, desk.answer("petugas_draf" if words else "petugas_foto", ticket))
    if papers.refused:
        desk.answer("petugas_berkas", ticket)


def _empty_draft(desk: _Desk, complaint: Complaint) -> int:
    """Return the version of a saved draft without a word in it; 0: there is none to fill."""
    last = complaints.latest_draft(desk.session, complaint.id)
    free = last is not None and last.submitted_at is None and not last.body.strip()
    return last.version if last is not None and free else 0


def _keep_photos(desk: _Desk, complaint: Complaint, papers: Papers) -> None:
    """Add pictures to the photos of the work.

    Raises:
        MoveNotAllowedError: no draft is expected now.
        InvalidInputError: the case has as many as it may have.
    """
    if not awaits_draft(complaint):
        raise MoveNotAllowedError("no draft is expected")
    now, session = desk.runtime.now(), desk.session
    room = MOST_PHOTOS - len(answer_photos.of_case(session, complaint.id))
    if len(papers.photos) > room:
        raise InvalidInputError({"photos": f"Paling banyak {MOST_PHOTOS} foto."})
    by = (desk.staff.id, now)
    answer_photos.add(session, complaint.id, papers.moment, papers.photos, by)
    facts = {"moment": papers.moment, "count": len(papers.photos)}
    append_event(session, complaint, "photo_added", at=now, actor_id=desk.staff.id, data=facts)
    complaint.last_activity_at = now


def _remember(desk: _Desk, complaint: Complaint, message_id: int) -> None:
    """Keep what quoting this answer means."""
    now = desk.runtime.now()
    row = {
        "user_id": desk.staff.id,
        "kind": "answer",
        "once_key": f"answer:{message_id}",
        "complaint_id": complaint.id,
        "facts": {},
        "created_at": now,
        "settled_at": now,
        "message_id": message_id,
    }
    staff_alerts.add(desk.session, [row])
