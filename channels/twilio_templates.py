"""Templates in Twilio's Content API: reading the listing, naming one in a message.

Source: Twilio's reference of ContentAndApprovals and of the content types (read 2026-11). Nothing
of the SDK is named.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from channels.outbound import Template
from channels.payload import get_list, get_object, get_text
from channels.templates import PLACEHOLDER, Approval, ListedTemplate, TemplateButton, one_line

_WORDS_ONLY: Final = ("twilio/text", "twilio/quick-reply", "twilio/call-to-action")
_CARDS: Final = ("whatsapp/card", "twilio/card")
_STATES: Final = {
    "approved": Approval.APPROVED,
    "received": Approval.PENDING,
    "pending": Approval.PENDING,
    "rejected": Approval.REJECTED,
    "paused": Approval.PAUSED,
    "disabled": Approval.DISABLED,
}


def arguments(template: Template) -> dict[str, str]:
    """Return what names a template in a message; Twilio refuses empty or broken variables."""
    variables = {name: one_line(value) for name, value in template.variables.items()}
    named = {"content_sid": template.content_id}
    if variables:
        named["content_variables"] = json.dumps(variables, ensure_ascii=False)
    return named


def read_template(row: Mapping[str, Any]) -> ListedTemplate | None:
    """Read one content with its approval; None for what has no words or no name."""
    types, approval = get_object(row, "types") or {}, get_object(row, "approval_requests") or {}
    kind, content = _chosen(types)
    sid, body = get_text(row, "sid"), get_text(content, "body") or get_text(content, "title")
    if not sid or not body:
        return None
    header, footer = get_text(content, "header_text"), get_text(content, "footer")
    status = (get_text(approval, "status") or "").lower()
    buttons = _buttons(content)
    return ListedTemplate(
        content_id=sid,
        name=get_text(row, "friendly_name") or get_text(approval, "name") or sid,
        language=get_text(row, "language") or "",
        category=(get_text(approval, "category") or "").lower(),
        body=body,
        approval=_STATES.get(status, Approval.UNSUBMITTED),
        header=header or "",
        footer=footer or get_text(content, "subtitle") or "",
        buttons=buttons,
        reason=get_text(approval, "rejection_reason") or "",
        fillable=_only_words(kind, content, buttons),
    )


def _chosen(types: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the type that WhatsApp shows: the richest that we know, else any."""
    for kind in (*_CARDS, *reversed(_WORDS_ONLY), *types):
        content = get_object(types, kind)
        if content is not None:
            return kind, content
    return "", {}


def _buttons(content: Mapping[str, Any]) -> tuple[TemplateButton, ...]:
    found = []
    for action in get_list(content, "actions"):
        if isinstance(action, Mapping) and (title := get_text(action, "title")):
            target = get_text(action, "url") or get_text(action, "phone") or ""
            found.append(TemplateButton(title, target))
    return tuple(found)


def _only_words(kind: str, content: Mapping[str, Any], buttons: tuple[TemplateButton, ...]) -> bool:
    """Whether words in head and body are all that must be filled in."""
    if kind not in _WORDS_ONLY + _CARDS or get_list(content, "media"):
        return False
    return not any(PLACEHOLDER.search(one.target) for one in buttons)
