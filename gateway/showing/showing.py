"""How rows become what a page shows: times, attachments, places, history, in Indonesian.

Pure but for the runtime's clock and zone. Shared by the use cases that read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.message import MediaKind
from gateway.cases.identity import mask_numbers
from gateway.cases.recording_form import SOURCES
from gateway.rules.dates import day_and_time, local, long_day, short_day
from gateway.rules.statuses import PRIORITY_WORDS, WORDS, StatusWords
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.showing.event_words import EVENT_WORDS
from gateway.showing.history_words import ChangeView
from store.models.complaint import Complaint, ComplaintEvent, Privacy
from store.models.messaging import Attachment, MediaState, TranscriptState

KIND_WORDS = {
    "complaint": "Aduan",
    "aspiration": "Aspirasi",
    "information_request": "Permintaan informasi",
    "emergency": "Darurat",
    "spam": "Spam",
    "greeting": "Sapaan",
}
PRIVACY_WORDS = {
    Privacy.ANONYMOUS: "Anonim",
    Privacy.SECRET: "Rahasia",
    Privacy.NAMED: "Dengan nama",
}

_MEDIA_WORDS = {
    MediaKind.IMAGE: "Foto",
    MediaKind.VIDEO: "Video",
    MediaKind.AUDIO: "Pesan suara",
    MediaKind.DOCUMENT: "Dokumen",
    MediaKind.STICKER: "Stiker",
    MediaKind.CONTACT: "Kontak",
    MediaKind.LINK: "Tautan",
}
_STATE_WORDS = {
    MediaState.PENDING: "sedang diambil",
    MediaState.TOO_LARGE: "terlalu besar",
    MediaState.EXPIRED: "sudah tidak tersedia",
    MediaState.REFUSED: "jenis berkas tidak diterima",
    MediaState.FAILED: "gagal diambil",
    MediaState.ERASED: "sudah dihapus setelah dipakai",
}


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """One attachment in its place. `trouble` says why there is nothing to show.

    `looked_at` is who said whether it shows an identity card: ``reader``, ``officer`` or nobody.
    """

    id: int
    kind: str
    words: str
    filename: str
    trouble: str | None
    has_thumbnail: bool
    is_identity: bool
    looked_at: str
    mime: str
    size_words: str
    transcript: str = ""
    transcript_failed: bool = False


@dataclass(frozen=True, slots=True)
class PinView:
    """A shared position: text first, and a link that works on any phone."""

    latitude: str
    longitude: str
    words: str

    @property
    def geo(self) -> str:
        """``geo:`` address that the phone's own map opens."""
        return f"geo:{self.latitude},{self.longitude}"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry of the history as it is read."""

    what: str
    detail: str
    who: str
    at: str
    changes: Sequence[ChangeView] = ()


def clock_words(runtime: Runtime, instant: datetime) -> str:
    """Return the time of day, e.g. ``09.12``."""
    return f"{local(instant, runtime.profile.timezone):%H.%M}"


def list_time(runtime: Runtime, instant: datetime) -> str:
    """Return ``09.12`` today, ``Kem 16.20`` yesterday, the day before that."""
    there = local(instant, runtime.profile.timezone)
    days = (local(runtime.now(), runtime.profile.timezone).date() - there.date()).days
    if days == 0:
        return f"{there:%H.%M}"
    return f"Kem {there:%H.%M}" if days == 1 else short_day(there.date())


def full_time(runtime: Runtime, instant: datetime) -> str:
    """Return e.g. ``Kam 26/11 13.40``."""
    return day_and_time(instant, runtime.profile.timezone)


def day_line(runtime: Runtime, instant: datetime) -> str:
    """Return the day as it stands between messages."""
    return long_day(local(instant, runtime.profile.timezone).date())


def status_words(complaint: Complaint) -> StatusWords:
    """Return both words of the status, its style and its drawing."""
    return WORDS[complaint.status]


def attachment_view(attachment: Attachment, *, shared_only: bool) -> AttachmentView:
    """Return an attachment; with `shared_only` it shows only if a copy without metadata exists."""
    trouble = _STATE_WORDS.get(attachment.state)
    if trouble is None and shared_only and attachment.shared_key is None:
        trouble = "hanya dibuka Diskominfo"
    kind = attachment.kind.value
    return AttachmentView(
        id=attachment.id,
        kind="image" if kind == "sticker" and attachment.thumbnail_key else kind,
        words=_MEDIA_WORDS[attachment.kind],
        filename="" if shared_only else (attachment.filename or ""),
        trouble=trouble,
        has_thumbnail=attachment.thumbnail_key is not None,
        is_identity=attachment.is_identity,
        looked_at=attachment.identity_said_by or "",
        mime=attachment.mime or "",
        size_words=_size(attachment.size_bytes),
        # A PD reads the redacted words beside the message.
        transcript="" if shared_only else (attachment.transcript or ""),
        transcript_failed=attachment.transcript_state is TranscriptState.FAILED,
    )


def pin_view(extras: Mapping[str, Any] | None) -> PinView | None:
    """Return the position that a message or a place holds, or None without one."""
    location = (extras or {}).get("location") or (extras or {}).get("pin")
    if not location:
        return None
    words = ", ".join(str(location[name]) for name in ("name", "address") if location.get(name))
    return PinView(f"{location['latitude_deg']:.5f}", f"{location['longitude_deg']:.5f}", words)


def place_words(complaint: Complaint) -> str:
    """Return where it happened in one line: landmark, street, RT/RW, desa, kecamatan.

    A PD reads it too: what stands there in a citizen's own words shows no phone number or NIK.
    """
    place: Mapping[str, Any] = complaint.place or {}
    rt_rw = "/".join(str(place[name]) for name in ("rt", "rw") if place.get(name))
    words = [
        mask_numbers(place.get("landmark") or ""),
        mask_numbers(place.get("street") or ""),
        f"RT/RW {rt_rw}" if rt_rw else None,
        f"Desa {complaint.desa}" if complaint.desa else None,
        f"Kec. {complaint.kecamatan}" if complaint.kecamatan else None,
        f"tiang {place['pole']}" if place.get("pole") else None,
        "disebut di luar wilayah" if place.get("outside_region") else None,
    ]
    return ", ".join(str(word) for word in words if word)


def history_line(
    runtime: Runtime,
    event: ComplaintEvent,
    names: Mapping[int, str],
    pds: Mapping[str, str],
) -> HistoryLine:
    """Return one entry of the history; unknown kinds show their code rather than nothing."""
    what, detail = EVENT_WORDS.get(event.kind, (event.kind, ""))
    pd = pds.get(str(event.data.get("pd", "")), "Perangkat Daerah")
    who = names.get(event.actor_id, "Petugas") if event.actor_id is not None else ""
    source = SOURCES.get(str(event.data.get("source", "")), "").lower()
    words = detail.format(
        pd=pd,
        source=source,
        ticket=event.data.get("ticket", ""),
        priority=PRIORITY_WORDS.get(str(event.data.get("priority", "")), ""),
    )
    return HistoryLine(what, words, who, full_time(runtime, event.at))


def pd_short(pds: Mapping[str, str], code: str | None) -> str:
    """Return the name of a PD, or an empty string without one."""
    return pds.get(code or "", "")


def category_name(runtime: Runtime, code: str | None) -> str:
    """Return the name of a category, or an empty string."""
    return next((item.name for item in runtime.tenant.categories if item.code == code), "")


def facts_of(complaint: Complaint) -> Sequence[str]:
    """Return the small tags of a case in a list."""
    tags = []
    if complaint.kind not in {"complaint", "emergency"}:
        tags.append(KIND_WORDS.get(complaint.kind, complaint.kind))
    if complaint.nik_problem:
        tags.append("tanpa NIK" if complaint.nik_problem == "missing" else "NIK keliru")
    if complaint.privacy is Privacy.SECRET:
        tags.append("Rahasia")
    if complaint.dispute:
        tags.append("perlu diperiksa")
    if complaint.part_of_id is not None:
        tags.append("bagian")
    return tags


def channel_words(complaint: Complaint) -> str:
    """Return by which way a complaint came, and that an officer wrote it down."""
    source = SOURCES.get(complaint.source or "")
    return f"{source}, dicatat petugas" if source else CHANNEL_WORDS[complaint.channel]


def _size(size_bytes: int | None) -> str:
    if size_bytes is None:
        return ""
    if size_bytes < 1_000_000:
        return f"{max(1, size_bytes // 1000)} KB"
    return f"{size_bytes / 1_000_000:.1f} MB".replace(".", ",")
