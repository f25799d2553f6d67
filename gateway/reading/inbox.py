"""Kotak Masuk: the queues with their counts, and the rows of one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from channels.explanations import explain
from channels.message import ChannelName
from gateway.cases.identity import mask_numbers, masked_sender
from gateway.errors import NotFoundError
from gateway.rules import clocks
from gateway.rules.clocks import Chip
from gateway.rules.cursors import read_cursor, write_cursor
from gateway.rules.statuses import StatusWords
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.showing.excerpts import untold
from gateway.showing.showing import (
    channel_words,
    facts_of,
    full_time,
    list_time,
    pd_short,
    status_words,
)
from store import queues, reading
from store.models.complaint import Clock, Complaint
from store.models.messaging import Conversation, Message
from store.models.outbox import OutboxPart

ACTION = (
    ("mendesak", "Mendesak"),
    ("percakapan", "Percakapan baru"),
    ("verifikasi", "Verifikasi"),
    ("dikembalikan", "Dikembalikan PD"),
    ("koreksi", "Koreksi jawaban"),
    ("balasan", "Balasan warga"),
    ("periksa", "Perlu diperiksa"),
    ("sampaikan", "Perlu disampaikan"),
    ("gagal", "Gagal kirim"),
    ("dibuka", "Dibuka kembali"),
)
WATCHED = (("lewat", "Lewat batas"), ("tempo", "Jatuh tempo"), ("penanganan", "Penanganan"))
ARCHIVE = (
    ("selesai", "Selesai"),
    ("bukan-kewenangan", "Bukan kewenangan"),
    ("bukan-aduan", "Bukan aduan"),
    ("dicabut", "Dicabut warga"),
    ("diblokir", "Diblokir"),
)
NAMES = dict((*ACTION, *WATCHED, *ARCHIVE))
_COUNTED = [code for code, _ in (*ACTION, *WATCHED) if code not in {"percakapan", "gagal"}]
_EXCERPT = 120
_NO_WORDS = "Belum ada keterangan."
_RECORDING = "Rekaman telepon: dengarkan, lalu tentukan jenis dan isinya."


@dataclass(frozen=True, slots=True)
class Queue:
    """One line of the queue pane. `count` is None where nobody needs it (archive)."""

    code: str
    name: str
    count: int | None
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a list. `key` is a ticket, ``p<conversation>`` or a part's case."""

    key: str
    title: str
    text: str
    channel: str
    channel_words: str
    time: str
    place: str = ""
    files: int = 0
    tags: Sequence[str] = ()
    chip: Chip | None = None
    urgent: bool = False
    unread: bool = False
    alert: str = ""
    status: StatusWords | None = None
    pd: str = ""


@dataclass(frozen=True)
class Listing:
    """One page of a queue with the cursors of its neighbours."""

    code: str
    name: str
    count: int
    rows: Sequence[Row]
    earlier: str | None = None
    later: str | None = None


@dataclass(frozen=True)
class Overview:
    """The whole left half of the inbox at one instant (`read_at`, aware UTC).

    `untouched` says that nobody has ever written to this government here.
    """

    action: Sequence[Queue]
    watched: Sequence[Queue]
    archive: Sequence[Queue]
    listing: Listing
    read_at: datetime
    action_total: int
    untouched: bool


