"""The WhatsApp templates of the sandbox's account, as Twilio and as Meta list them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sandbox import defaults

PLACEHOLDER: Final = re.compile(r"\{\{(\w+)\}\}")
STATES: Final = ("approved", "pending", "rejected", "paused", "disabled")
_CREATED: Final = "2026-10-05T02:14:00Z"
_NEWS = (
    "Bapak/Ibu yang terhormat, ada kabar terbaru untuk aduan nomor {{1}} yang ditangani {{2}}. "
    "Silakan tekan tombol di bawah untuk membaca jawabannya. Terima kasih."
)
_QUESTION = (
    "Bapak/Ibu yang terhormat, {{2}} memerlukan keterangan untuk aduan nomor {{1}}. Silakan tekan "
    "tombol di bawah untuk membaca pertanyaannya. Terima kasih."
)
_RATING = (
    "Bapak/Ibu yang terhormat, aduan nomor {{1}} dinyatakan selesai. Apakah masalahnya sudah "
    "teratasi? Terima kasih."
)
_PIN = (
    "Bapak/Ibu yang terhormat, PIN baru untuk aduan nomor {{1}} sudah dibuat. Silakan tekan tombol "
    "di bawah untuk menerimanya. Terima kasih."
)
_SURVEY = "Terima kasih sudah menulis, {{1}}. Seberapa mudah menyampaikan aduan kepada kami?"
_FESTIVAL = "Datanglah ke pekan layanan {{1}}, banyak hadiah menanti!"
_CLOSURE = "Layanan tatap muka tutup pada {{1}}. Aduan tetap diterima lewat nomor ini."


@dataclass
class SandboxTemplate:
    """One template; `buttons` are title and what a press says. `status` can be changed."""

    sid: str
    name: str
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    status: str = "approved"
    category: str = "UTILITY"
    reason: str = ""

    @property
    def variables(self) -> list[str]:
        """Which placeholders the text has, each once, in their order."""
        return list(dict.fromkeys(PLACEHOLDER.findall(self.text)))

    def filled(self, values: Mapping[str, str]) -> str:
        """The text as the phone shows it."""
        return PLACEHOLDER.sub(lambda found: values[found[1]], self.text)


def first_templates() -> dict[str, SandboxTemplate]:
    """What the account has from the start, by ContentSid: four in use, and one in each other state.

    Meta names them by their name, which is as unique.
    """
    return {
        one.sid: one
        for one in (
            SandboxTemplate(
                defaults.TEMPLATE_NEWS, "kabar_aduan", _NEWS, (("Baca jawaban", "BACA"),)
            ),
            SandboxTemplate(
                defaults.TEMPLATE_QUESTION,
                "minta_keterangan",
                _QUESTION,
                (("Baca pertanyaan", "BACA"),),
            ),
            SandboxTemplate(
                defaults.TEMPLATE_RATING,
                "penilaian",
                _RATING,
                (("Sudah teratasi", "SUDAH"), ("Sebagian", "SEBAGIAN"), ("Belum", "BELUM")),
            ),
            SandboxTemplate(defaults.TEMPLATE_PIN, "pin_baru", _PIN, (("Terima PIN", "BACA"),)),
            SandboxTemplate(defaults.TEMPLATE_PENDING, "survei_layanan", _SURVEY, status="pending"),
            SandboxTemplate(
                defaults.TEMPLATE_REJECTED,
                "undangan_pekan",
                _FESTIVAL,
                status="rejected",
                reason="TAG_CONTENT_MISMATCH",
            ),
            SandboxTemplate(defaults.TEMPLATE_PAUSED, "kantor_tutup", _CLOSURE, status="paused"),
        )
    }


def as_content(template: SandboxTemplate, account_sid: str) -> dict[str, Any]:
    """One row of Twilio's ContentAndApprovals."""
    kind = "twilio/quick-reply" if template.buttons else "twilio/text"
    content: dict[str, Any] = {"body": template.text}
    if template.buttons:
        content["actions"] = [
            {"type": "QUICK_REPLY", "title": title, "id": payload}
            for title, payload in template.buttons
        ]
    return {
        "sid": template.sid,
        "account_sid": account_sid,
        "friendly_name": template.name,
        "language": "id",
        "variables": {name: f"contoh {name}" for name in template.variables},
        "types": {kind: content},
        "approval_requests": {
            "name": template.name,
            "category": template.category,
            "content_type": kind,
            "status": template.status,
            "rejection_reason": template.reason,
            "allow_category_change": True,
        },
        "date_created": _CREATED,
        "date_updated": _CREATED,
    }


def as_message_template(template: SandboxTemplate) -> dict[str, Any]:
    """One row of Meta's message_templates."""
    examples = [f"contoh {name}" for name in template.variables]
    body: dict[str, Any] = {"type": "BODY", "text": template.text}
    if examples:
        body["example"] = {"body_text": [examples]}
    components = [body]
    if template.buttons:
        buttons = [{"type": "QUICK_REPLY", "text": title} for title, _ in template.buttons]
        components.append({"type": "BUTTONS", "buttons": buttons})
    return {
        "id": f"59442547{template.sid[-8:]}",
        "name": template.name,
        "parameter_format": "POSITIONAL",
        "language": "id",
        "status": template.status.upper(),
        "category": template.category,
        "rejected_reason": template.reason or "NONE",
        "components": components,
    }
