"""Saying something to a citizen: catalogue text or an officer's words, cut for the channel.

Shared by the use cases that talk; it writes rows inside the caller's transaction and sends
nothing. The caller wakes the outbox after its commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from channels.message import ChannelName, MediaKind
from channels.text_split import split_text
from gateway.runtime import Runtime
from normalizer.buttons import buttons_for
from store.media import StoredMedium
from store.models.messaging import Author, Conversation
from store.outgoing import Outgoing, queue

NOW_PRIORITY = 0  # a person is waiting at the other end
NEWS_PRIORITY = 1


@dataclass(frozen=True)
class Saying:
    """One catalogue text for one citizen.

    `values` fill its placeholders; those of the government (APP, KAB, URL, DARURAT, JAM) are added
    when it is rendered. `secrets` are filled in only when the part leaves (PIN). `human` marks an
    answer that a person wrote: Meta takes it for longer. `not_before` (aware UTC) holds the
    message back, so that an officer can undo the step. `flexible` names the placeholder that is
    shortened where the text must fit into one SMS. `photos` are left out where the channel carries
    no pictures.
    """

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    complaint_id: int | None = None
    ticket: str | None = None
    priority: int = NOW_PRIORITY
    secrets: Mapping[str, str] = field(default_factory=dict)
    human: bool = False
    not_before: datetime | None = None
    flexible: str | None = None
    photos: Sequence[StoredMedium] = ()


@dataclass(frozen=True)
class Words:
    """What an officer writes to a citizen."""

    text: str
    staff_id: int
    complaint_id: int | None = None
    attachment_ids: Sequence[int] = ()


def say(runtime: Runtime, session: Session, conversation: Conversation, saying: Saying) -> int:
    """Queue a catalogue text and return the message id."""
    values = {**tenant_values(runtime), **saying.values}
    text = runtime.catalogue.render(saying.key, conversation.channel, values)
    outgoing = Outgoing(
        text=text,
        pieces=_pieces(runtime, conversation, text),
        author=Author.AUTO,
        complaint_id=saying.complaint_id,
        text_key=saying.key,
        buttons=buttons_for(saying.key, saying.ticket),
        location_request=saying.key == "minta_lokasi",
        priority=saying.priority,
        secrets=saying.secrets,
        human=saying.human,
        not_before=saying.not_before,
        photos=saying.photos if carries_pictures(runtime, conversation.channel) else (),
        said={"values": dict(saying.values), "flexible": saying.flexible},
    )
    return queue(session, conversation, outgoing, runtime.now())


def carries_pictures(runtime: Runtime, channel: ChannelName) -> bool:
    """Whether a picture can go by this channel."""
    adapter = runtime.channels.get(channel)
    return adapter is not None and MediaKind.IMAGE in dict(adapter.limits.media_bytes)


def write(runtime: Runtime, session: Session, conversation: Conversation, words: Words) -> int:
    """Queue an officer's own words and return the message id."""
    outgoing = Outgoing(
        text=words.text,
        pieces=_pieces(runtime, conversation, words.text),
        author=Author.STAFF,
        staff_id=words.staff_id,
        complaint_id=words.complaint_id,
        attachment_ids=words.attachment_ids,
        human=True,
        priority=NOW_PRIORITY,
    )
    return queue(session, conversation, outgoing, runtime.now())


def tenant_values(runtime: Runtime) -> dict[str, str]:
    """Placeholders that come from the government's own settings."""
    profile = runtime.profile
    return {
        "APP": profile.app,
        "KAB": profile.region,
        "URL": profile.public_url,
        "DARURAT": profile.emergency_number,
        "JAM": f"{profile.office_hours} {profile.zone_label}",
    }


def _pieces(runtime: Runtime, conversation: Conversation, text: str) -> list[str]:
    adapter = runtime.channels.get(conversation.channel)
    return [text] if adapter is None else split_text(text, adapter.limits)
