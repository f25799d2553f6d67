"""A conversation as officers read it: bubbles, attachments, and what became of each part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from channels.explanations import explain
from channels.message import ChannelName, DeliveryStatus
from gateway.cases.identity import mask_numbers
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.showing.live_pins import LiveView, live_view
from gateway.showing.showing import (
    AttachmentView,
    PinView,
    attachment_view,
    clock_words,
    day_line,
    full_time,
    pin_view,
)
from store import casework_rows, reading, stand_ins
from store import staff as staff_rows
from store.models.messaging import Attachment, Author, Direction, Message
from store.models.outbox import OutboxPart

_HIDDEN_PIN = "••••••"
_PART_WORDS = {
    DeliveryStatus.QUEUED: ("menunggu dikirim", "clock", ""),
    DeliveryStatus.PARKED: ("ditahan sampai warga menulis lagi", "pause", ""),
    DeliveryStatus.SENDING: ("sedang dikirim", "send", ""),
    DeliveryStatus.UNCERTAIN: ("tidak pasti terkirim", "alert", "failed"),
    DeliveryStatus.SENT: ("terkirim", "check", ""),
    DeliveryStatus.DELIVERED: ("sampai", "check-double", ""),
    DeliveryStatus.READ: ("dibaca", "check-double", "read"),
    DeliveryStatus.FAILED: ("gagal", "alert", "failed"),
    DeliveryStatus.SUPPRESSED: ("tidak dikirim", "alert", "failed"),
    DeliveryStatus.REDIRECTED: ("dialihkan ke kanal lain", "send", ""),
}
_OUTSIDE = {"inbox": "Kotak masuk Halaman", "app": "Aplikasi lain", "phone": "Ponsel dinas"}
_WITHDRAWN = "Warga menarik pesan ini; isinya tidak ditampilkan lagi."
_EMPTY = "Pesan tanpa isi yang dapat ditampilkan."
_TROUBLE = {DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN, DeliveryStatus.SUPPRESSED}


@dataclass(frozen=True, slots=True)
class PartView:
    """One outgoing call: which part, by which channel, which attempt, where it stands and why."""

    id: int
    label: str
    channel: str
    words: str
    icon: str
    tone: str
    at: str
    attempts: int
    reason: str
    needs_action: bool


@dataclass(frozen=True)
class MessageView:
    """One bubble. `side` is in, out, auto or page; `cursor` leads to what is older."""

    id: int
    side: str
    who: str
    time: str
    day: str
    channel: str
    text: str
    ticket: str
    attachments: Sequence[AttachmentView]
    pin: PinView | None
    live: LiveView | None
    contact: str
    parts: Sequence[PartView]
    remark: str
    movable: bool
    empty_words: str = _EMPTY


@dataclass(frozen=True)
class _Around:
    """What belongs to a list of messages, fetched once for all of them."""

    parts: Mapping[int, Sequence[PartView]]
    attachments: Mapping[int, Sequence[Attachment]]
    names: Mapping[int, str]
    tickets: Mapping[int, str]


def message_views(
    runtime: Runtime, session: Session, messages: Sequence[Message], *, unmasked: bool
) -> list[MessageView]:
    """Return the bubbles of these messages with a fixed number of queries.

    Long numbers in them are hidden unless this officer has opened the identity.
    """
    ids = [message.id for message in messages]
    attachments: dict[int, list[Attachment]] = {}
    for attachment in casework_rows.attachments_of(session, ids):
        attachments.setdefault(attachment.message_id, []).append(attachment)
    around = _Around(
        parts=part_views(runtime, session, ids),
        attachments=attachments,
        names=staff_rows.user_names(session, [m.staff_id for m in messages if m.staff_id]),
        tickets=reading.tickets(session, [m.complaint_id for m in messages if m.complaint_id]),
    )
    views = [
        _withdrawn(view) if message.withdrawn_at else view
        for message in messages
        for view in [_view(runtime, message, around)]
    ]
    if unmasked:
        return views
    return [_masked(view) for view in views]


def _masked(view: MessageView) -> MessageView:
    files = [replace(file, transcript=mask_numbers(file.transcript)) for file in view.attachments]
    return replace(view, text=mask_numbers(view.text), attachments=files)


def _view(runtime: Runtime, message: Message, around: _Around) -> MessageView:
    inbound = message.direction is Direction.IN
    contact = (message.extras or {}).get("contact") or {}
    views = [
        attachment_view(item, shared_only=False) for item in around.attachments.get(message.id, ())
    ]
    return MessageView(
        id=message.id,
        side=_side(message),
        who=_who(message, around.names),
        time=clock_words(runtime, message.ordered_at),
        day=day_line(runtime, message.ordered_at),
        channel="",
        text=(message.text or "").replace("{PIN}", _HIDDEN_PIN),
        ticket=around.tickets.get(message.complaint_id or 0, ""),
        attachments=views,
        pin=pin_view(message.extras),
        live=live_view(runtime, message.extras),
        contact=str(contact.get("name") or "") if contact else "",
        parts=around.parts.get(message.id, ()),
        remark=_remark(runtime, message),
        movable=inbound,
    )


def _withdrawn(view: MessageView) -> MessageView:
    """Honour an unsent message: who took it back and when is all that is left to see."""
    return replace(
        view, text="", attachments=[], pin=None, live=None, contact="", empty_words=_WITHDRAWN
    )


def _side(message: Message) -> str:
    if message.direction is Direction.IN:
        return "in"
    return {Author.AUTO: "auto", Author.PAGE_INBOX: "page"}.get(
        message.author or Author.AUTO, "out"
    )


def _who(message: Message, names: Mapping[int, str]) -> str:
    if message.direction is Direction.IN:
        return "Warga"
    if message.author is Author.STAFF:
        return names.get(message.staff_id or 0, "Petugas")
    if message.author is Author.PAGE_INBOX:
        return _OUTSIDE.get((message.extras or {}).get("by", ""), "Dari aplikasi kanal")
    return "Otomatis"


def _remark(runtime: Runtime, message: Message) -> str:
    extras = message.extras or {}
    reaction = (extras.get("reaction") or {}).get("emoji")
    remarks = (
        _change(runtime, message),
        "membalas cerita (story) kita" if extras.get("reply_to_story") else "",
        "menyebut kita dalam ceritanya (story)" if extras.get("story_mention") else "",
        f"datang lewat {extras['origin']}" if extras.get("origin") else "",
        f"reaksi warga {reaction}" if reaction else "",
    )
    return " · ".join(remark for remark in remarks if remark)


def _change(runtime: Runtime, message: Message) -> str:
    """Return what happened to a message, or what kind it is."""
    if message.withdrawn_at is not None:
        return f"ditarik warga {clock_words(runtime, message.withdrawn_at)}"
    if message.edited_at is not None:
        return f"disunting warga {clock_words(runtime, message.edited_at)}"
    if message.unsupported:
        return "jenis pesan ini tidak dapat ditampilkan kanal"
    return "diteruskan dari orang lain" if message.forwarded else ""


def part_views(
    runtime: Runtime, session: Session, message_ids: Sequence[int]
) -> dict[int, list[PartView]]:
    """Return what became of each part of these messages, in two queries."""
    instead = stand_ins.channels_instead(session, message_ids)
    return {
        message_id: [
            _part_view(runtime, part, len(parts), instead.get(message_id)) for part in parts
        ]
        for message_id, parts in reading.parts_of(session, message_ids).items()
    }


def _part_view(
    runtime: Runtime, part: OutboxPart, total: int, instead: ChannelName | None
) -> PartView:
    words, icon, tone = _PART_WORDS[part.status]
    if part.status is DeliveryStatus.REDIRECTED and instead is not None:
        words = f"dialihkan ke {CHANNEL_WORDS[instead]}"
    trouble = part.status in _TROUBLE
    reason = explain(part.channel, part.error_code, part.error_class) if trouble else ""
    if part.error_code == casework_rows.UNDONE:
        words, icon, tone, reason = "diurungkan, tidak dikirim", "undo", "", ""
    if part.retry_at is not None:
        words, tone = f"gagal, dicoba lagi {full_time(runtime, part.retry_at)}", ""
    return PartView(
        id=part.id,
        label=f"bagian {part.ordinal + 1} dari {total}" if total > 1 else "",
        channel=CHANNEL_WORDS[part.channel],
        words=words,
        icon=icon,
        tone=tone,
        at=clock_words(runtime, part.status_at),
        attempts=part.attempts,
        reason=reason,
        needs_action=trouble and part.dismissed_at is None and part.retry_at is None,
    )