def overview(runtime: Runtime, code: str, cursor: str | None = None) -> Overview:
    """Return queues, counts and one page of the queue `code`.

    Raises:
        NotFoundError: there is no such queue.
    """
    if code not in NAMES:
        raise NotFoundError("queue")
    now = runtime.now()
    with runtime.transaction() as session:
        conditions = queues.inbox_conditions(now)
        counted = queues.inbox_counts(session, conditions, _COUNTED)
        if code not in counted and code in conditions:
            counted[code] = queues.count_of(session, conditions[code])
        listing = _listing(runtime, session, code, counted.get(code, 0), cursor)
        untouched = not any(counted.values()) and not reading.anything_came(session)
    action = [Queue(key, name, counted[key], _tone(key, counted[key])) for key, name in ACTION]
    return Overview(
        action=action,
        watched=[Queue(key, name, counted[key], _tone(key, counted[key])) for key, name in WATCHED],
        archive=[Queue(key, name, None) for key, name in ARCHIVE],
        listing=listing,
        read_at=now,
        action_total=sum(queue.count or 0 for queue in action),
        untouched=untouched,
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """What a polling page is told: how many rows changed, how many are urgent, when it was."""

    changed: int
    urgent: int
    read_at: datetime


def changes(runtime: Runtime, code: str, since: datetime) -> Changes:
    """Return how much of a queue changed since then, without any content.

    Raises:
        NotFoundError: there is no such queue.
    """
    if code not in NAMES:
        raise NotFoundError("queue")
    now = runtime.now()
    with runtime.transaction() as session:
        conditions = queues.inbox_conditions(now)
        urgent = queues.changed_since(session, conditions["mendesak"], since)
        where = conditions.get(code)
        if where is None:
            changed = queues.changed_conversations(session, since)
        else:
            changed = queues.changed_since(session, where, since)
    return Changes(changed, urgent, now)


def complaint_row(
    runtime: Runtime,
    complaint: Complaint,
    clock: Clock | None,
    files: int,
    pds: Mapping[str, str],
) -> Row:
    """Return the row of a case: the redacted text only, as lists are read over shoulders."""
    urgent = complaint.emergency or complaint.priority.value == "urgent"
    return Row(
        key=complaint.ticket,
        title=complaint.title,
        text=_excerpt(complaint),
        channel=complaint.channel.value,
        channel_words=channel_words(complaint),
        time=list_time(runtime, complaint.last_activity_at),
        place=complaint.desa or complaint.kecamatan or "",
        files=files,
        tags=facts_of(complaint),
        chip=clocks.chip(clock, runtime.now()) if clock else None,
        urgent=urgent,
        unread=complaint.citizen_wrote_at is not None,
        alert="Balasan nomor darurat sudah dikirim" if complaint.emergency else "",
        status=status_words(complaint),
        pd=pd_short(pds, complaint.pd_code),
    )


def _excerpt(complaint: Complaint) -> str:
    if complaint.public_text:
        return untold(complaint.title, complaint.public_text, _EXCERPT)
    return _RECORDING if complaint.channel is ChannelName.VOICE else _NO_WORDS


def _tone(code: str, count: int) -> str:
    if not count:
        return "none"
    return {"mendesak": "urgent", "lewat": "late", "gagal": "late"}.get(code, "")


def _listing(
    runtime: Runtime, session: Session, code: str, count: int, cursor: str | None
) -> Listing:
    if code == "percakapan":
        waiting = queues.waiting_conversations(session)
        rows = [_conversation_row(runtime, item) for item in waiting]
        return Listing(code, NAMES[code], count, rows)
    if code == "diblokir":
        silenced = queues.blocked_conversations(session)
        rows = [_blocked_row(runtime, item) for item in silenced]
        return Listing(code, NAMES[code], len(rows), rows)
    if code == "gagal":
        troubled = queues.troubled_parts(session)
        return Listing(code, NAMES[code], count, [_trouble_row(runtime, *row) for row in troubled])
    where = queues.inbox_conditions(runtime.now())[code]
    page = queues.page(
        session, where, read_cursor(cursor), oldest_first=code in queues.OLDEST_FIRST
    )
    ids = [case.id for case in page.cases]
    running = queues.most_pressing_clocks(session, ids)
    files = queues.attachment_counts(session, ids)
    pds = reading.pd_names(session)
    rows = [
        complaint_row(runtime, case, running.get(case.id), files.get(case.id, 0), pds)
        for case in page.cases
    ]
    return Listing(
        code,
        NAMES[code],
        count,
        rows,
        write_cursor(page.earlier),
        write_cursor(page.later),
    )


def _conversation_row(runtime: Runtime, conversation: Conversation) -> Row:
    waits = conversation.needs_person_at is not None
    sender = masked_sender(conversation)
    summary = conversation.draft_summary or _NO_WORDS
    return Row(
        key=f"p{conversation.id}",
        title=sender.name if sender.name != "-" else sender.address,
        text=mask_numbers(summary)[:_EXCERPT],
        channel=conversation.channel.value,
        channel_words=CHANNEL_WORDS[conversation.channel],
        time=list_time(runtime, conversation.last_activity_at),
        tags=["Minta petugas"] if waits else ["Draf belum selesai"],
        unread=waits,
    )


def _blocked_row(runtime: Runtime, conversation: Conversation) -> Row:
    until = conversation.blocked_until or runtime.now()
    tags = [f"Diblokir sampai {full_time(runtime, until)}"]
    return replace(_conversation_row(runtime, conversation), tags=tags, text="", unread=False)


def _trouble_row(runtime: Runtime, part: OutboxPart, message: Message, ticket: str | None) -> Row:
    return Row(
        key=ticket or f"p{part.conversation_id}",
        title=ticket or "Percakapan tanpa aduan",
        text=(message.text or "").replace("{PIN}", "••••••")[:_EXCERPT],
        channel=part.channel.value,
        channel_words=CHANNEL_WORDS[part.channel],
        time=list_time(runtime, part.status_at),
        alert=explain(part.channel, part.error_code, part.error_class),
    )
