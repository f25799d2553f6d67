"""Reading Messenger and Instagram webhooks: every entry, every event, each in its own guard.

The two speak almost the same language; what differs is said where it matters. Facts: channels.md
sections 5 and 6.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from channels.message import (
    ChannelEvent,
    ChannelName,
    Choice,
    ControlEvent,
    ControlKind,
    Holder,
    InboundMessage,
    RottenEvent,
)
from channels.meta_attachments import Attachments, read_attachments
from channels.meta_events import (
    INBOXES,
    Envelope,
    MetaAccount,
    came_by,
    control,
    delivery,
    handover,
    postback,
    reaction,
    read_receipt,
    referral,
)
from channels.payload import (
    MalformedError,
    get_id,
    get_int,
    get_object,
    get_text,
    guarded,
    instant,
    is_blank,
    need_id,
    spared,
)


def read_body(document: Mapping[str, Any], ours: MetaAccount) -> list[ChannelEvent]:
    """Return the events of one webhook body that belong to the account.

    Page comments (`changes`) are no conversation. Events of the standby channel are read like
    others: the citizen wrote to us, even while another application holds the thread.
    """
    if document.get("object") != ours.kind:
        return []
    entries = document.get("entry")
    if not isinstance(entries, list):
        return [RottenEvent(path="entry", reason="entry is not a list")]
    events: list[ChannelEvent] = []
    for number, entry in enumerate(entries):
        path = f"entry[{number}]"
        if not isinstance(entry, dict):
            events.append(RottenEvent(path=path, reason="not an object"))
        elif str(entry.get("id")) == ours.id:
            events += _entry(entry, path, ours)
    return events


def _entry(entry: Mapping[str, Any], path: str, ours: MetaAccount) -> list[ChannelEvent]:
    events: list[ChannelEvent] = []
    for key in ("messaging", "standby"):
        happenings = entry.get(key)
        if happenings is None:
            continue
        if not isinstance(happenings, list):
            events.append(RottenEvent(path=f"{path}.{key}", reason="not a list"))
            continue
        for number, event in enumerate(happenings):
            read = partial(_event, event, ours, standby=key == "standby")
            events += guarded(f"{path}.{key}[{number}]", read)
    return events


def _event(event: object, ours: MetaAccount, *, standby: bool) -> list[ChannelEvent]:
    if not isinstance(event, dict):
        raise MalformedError("not an object")
    read = next((_READERS[key] for key in _READERS if key in event), None)
    if read is None:
        return []
    sender, recipient = get_object(event, "sender"), get_object(event, "recipient")
    if sender is None:
        raise MalformedError("sender is missing")
    to = get_id(recipient, "id") if recipient else None
    return read(Envelope(ours, event, need_id(sender, "id"), to, standby))


def _message(envelope: Envelope) -> list[ChannelEvent]:
    content = get_object(envelope.event, "message")
    if content is None:
        raise MalformedError("message is missing")
    mid = need_id(content, "mid")
    # Events of our own account are echoes even where the flag is missing: never a citizen.
    if content.get("is_echo") is True or envelope.sender == envelope.ours.id:
        return [_echo(envelope, content, mid)]
    if content.get("is_deleted") is True:
        return [control(envelope, ControlKind.WITHDRAWN, external_id=mid, event_id=f"del:{mid}")]
    return [_inbound(envelope, content, mid, envelope.sender)]


def _inbound(
    envelope: Envelope, content: Mapping[str, Any], mid: str, citizen: str | None
) -> InboundMessage:
    ours = envelope.ours
    withheld = content.get("is_unsupported") is True
    found = Attachments() if withheld else read_attachments(content)
    text = None if withheld else get_text(content, "text")
    to_neither: tuple[str | None, str | None] = (None, None)
    reply, story = spared(lambda: _answered(content), to_neither)
    nothing = found.unreadable or not (content.get("attachments") or "text" in content)
    unsupported = withheld or found.lost or (not text and nothing)
    return InboundMessage(
        channel=ours.channel,
        account=ours.id,
        external_id=mid,
        sender=citizen,
        text=text,
        dedup_scope=f"{ours.channel}:{ours.id}",
        sent_at=instant(envelope.event.get("timestamp")),
        media=found.media,
        location=found.location,
        reply_to=reply,
        reply_to_story=story,
        choice=spared(lambda: _choice(content, text), None),
        unsupported=unsupported,
        blank=is_blank(text) and not (found.media or found.location or unsupported),
        standby=envelope.standby,
        origin=came_by(content),
        story_mention=found.story_mention,
    )


def _answered(content: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the message and the story of ours that are answered."""
    reply = get_object(content, "reply_to") or {}
    story = get_object(reply, "story")
    return get_id(reply, "mid"), get_id(story, "id") if story else None


def _choice(content: Mapping[str, Any], title: str | None) -> Choice | None:
    pressed = get_object(content, "quick_reply")
    payload = get_text(pressed, "payload") if pressed else None
    return Choice(title, payload) if payload else None


def _echo(envelope: Envelope, content: Mapping[str, Any], mid: str) -> ControlEvent:
    """Return what our side wrote. Messenger repeats our reference, Instagram only the id."""
    citizen = envelope.recipient if envelope.sender == envelope.ours.id else envelope.sender
    return ControlEvent(
        kind=ControlKind.ECHO,
        channel=envelope.ours.channel,
        account=envelope.ours.id,
        sender=citizen,
        event_id=f"echo:{mid}",
        external_id=mid,
        occurred_at=instant(envelope.event.get("timestamp")),
        value=get_text(content, "metadata"),
        message=_inbound(envelope, content, mid, citizen),
        holder=_author(envelope, content),
    )


def _author(envelope: Envelope, content: Mapping[str, Any]) -> Holder | None:
    """Return who else may have written an echo; Instagram does not tell its applications apart."""
    if envelope.ours.channel is ChannelName.INSTAGRAM and "app_id" not in content:
        return None
    app_id = content.get("app_id")
    return Holder.INBOX if app_id is None or str(app_id) in INBOXES else Holder.APP


def _edit(envelope: Envelope) -> list[ChannelEvent]:
    content = get_object(envelope.event, "message_edit") or {}
    if envelope.sender == envelope.ours.id:
        return []  # our own side corrected itself: never a citizen
    mid = need_id(content, "mid")
    return [
        control(
            envelope,
            ControlKind.EDITED,
            external_id=mid,
            event_id=f"edit:{mid}:{get_int(content, 'num_edit')}"[:500],
            message=_inbound(envelope, content, mid, envelope.sender),
        )
    ]


# The order matters where an event has two of them: a postback may carry a referral.
_READERS = {
    "message": _message,
    "message_edit": _edit,
    "postback": postback,
    "reaction": reaction,
    "delivery": delivery,
    "read": read_receipt,
    "pass_thread_control": handover,
    "take_thread_control": handover,
    "referral": referral,
    "optin": referral,
}
