"""Saying something to a citizen: catalogue text or an officer's words, cut for the channel.

Shared by the use cases that talk; it writes rows inside the caller's transaction and sends
nothing. The caller wakes the outbox after its commit.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from channels.text_split import split_text
from gateway.runtime import Runtime
from normalizer.dialogue import buttons_for
from store.models.messaging import Author, Conversation
from store.outgoing import Outgoing, queue

NOW_PRIORITY = 0  # a person is waiting at the other end
NEWS_PRIORITY = 1


def say(
    runtime: Runtime,
    session: Session,
    conversation: Conversation,
    key: str,
    values: Mapping[str, str],
    *,
    complaint_id: int | None = None,
    ticket: str | None = None,
    priority: int = NOW_PRIORITY,
    secrets: Mapping[str, str] | None = None,
) -> int:
    """Queue the catalogue text `key` and return the message id.

    `values` fill its placeholders; those of the government (APP, KAB, URL, DARURAT, JAM) are
    added here.
    """
    text = runtime.catalogue.render(key, conversation.channel, {**tenant_values(runtime), **values})
    outgoing = Outgoing(
        text=text,
        pieces=_pieces(runtime, conversation, text),
        author=Author.AUTO,
        complaint_id=complaint_id,
        text_key=key,
        buttons=buttons_for(key, ticket),
        location_request=key == "minta_lokasi",
        priority=priority,
        secrets=secrets or {},
    )
    return queue(session, conversation, outgoing, runtime.now())


def write(
    runtime: Runtime,
    session: Session,
    conversation: Conversation,
    text: str,
    *,
    staff_id: int,
    complaint_id: int | None,
    attachment_ids: Sequence[int] = (),
) -> int:
    """Queue an officer's own words and return the message id."""
    outgoing = Outgoing(
        text=text,
        pieces=_pieces(runtime, conversation, text),
        author=Author.STAFF,
        staff_id=staff_id,
        complaint_id=complaint_id,
        attachment_ids=attachment_ids,
        human=True,
        priority=NOW_PRIORITY,
    )
    return queue(session, conversation, outgoing, runtime.now())


def tenant_values(runtime: Runtime) -> dict[str, str]:
    """Placeholders that come from the government's own settings."""
    profile = runtime.profile
    return {
        "APP": profile.app,
        "KAB": profile.kabupaten,
        "URL": profile.public_url,
        "DARURAT": profile.emergency_number,
        "JAM": f"{profile.office_hours} {profile.zone_label}",
    }


def _pieces(runtime: Runtime, conversation: Conversation, text: str) -> list[str]:
    adapter = runtime.channels.get(conversation.channel)
    return [text] if adapter is None else split_text(text, adapter.limits)
