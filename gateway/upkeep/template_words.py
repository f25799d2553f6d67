"""What officers read of WhatsApp templates: their states, why one was rejected, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from channels.admin import Finding, Health
from channels.errors import SendError
from channels.message import ChannelName
from channels.templates import NO_BUSINESS_ID, Approval, ListedTemplate
from gateway.runtime import Runtime
from gateway.upkeep.message_templates import Purpose, Shelf, configured

SUBJECT: Final = "templates"
PURPOSE_WORDS: Final = {
    Purpose.NEWS: "kabar aduan",
    Purpose.QUESTION: "minta keterangan",
    Purpose.RATING: "penilaian",
    Purpose.PIN: "PIN baru",
}
_STATE_WORDS: Final = {
    Approval.APPROVED: "Disetujui",
    Approval.PENDING: "Menunggu",
    Approval.REJECTED: "Ditolak",
    Approval.PAUSED: "Dijeda",
    Approval.DISABLED: "Dimatikan",
    Approval.UNSUBMITTED: "Belum diajukan",
}
_TONES: Final = {Approval.APPROVED: "good", Approval.PENDING: "near", Approval.UNSUBMITTED: "near"}
_REASONS: Final = {
    "ABUSIVE_CONTENT": "isinya dinilai kasar atau mengancam",
    "INVALID_FORMAT": "bentuknya salah, misalnya isian di awal atau akhir kalimat",
    "PROMOTIONAL": "isinya promosi, padahal kategorinya bukan promosi",
    "TAG_CONTENT_MISMATCH": "isinya tidak sesuai dengan kategori atau bahasanya",
    "INCORRECT_CATEGORY": "kategorinya salah",
    "CATEGORY_NOT_AVAILABLE": "kategori ini tidak tersedia bagi akun kita",
    "SCAM": "isinya dinilai menyerupai penipuan",
}
_PAUSED: Final = "karena banyak warga terganggu"
_NOT_WORDS_ONLY: Final = "memakai berkas atau alamat yang berubah; tidak dapat dikirim dari sini"
_LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class TemplateView:
    """One template on the page of the channels; `tone` is ``good``, ``near`` or ``late``."""

    name: str
    language: str
    purpose: str
    state: str
    tone: str
    reason: str
    words: str


def views_of(runtime: Runtime, channel: ChannelName, shelf: Shelf) -> list[TemplateView]:
    """Return the templates of an account: those in trouble first, then by name."""
    purposes = {configured(runtime, channel, one): words for one, words in PURPOSE_WORDS.items()}
    ordered = sorted(shelf.templates, key=lambda one: (one.approval is Approval.APPROVED, one.name))
    return [
        TemplateView(
            name=one.name,
            language=one.language,
            purpose=purposes.get(one.content_id, ""),
            state=_STATE_WORDS[one.approval],
            tone=_TONES.get(one.approval, "late"),
            reason=reason_words(one),
            words=one.filled({}),
        )
        for one in ordered
    ]


def reason_words(template: ListedTemplate) -> str:
    """Return why a template cannot be sent, empty where that goes without saying."""
    if template.approval is Approval.REJECTED:
        return _REASONS.get(template.reason.upper().strip(), _as_given(template.reason))
    if template.approval is Approval.PAUSED:
        return _PAUSED
    return "" if template.fillable else _NOT_WORDS_ONLY


def state_words(template: ListedTemplate) -> str:
    """Return state and reason in one line."""
    reason = reason_words(template)
    return _STATE_WORDS[template.approval] + (f", {reason}" if reason else "")


def findings(
    runtime: Runtime, channel: ChannelName, templates: Sequence[ListedTemplate]
) -> tuple[Finding, ...]:
    """Judge the templates of an account: how many there are in each state, and our own four."""
    shelf = Shelf(templates)
    counted = [(state, sum(one.approval is state for one in templates)) for state in Approval]
    words = ", ".join(f"{count} {_STATE_WORDS[state].lower()}" for state, count in counted if count)
    health = Health.GOOD if shelf.usable() else Health.NOTE
    found = [Finding(SUBJECT, health, f"Templat WhatsApp: {words or 'belum ada'}.")]
    found += [
        Finding(SUBJECT, Health.NOTE, f"Templat “{one.name}” ditolak: {reason_words(one)}.")
        for one in templates
        if one.approval is Approval.REJECTED
    ]
    return (*found, *_own(runtime, channel, shelf))


def refused(error: SendError) -> Finding:
    """Return the finding that an unanswered question for the templates is."""
    if error.code == NO_BUSINESS_ID:
        words = "Templat belum terbaca: isi nomor akun SAHUT_META_WHATSAPP_BUSINESS_ID."
    else:
        words = "Daftar templat tidak terbaca; dipakai daftar yang terakhir."
    return Finding(SUBJECT, Health.NOTE, words)


def _own(runtime: Runtime, channel: ChannelName, shelf: Shelf) -> list[Finding]:
    """Say which of the government's own templates cannot be sent now."""
    found = []
    for purpose, words in PURPOSE_WORDS.items():
        content_id = configured(runtime, channel, purpose)
        if content_id is None:
            continue
        template = shelf.named(content_id)
        if template is not None and template.usable:
            continue
        state = state_words(template) if template is not None else "tidak ada di akun ini"
        # Without the one for news nobody outside the window learns that an answer waits.
        health = Health.BAD if purpose is Purpose.NEWS else Health.NOTE
        found.append(Finding(SUBJECT, health, f"Templat {words} tidak dapat dikirim: {state}."))
    return found


def _as_given(reason: str) -> str:
    """Return a reason that we have no words for."""
    told = " ".join(reason.split())[:_LONGEST_REASON]
    return f"alasan WhatsApp: “{told}”" if told and told.upper() != "NONE" else "tanpa alasan"
