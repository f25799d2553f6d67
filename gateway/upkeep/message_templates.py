"""The templates of our WhatsApp accounts as their providers listed them last, and which says what.

The listing is kept in a row that `gateway.upkeep.channel_care` renews; no page or send asks for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from channels.message import ChannelName
from channels.templates import Approval, ListedTemplate, TemplateButton
from gateway.rules.windows import TEMPLATE_CHANNELS
from gateway.runtime import Runtime
from store import states
from store.models.messaging import Conversation

# What marks a message as the announcement of words that wait.
ANNOUNCEMENT: Final = "luar_jendela"
PREFIX: Final = "templates:"


class Purpose(StrEnum):
    """What one of the government's own four templates is for."""

    NEWS = "news"  # kabar aduan
    QUESTION = "question"  # minta keterangan
    RATING = "rating"  # penilaian
    PIN = "pin"  # PIN baru


_PURPOSES: Final = {"minta_info": Purpose.QUESTION, "selesai_nilai": Purpose.RATING}


@dataclass(frozen=True)
class Shelf:
    """The templates of one account; `at` is when they were listed (aware UTC), None: never."""

    templates: Sequence[ListedTemplate] = field(default=())
    at: datetime | None = None

    def usable(self) -> list[ListedTemplate]:
        """Return what can be sent now, by name."""
        return sorted((one for one in self.templates if one.usable), key=lambda one: one.name)

    def find(self, key: str) -> ListedTemplate | None:
        """Return the template with this key, whatever its state."""
        return next((one for one in self.templates if one.key == key), None)

    def named(self, content_id: str) -> ListedTemplate | None:
        """Return the template with this id, the Indonesian one if there are several."""
        found = [one for one in self.templates if one.content_id == content_id]
        return min(found, key=lambda one: (one.language != "id", one.language), default=None)


@dataclass(frozen=True, slots=True)
class Notice:
    """A template that says that words wait: as an outbox row carries it, and as it reads.

    `text` is None where the listing does not know the template. `purpose` is None for a template
    that an officer chose.
    """

    content: Mapping[str, Any]
    text: str | None
    purpose: Purpose | None = None


def state_name(channel: ChannelName, account: str) -> str:
    """Return under which name `store.states` keeps the listing of an account."""
    return f"{PREFIX}{channel.value}:{account}"


def shelf_of(session: Session, conversation: Conversation) -> Shelf:
    """Return the templates that a conversation's account has."""
    if conversation.channel not in TEMPLATE_CHANNELS:
        return Shelf()
    return remembered(states.get(session, state_name(conversation.channel, conversation.account)))


def to_state(templates: Sequence[ListedTemplate], at: datetime) -> dict[str, Any]:
    """Return a listing as a JSON value."""
    rows = [
        {
            "content_id": one.content_id,
            "name": one.name,
            "language": one.language,
            "category": one.category,
            "body": one.body,
            "approval": one.approval.value,
            "header": one.header,
            "footer": one.footer,
            "buttons": [[button.title, button.target] for button in one.buttons],
            "reason": one.reason,
            "fillable": one.fillable,
        }
        for one in templates
    ]
    return {"at": at.isoformat(), "templates": rows}


def remembered(value: Any) -> Shelf:
    """Read what `to_state` wrote; an empty shelf for None."""
    rows = value.get("templates", ()) if isinstance(value, dict) else ()
    found = [
        ListedTemplate(
            **{
                **row,
                "approval": Approval(row["approval"]),
                "buttons": tuple(TemplateButton(*button) for button in row["buttons"]),
            }
        )
        for row in rows
    ]
    return Shelf(found, states.instant(value, "at"))


def purpose_of(text_key: str | None) -> Purpose:
    """Return which template announces a text of the catalogue, or an officer's words (None)."""
    return _PURPOSES.get(text_key or "", Purpose.NEWS)


def configured(runtime: Runtime, channel: ChannelName, purpose: Purpose) -> str | None:
    """Return the id of the government's own template for a purpose, None where it has none.

    Read from ``channels.templates.<channel>.<purpose>``; for news also from
    ``channels.<channel>_template``.
    """
    facts = (runtime.facts or {}).get("channels", {})
    found = facts.get("templates", {}).get(channel.value, {}).get(purpose.value)
    if not found and purpose is Purpose.NEWS:
        found = facts.get(f"{channel.value}_template")
    return str(found) if found else None


def purpose_of_template(
    runtime: Runtime, channel: ChannelName, template: ListedTemplate
) -> Purpose | None:
    """Return what one of the government's own templates is for, None for any other."""
    return next(
        (one for one in Purpose if configured(runtime, channel, one) == template.content_id), None
    )


def notice(
    runtime: Runtime,
    session: Session,
    conversation: Conversation,
    purpose: Purpose,
    values: Mapping[str, str],
) -> Notice | None:
    """Choose the template that says that words wait.

    The one for `purpose` if it may be sent now, else that for news, else none.

    Args:
        runtime: of this process.
        session: the caller's.
        conversation: whose window is closed.
        purpose: of the words that wait.
        values: ``1`` is the number of the complaint, ``2`` the responsible office.
    """
    if conversation.channel not in TEMPLATE_CHANNELS:
        return None
    shelf = shelf_of(session, conversation)
    for wanted in dict.fromkeys((purpose, Purpose.NEWS)):
        content_id = configured(runtime, conversation.channel, wanted)
        if content_id is None:
            continue
        template = shelf.named(content_id)
        if wanted is Purpose.NEWS and shelf.at is None:
            # Never listed: the setting is believed.
            return Notice({"content_id": content_id, "variables": dict(values)}, None, wanted)
        if template is not None and template.usable and values.keys() >= set(template.variables):
            return replace(noticed(template, values), purpose=wanted)
    return None


def noticed(template: ListedTemplate, values: Mapping[str, str]) -> Notice:
    """Return a template with the values that it has places for."""
    chosen = {name: values[name] for name in template.variables}
    content = {
        "content_id": template.content_id,
        "variables": chosen,
        "language": template.language or None,
    }
    return Notice(content, template.filled(chosen))
