"""Messages that WhatsApp approved beforehand: what they say, what must be filled in, their state.

Facts: channels.md sections 1 and 6b; Twilio's Content API (ContentAndApprovals), Meta's reference
of message templates (read 2026-11).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol, runtime_checkable

from channels.payload import MalformedError

PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w{1,64})\s*\}\}")
NO_BUSINESS_ID: Final = "no-business-id"
_LINE_BREAKS = re.compile(r"\s+")
# Codes that condemn one template and say nothing about the account that sends it.
_TEMPLATE_FAULTS: Final = frozenset(
    {
        "21655",  # Twilio: unknown ContentSid
        "21656",  # Twilio: variables
        "63041",  # Twilio: paused by Meta
        "132000",  # Meta: number of variables
        "132001",  # Meta: unknown name or language, or not approved
        "132005",  # Meta: filled text too long
        "132007",  # Meta: content against the rules
        "132012",  # Meta: variables of another format
        "132015",  # Meta: paused
        "132016",  # Meta: disabled for good
    }
)


class Approval(StrEnum):
    """What WhatsApp says of a template. Only an approved one may be sent."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    PAUSED = "paused"  # citizens complained; comes back by itself after some hours
    DISABLED = "disabled"  # paused too often, or deleted
    UNSUBMITTED = "unsubmitted"  # a draft that WhatsApp has not seen


@dataclass(frozen=True, slots=True)
class TemplateButton:
    """A button below a template; `target` is its address or number, empty for a quick answer."""

    title: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class ListedTemplate:
    """One template in one language, as the provider lists it.

    `content_id` names it when it is sent (Twilio's ContentSid, Meta's name). `reason` is why it
    was rejected, in the provider's words. `fillable` is False where it needs more than words: a
    file at its head, an address that changes, cards.
    """

    content_id: str
    name: str
    language: str
    category: str
    body: str
    approval: Approval
    header: str = ""
    footer: str = ""
    buttons: tuple[TemplateButton, ...] = ()
    reason: str = ""
    fillable: bool = True

    @property
    def key(self) -> str:
        """Return what tells it from every other template of its account."""
        return f"{self.content_id}/{self.language}"

    @property
    def usable(self) -> bool:
        """Whether it can be sent from here now."""
        return self.approval is Approval.APPROVED and self.fillable

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the names of what must be filled in: numbers in their order, then words."""
        names = {name for text in (self.header, self.body) for name in PLACEHOLDER.findall(text)}
        return tuple(sorted(names, key=lambda name: (not name.isdigit(), len(name), name)))

    def filled(self, values: Mapping[str, str]) -> str:
        """Return what the citizen reads above the buttons; a missing value keeps its place."""
        parts = (self.header, self.body, self.footer)
        return "\n\n".join(fill(text, values) for text in parts if text)


@runtime_checkable
class TemplateLister(Protocol):
    """An adapter whose account has templates."""

    def templates(self) -> tuple[ListedTemplate, ...]:
        """Ask the provider for every template of the account, whatever its state.

        Raises:
            SendError: the provider refused, or did not answer.
        """
        ...


def read_rows(
    rows: Iterable[object], read: Callable[[Mapping[str, Any]], ListedTemplate | None]
) -> tuple[ListedTemplate, ...]:
    """Read a provider's rows; one that cannot be read costs no neighbour."""
    found = []
    for row in rows:
        with suppress(MalformedError):
            template = read(row) if isinstance(row, Mapping) else None
            if template is not None:
                found.append(template)
    return tuple(found)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into ``{{1}}`` and the like, as the platform does."""
    return PLACEHOLDER.sub(lambda found: one_line(values.get(found[1], found[0])), text)


def one_line(value: str) -> str:
    """Return a value as providers take it: one line, no runs of blanks, never empty."""
    return _LINE_BREAKS.sub(" ", value).strip() or "-"


def condemns_template(code: str) -> bool:
    """Whether a refusal is about the template, so that the account may go on sending."""
    return code in _TEMPLATE_FAULTS
