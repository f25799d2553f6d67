"""Fill an empty sandbox with made-up matters, so that every screen has something to show.

Each case goes through the same steps as a real one, on a clock of its own that stands in the past.
Nothing is sent: the parts are marked as delivered.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from channels.message import ChannelName, DeliveryStatus, ErrorClass, MediaKind
from gateway.answering import answers, drafts
from gateway.cases.casefile import CaseRef
from gateway.casework import casework, conflicts, disposal, pdwork
from gateway.demo import demo_records
from gateway.demo.demo_media import picture, silence
from gateway.demo.demo_people import Cast, make_cast
from gateway.dialogue.filing import file_complaint
from gateway.dialogue.ticket_steps import append
from gateway.dialogue.turns import gather, source_messages
from gateway.media.media_copies import make_copies
from gateway.media.media_types import sniff
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from normalizer.assemble import assemble
from normalizer.draft import Context, Kind
from store import alarms, complaints
from store.models.complaint import Complaint
from store.models.messaging import Attachment, Conversation, Direction, MediaState, Message
from store.models.outbox import OutboxPart

PASSWORD = "sahut-demo"  # of invented people, in a sandbox only
_CASES = Path(__file__).parents[2] / "config" / "demo" / "cases.toml"


class _Silent:
    """Wakes nobody: the demo sends nothing."""

    def wake(self, kind: str) -> None:
        """Do nothing."""

    def answers(self) -> bool:
        """Say that all is well."""
        return True


def seed(runtime: Runtime, password: str = PASSWORD) -> int:
    """Create the invented staff and their cases; return how many cases.

    Does nothing where a complaint exists already. Accounts that exist are left as they are.
    """
    with runtime.transaction() as session:
        if session.scalar(select(Complaint.id).limit(1)) is not None:
            return 0
    quiet = replace(runtime, nudger=_Silent())
    cast = make_cast(quiet, password)
    cases = tomllib.loads(_CASES.read_text(encoding="utf-8"))["case"]
    for case in cases:
        _play(quiet, cast, case)
    with runtime.transaction() as session:
        alarms.settle_past(session, runtime.now())  # nobody real waits for an apology
        _mark_delivered(session)
    return len(cases) + demo_records.write_down(quiet, cast.admin)


def _play(runtime: Runtime, cast: Cast, case: Mapping[str, Any]) -> None:
    begin = runtime.now() - timedelta(hours=case["hours"])
    ticket = _file(_at(runtime, begin), case)
    pd = next(iter(cast.officers))
    for step in case.get("steps", ()):
        pd = step.get("pd", pd) if step.get("pd", pd) in cast.officers else pd
        then = _at(runtime, begin + timedelta(hours=step["after"]))
        _step(then, cast.admin, cast.officers[pd], ticket, step)


def _at(runtime: Runtime, instant: datetime) -> Runtime:
    return replace(runtime, now=lambda: instant)


def _file(runtime: Runtime, case: Mapping[str, Any]) -> str:
    """Let the messages arrive and the normalizer read them; return the ticket."""
    now = runtime.now()
    with runtime.transaction() as session:
        conversation = _conversation(runtime, session, case)
        messages = [
            _message(session, conversation, text, now + timedelta(minutes=place))
            for place, text in enumerate(case["texts"])
        ]
        session.flush()
        _attach(runtime, session, messages[0], case)
        session.flush()
        if case.get("open"):
            conversation.needs_person_at = conversation.draft_opened_at = now
            conversation.draft_summary = case["texts"][0]
            messages[0].in_draft, messages[0].processed_at = True, now
            return ""
        (turn,) = gather(session, [conversation])
        context = Context(tenant=runtime.tenant, channel=conversation.channel, now=now)
        assembly = assemble(turn.state, source_messages(turn), context)
        if assembly.draft.kind.value in {Kind.GREETING, Kind.SPAM}:
            kind = replace(assembly.draft.kind, value=Kind.COMPLAINT)
            assembly = replace(assembly, draft=replace(assembly.draft, kind=kind))
        return file_complaint(runtime, session, conversation, assembly, turn.messages).ticket


def _conversation(runtime: Runtime, session: Session, case: Mapping[str, Any]) -> Conversation:
    channel = ChannelName(case["channel"])
    adapter = runtime.channels.get(channel)
    now, sender = runtime.now(), case["sender"]
    account = adapter.account if adapter else "demo"
    key = runtime.keys.lookup("sender", f"{channel.value}\0{account}\0{sender}")
    conversation = Conversation(
        channel=channel,
        account=account,
        sender_key=key,
        sender=sender,
        sender_name=case.get("name"),
        created_at=now,
        last_inbound_at=now,
        last_activity_at=now,
    )
    session.add(conversation)
    session.flush()
    return conversation


def _message(session: Session, conversation: Conversation, text: str, at: datetime) -> Message:
    message = Message(
        conversation_id=conversation.id,
        direction=Direction.IN,
        text=text,
        sent_at=at,
        received_at=at,
        ordered_at=at,
    )
    session.add(message)
    return message


def _attach(runtime: Runtime, session: Session, message: Message, case: Mapping[str, Any]) -> None:
    files = [(MediaKind.IMAGE, picture(place)) for place, _ in enumerate(case.get("photos", ()))]
    if case.get("voice"):
        files.append((MediaKind.AUDIO, silence()))
    for ordinal, (kind, content) in enumerate(files):
        found = sniff(content)
        if found is None:
            continue
        copies = make_copies(content, found)
        session.add(
            Attachment(
                message_id=message.id,
                ordinal=ordinal,
                kind=kind,
                state=MediaState.STORED,
                mime=found.mime,
                size_bytes=len(content),
                original_key=runtime.media.put(content, found.extension),
                shared_key=runtime.media.put(*copies.shared) if copies.shared else None,
                thumbnail_key=runtime.media.put(copies.thumbnail, "jpg")
                if copies.thumbnail
                else None,
            )
        )


def _step(
    runtime: Runtime, admin: Staff, officer: Staff, ticket: str, step: Mapping[str, Any]
) -> None:
    ref, words, do = CaseRef(ticket), str(step.get("words", "")), step["do"]
    day = runtime.now().date() + timedelta(days=step.get("days", 7))
    if do == "dispose":
        _dispose(runtime, admin, officer, ticket, str(step.get("note", "")))
    elif do == "accept":
        pdwork.accept(runtime, officer, ref, pdwork.Plan(words, day))
    elif do == "submit":
        form = drafts.DraftForm(done=words, proposal="in_progress")
        drafts.save_draft(runtime, officer, ref, form, submit=True)
    elif do == "send":
        _send(runtime, admin, ticket, final=step["final"])
    else:
        _rarer_step(runtime, (admin, officer), ref, step, day)


def _rarer_step(
    runtime: Runtime, pair: tuple[Staff, Staff], ref: CaseRef, step: Mapping[str, Any], day: Any
) -> None:
    admin, officer = pair
    words = str(step.get("words", ""))
    referral = casework.Referral("Perusahaan Daerah Air Minum", "loket pelayanan", words)
    steps: Mapping[str, Callable[[], object]] = {
        "return": lambda: answers.return_draft(runtime, admin, ref, words),
        "ask": lambda: pdwork.ask(runtime, officer, ref, words),
        "schedule": lambda: pdwork.schedule(runtime, officer, ref, day, words),
        "give_back": lambda: pdwork.send_back(runtime, officer, ref, pdwork.Return(words)),
        "refer": lambda: casework.refer(runtime, admin, ref, referral),
        "divert": lambda: conflicts.divert(runtime, admin, ref, officer.pd_code or "", words),
        "archive": lambda: casework.archive(runtime, admin, ref, words),
        "hear": lambda: _hear(runtime, ref.ticket, words),
    }
    steps[step["do"]]()


def _dispose(runtime: Runtime, admin: Staff, officer: Staff, ticket: str, note: str) -> None:
    with runtime.transaction() as session:
        complaint = complaints.by_ticket(session, ticket)
        assert complaint is not None  # noqa: S101 (filed a moment ago)
        title, text = complaint.title, complaint.public_text or complaint.title
        category = complaint.category_code or runtime.tenant.categories[0].code
    form = disposal.Disposal(
        officer.pd_code or "", category, note=note, title=title, public_text=text
    )
    disposal.dispose(runtime, admin, CaseRef(ticket), form)


def _send(runtime: Runtime, admin: Staff, ticket: str, *, final: bool) -> None:
    with runtime.transaction() as session:
        complaint = complaints.by_ticket(session, ticket)
        draft = complaints.latest_draft(session, complaint.id) if complaint else None
        body = draft.body if draft else ""
    text = f"Terima kasih atas laporan Bapak/Ibu. {body}"
    form = answers.Correction(text, final, no_photo="Contoh: keadaan dilihat petugas di tempat.")
    answers.send_answer(runtime, admin, CaseRef(ticket), form)


def _hear(runtime: Runtime, ticket: str, text: str) -> None:
    now = runtime.now()
    with runtime.transaction() as session:
        complaint = complaints.by_ticket(session, ticket)
        assert complaint is not None and complaint.conversation_id is not None  # noqa: S101, PT018 (filed above)
        conversation = session.get_one(Conversation, complaint.conversation_id)
        message = _message(session, conversation, text, now)
        conversation.last_inbound_at = conversation.last_activity_at = now
        session.flush()
        (turn,) = gather(session, [conversation])
        context = Context(tenant=runtime.tenant, channel=conversation.channel, now=now)
        draft = assemble(turn.state, source_messages(turn), context).draft
        append(runtime, session, complaint, [message], draft)


def _mark_delivered(session: Session) -> None:
    """Let every part look as if it had gone its way; one of them failed."""
    session.execute(
        update(OutboxPart).values(
            status=DeliveryStatus.DELIVERED, attempts=1, status_at=OutboxPart.next_attempt_at
        )
    )
    last = session.scalars(
        select(OutboxPart)
        .where(OutboxPart.channel == ChannelName.SMS)
        .order_by(OutboxPart.id.desc())
    ).first()
    if last is not None:
        last.status, last.error_class = DeliveryStatus.FAILED, ErrorClass.PERMANENT
        last.error_code = "30006"
