"""A WhatsApp in memory whose account has templates, and some to put there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from channels.errors import SendError
from channels.message import ChannelName
from channels.templates import Approval, ListedTemplate, TemplateButton
from gateway.runtime import Runtime
from tests.gateway.keeper import KeptAdapter

NEWS = ListedTemplate(
    "HX01",
    "kabar_aduan",
    "id",
    "utility",
    "Bapak/Ibu, ada kabar untuk aduan nomor {{1}} yang ditangani {{2}}. Terima kasih.",
    Approval.APPROVED,
    buttons=(TemplateButton("Baca jawaban"),),
)
QUESTION = replace(
    NEWS,
    content_id="HX02",
    name="minta_keterangan",
    body="Bapak/Ibu, {{2}} memerlukan keterangan untuk aduan nomor {{1}}. Terima kasih.",
    buttons=(TemplateButton("Baca pertanyaan"),),
)
RATING = replace(
    NEWS,
    content_id="HX03",
    name="penilaian",
    body="Bapak/Ibu, aduan nomor {{1}} dinyatakan selesai. Sudah teratasi? Terima kasih.",
    buttons=(TemplateButton("Sudah teratasi"), TemplateButton("Belum")),
)
SURVEY = replace(
    NEWS,
    content_id="HX05",
    name="survei",
    body="Survei tentang {{1}} untuk aduan {{2}} dari {{3}}. Terima kasih.",
    buttons=(),
)
PENDING = replace(SURVEY, content_id="HX06", name="menunggu", approval=Approval.PENDING)
REJECTED = replace(
    SURVEY, content_id="HX07", name="ditolak", approval=Approval.REJECTED, reason="PROMOTIONAL"
)
PAUSED = replace(SURVEY, content_id="HX08", name="dijeda", approval=Approval.PAUSED)
ALL = (NEWS, QUESTION, RATING, SURVEY, PENDING, REJECTED, PAUSED)
PURPOSES = {"news": "HX01", "question": "HX02", "rating": "HX03"}


class ShelvedAdapter(KeptAdapter):
    """`shelf` is what a listing holds; `refuses_listing` is raised instead of it."""

    def __init__(self, name: ChannelName = ChannelName.WHATSAPP) -> None:
        super().__init__(name)
        self.limits = replace(self.limits, window=timedelta(hours=24))
        self.shelf: tuple[ListedTemplate, ...] = ALL
        self.listed = 0
        self.refuses_listing: SendError | None = None

    def templates(self) -> tuple[ListedTemplate, ...]:
        self.listed += 1
        if self.refuses_listing is not None:
            raise self.refuses_listing
        return self.shelf


def with_purposes(runtime: Runtime, name: ChannelName, **purposes: str) -> Runtime:
    """The runtime of a government that has named its own templates."""
    facts: dict[str, Any] = dict(runtime.facts or {})
    channels = dict(facts.get("channels", {}))
    channels["templates"] = {name.value: purposes or PURPOSES}
    return replace(runtime, facts=facts | {"channels": channels})
