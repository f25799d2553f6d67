"""Templates of a WhatsApp Business account at Meta: reading the listing, naming one in a message.

Source: Meta's references of ``message_templates`` and of template components (read 2026-11).
"""

from collections.abc import Mapping
from typing import Any, Final

from channels.errors import SendError
from channels.message import ErrorClass
from channels.meta_graph import MetaGraph
from channels.outbound import Template
from channels.payload import get_list, get_object, get_text
from channels.templates import (
    PLACEHOLDER,
    Approval,
    ListedTemplate,
    TemplateButton,
    one_line,
    read_rows,
)

_LANGUAGE: Final = "id"
_PAGE: Final = 100
_MOST_PAGES: Final = 60  # an account holds 6000 templates at most
_FIELDS: Final = "name,language,status,category,rejected_reason,components"
_STATES: Final = {
    "APPROVED": Approval.APPROVED,
    "PENDING": Approval.PENDING,
    "IN_APPEAL": Approval.PENDING,
    "REJECTED": Approval.REJECTED,
    "PAUSED": Approval.PAUSED,
}


def described(template: Template) -> dict[str, Any]:
    """Return a template as a message names it; its variables stand in the body.

    Numbered variables go by their order, named ones by their name.
    """
    ordered = sorted(template.variables.items(), key=lambda item: (len(item[0]), item[0]))
    parameters = [
        {"type": "text", "text": one_line(text)}
        | ({} if name.isdigit() else {"parameter_name": name})
        for name, text in ordered
    ]
    language = {"code": template.language or _LANGUAGE}
    named: dict[str, Any] = {"name": template.content_id, "language": language}
    if parameters:
        named["components"] = [{"type": "body", "parameters": parameters}]
    return named


def list_templates(graph: MetaGraph, business_id: str) -> tuple[ListedTemplate, ...]:
    """Read every template of an account, page by page.

    Args:
        graph: with the business token.
        business_id: of the WhatsApp Business account, not of the number.

    Raises:
        SendError: Meta refused, or did not answer.
    """
    found: list[ListedTemplate] = []
    wanted = {"fields": _FIELDS, "limit": str(_PAGE)}
    for _ in range(_MOST_PAGES):
        answer = graph.get(f"{business_id}/message_templates", wanted)
        if not isinstance(answer.get("data"), list):
            raise SendError(ErrorClass.AMBIGUOUS, "bad-answer", "Meta listed no templates")
        found += read_rows(answer["data"], _read)
        paging = get_object(answer, "paging") or {}
        after = get_text(get_object(paging, "cursors") or {}, "after")
        if not after or not paging.get("next"):
            break
        wanted["after"] = after
    return tuple(found)


def _read(row: Mapping[str, Any]) -> ListedTemplate | None:
    parts = {
        (get_text(part, "type") or "").upper(): part
        for part in get_list(row, "components")
        if isinstance(part, Mapping)
    }
    name, body = get_text(row, "name"), get_text(parts.get("BODY", {}), "text")
    if not name or not body:
        return None
    reason = get_text(row, "rejected_reason") or ""
    buttons = _buttons(parts.get("BUTTONS", {}))
    return ListedTemplate(
        content_id=name,
        name=name,
        language=get_text(row, "language") or _LANGUAGE,
        category=(get_text(row, "category") or "").lower(),
        body=body,
        approval=_STATES.get((get_text(row, "status") or "").upper(), Approval.DISABLED),
        header=get_text(parts.get("HEADER", {}), "text") or "",
        footer=get_text(parts.get("FOOTER", {}), "text") or "",
        buttons=buttons,
        reason="" if reason == "NONE" else reason,
        fillable=_only_words(parts, buttons),
    )


def _buttons(part: Mapping[str, Any]) -> tuple[TemplateButton, ...]:
    found = []
    for row in get_list(part, "buttons"):
        if isinstance(row, Mapping) and (title := get_text(row, "text")):
            target = get_text(row, "url") or get_text(row, "phone_number") or ""
            found.append(TemplateButton(title, target))
    return tuple(found)


def _only_words(parts: Mapping[str, Any], buttons: tuple[TemplateButton, ...]) -> bool:
    """Whether words in the body are all that must be filled in; a head has numbers of its own."""
    head = parts.get("HEADER", {})
    if (get_text(head, "format") or "TEXT").upper() != "TEXT":
        return False
    if PLACEHOLDER.search(get_text(head, "text") or ""):
        return False
    known = parts.keys() <= {"HEADER", "BODY", "FOOTER", "BUTTONS"}
    codes = any(
        get_text(row, "type") in ("COPY_CODE", "OTP", "FLOW", "CATALOG", "MPM", "SPM")
        for row in get_list(parts.get("BUTTONS", {}), "buttons")
        if isinstance(row, Mapping)
    )
    return known and not codes and not any(PLACEHOLDER.search(one.target) for one in buttons)
