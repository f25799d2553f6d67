"""Turning a claimed row into the call it stands for, if it may leave now."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from channels.adapter import ChannelAdapter, ChannelLimits
from channels.errors import SendError
from channels.message import ErrorClass
from channels.outbound import Button, OutboundMedium, OutboundPart, Template
from gateway.media.media_links import link
from gateway.runtime import Runtime
from store import outbox
from store.models.messaging import Conversation
from store.models.outbox import PartKind
from store.outbox import ClaimedPart

_PLACEHOLDER = re.compile(r"\{(PIN)\}")


class Leave(StrEnum):
    """Whether a part may leave now."""

    YES = "yes"
    AS_HUMAN = "as_human"  # past the ordinary window, but written by a person (Meta)
    WINDOW_CLOSED = "window_closed"
    UNREACHABLE = "unreachable"  # opted out, blocked, or nobody to send to
    CHANNEL_OFF = "channel_off"


@dataclass(frozen=True, slots=True)
class WindowView:
    """What decides about the reply window."""

    last_inbound_at: datetime | None
    human: bool
    template: bool


def may_leave(adapter: ChannelAdapter | None, part: ClaimedPart, now: datetime) -> Leave:
    """Judge a part by its conversation as it was when the part was claimed."""
    if adapter is None or adapter.account != part.account:
        return Leave.CHANNEL_OFF
    if part.suppressed_reason or not part.repliable or part.recipient is None:
        return Leave.UNREACHABLE
    view = WindowView(part.last_inbound_at, part.human, part.kind is PartKind.TEMPLATE)
    return judge_window(adapter.limits, view, now)


def judge_window(limits: ChannelLimits, view: WindowView, now: datetime) -> Leave:
    """Judge by the platform's reply window alone; templates need none."""
    if view.template or limits.window is None:
        return Leave.YES
    if view.last_inbound_at is None:
        return Leave.WINDOW_CLOSED
    silence = now - view.last_inbound_at
    if silence < limits.window:
        return Leave.YES
    if view.human and limits.human_window is not None and silence < limits.human_window:
        return Leave.AS_HUMAN
    return Leave.WINDOW_CLOSED


def view_of(conversation: Conversation, part: ClaimedPart) -> WindowView:
    """Return the window of a conversation as it is now."""
    template = part.kind is PartKind.TEMPLATE
    return WindowView(conversation.last_inbound_at, part.human, template)


def compose(
    runtime: Runtime, adapter: ChannelAdapter, part: ClaimedPart, *, as_human: bool
) -> OutboundPart:
    """Return the call for a part, one-time values filled in.

    Raises:
        SendError: PERMANENT, the row lacks what the call needs.
    """
    bare = OutboundPart(
        channel=part.channel,
        account=part.account,
        recipient=part.recipient or "",
        reference=part.reference,
        human_agent=as_human,
    )
    if part.kind is PartKind.TEMPLATE:
        template = part.payload["template"]
        variables = {str(key): str(value) for key, value in template["variables"].items()}
        language = template.get("language")
        return replace(bare, template=Template(template["content_id"], variables, language))
    if part.kind is PartKind.MEDIA:
        return _with_medium(runtime, adapter, bare, int(part.payload["attachment_id"]))
    return _with_text(bare, part)


def _with_text(bare: OutboundPart, part: ClaimedPart) -> OutboundPart:
    payload: dict[str, Any] = part.payload
    return replace(
        bare,
        text=_filled(payload["text"], dict(part.secrets)),
        buttons=tuple(Button(title, value) for title, value in payload.get("buttons") or ()),
        location_request=bool(payload.get("location_request")),
        reply_to=payload.get("reply_to"),
    )


def _filled(text: str, secrets: dict[str, str]) -> str:
    def fill(match: re.Match[str]) -> str:
        if match.group(1) not in secrets:
            raise SendError(ErrorClass.PERMANENT, "secret-gone", "its one-time value has expired")
        return secrets[match.group(1)]

    return _PLACEHOLDER.sub(fill, text)


def _with_medium(
    runtime: Runtime, adapter: ChannelAdapter, bare: OutboundPart, attachment_id: int
) -> OutboundPart:
    """Attach a stored file, or send its address where the channel cannot carry it."""
    with runtime.transaction() as session:
        file = outbox.file_of(session, attachment_id)
    if file is None:
        raise SendError(ErrorClass.PERMANENT, "file-gone", "the attachment is not stored")
    address = link(runtime, attachment_id, runtime.now())
    content = runtime.media.read(file.key)
    largest = dict(adapter.limits.media_bytes).get(file.kind)
    if largest is None or len(content) > largest:
        return replace(bare, text=address)
    medium = OutboundMedium(file.kind, file.mime, file.filename, content=content, url=address)
    return replace(bare, medium=medium)
