"""A text exactly as each reader will see it, made by the same functions that send it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from channels.gsm7 import segments, to_gsm7
from channels.message import ChannelName
from channels.text_split import split_text
from gateway.cases.casefile import News, news_text, told_by_a_person
from gateway.cases.notices import carries_pictures
from gateway.rules.statuses import publicly_visible
from gateway.rules.windows import CHANNEL_WORDS
from gateway.runtime import Runtime
from gateway.showing.photo_views import PhotoView
from normalizer.buttons import buttons_for
from store.models.complaint import Complaint, Privacy
from store.models.messaging import Conversation

_ONE_SMS = 160
_BESIDE = (ChannelName.WHATSAPP, ChannelName.SMS)


@dataclass(frozen=True, slots=True)
class Preview:
    """What one reader sees: bubbles, quick answers, photos; `count` is the length line of an SMS.

    `starred` says that ``*words*`` are shown bold there.
    """

    title: str
    icon: str
    bubbles: Sequence[str]
    buttons: Sequence[str] = ()
    photos: Sequence[PhotoView] = ()
    count: str = ""
    chosen: bool = False
    starred: bool = True


@dataclass(frozen=True)
class Draft:
    """An answer as it would be sent now."""

    body: str
    photos: Sequence[PhotoView] = ()


def answer_previews(
    runtime: Runtime,
    session: Session,
    complaint: Complaint,
    conversation: Conversation | None,
    draft: Draft,
) -> list[Preview]:
    """Return the citizen's own channel first, then WhatsApp or SMS, then the public page."""
    if told_by_a_person(conversation) or conversation is None:
        photos = [photo for photo in draft.photos if photo.to_citizen]
        title = "Cek aduan dengan nomor dan PIN"
        return [Preview(title, "ch-web", [draft.body], photos=photos, chosen=True, starred=False)]
    own = conversation.channel
    shown = [own, *(name for name in _BESIDE if name is not own)][:2]
    secret = complaint.privacy is Privacy.SECRET
    key = "status" if secret else "dijawab"
    news = News("dijawab", {"JWB": draft.body.strip()}, "JWB")
    sent = [] if secret else [photo for photo in draft.photos if photo.to_citizen]
    previews = []
    for channel in shown:
        text = news_text(runtime, session, complaint, news, channel)
        titles = [title for title, _ in buttons_for(key, complaint.ticket)]
        photos = sent if carries_pictures(runtime, channel) else []
        previews.append(channel_preview(runtime, channel, text, titles, photos, own=channel is own))
    if publicly_visible(complaint):
        seen = [photo for photo in draft.photos if photo.to_public]
        page = Preview("Halaman publik", "ch-web", [draft.body], photos=seen, starred=False)
        previews.append(page)
    return previews


def channel_preview(
    runtime: Runtime,
    channel: ChannelName,
    text: str,
    titles: Sequence[str] = (),
    photos: Sequence[PhotoView] = (),
    *,
    own: bool = True,
) -> Preview:
    """Return a text as this channel carries it: cut into its messages, with its quick answers."""
    adapter = runtime.channels.get(channel)
    limits = adapter.limits if adapter else None
    bubbles = split_text(text, limits) if limits else [text]
    if channel is ChannelName.SMS:
        bubbles = [to_gsm7(bubble) for bubble in bubbles]
    return Preview(
        CHANNEL_WORDS[channel],
        f"ch-{channel.value.replace('_cloud', '')}",
        bubbles,
        titles[: limits.buttons] if limits else (),
        photos,
        _count(bubbles) if channel is ChannelName.SMS else "",
        chosen=own,
    )


def _count(bubbles: Sequence[str]) -> str:
    """Return e.g. ``148/160 (1 bagian)``: what an SMS costs."""
    length = sum(len(bubble) for bubble in bubbles)
    parts = sum(segments(bubble) for bubble in bubbles)
    return f"{length}/{_ONE_SMS} ({parts} bagian)"
