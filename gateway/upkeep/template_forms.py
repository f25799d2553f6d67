"""The form for a WhatsApp template: which there are, what is filled in, what the citizen reads."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from channels.message import ChannelName
from channels.templates import PLACEHOLDER, ListedTemplate, one_line
from gateway.errors import InvalidInputError
from gateway.runtime import Runtime
from gateway.upkeep.message_templates import Shelf, purpose_of_template
from gateway.upkeep.template_words import PURPOSE_WORDS, state_words

FIELD: Final = "isi-"
_LONGEST_BODY: Final = 1024  # of the body with its values, WhatsApp's limit
_LONGEST_VALUE: Final = 300
# Words before a place that say what belongs there, where nobody has told us.
_BEFORE_TICKET = re.compile(r"(?:nomor|no\.|aduan)\s*$", re.IGNORECASE)
_BEFORE_PD = re.compile(r"(?:ditangani|oleh|dari)\s*$", re.IGNORECASE)
_TICKET_WORDS, _PD_WORDS = "Nomor aduan", "Ditangani oleh"


@dataclass(frozen=True, slots=True)
class About:
    """What the templates of one conversation are filled with; empty where it is not known."""

    ticket: str = ""
    pd: str = ""


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One template that can be chosen; `purpose` is empty for others than our own four."""

    key: str
    name: str
    purpose: str


@dataclass(frozen=True, slots=True)
class TemplateField:
    """One place to be filled in; `name` is the form's, `variable` the template's."""

    name: str
    variable: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the preview; `variable` names the place that it fills, empty for fixed words."""

    text: str
    variable: str = ""


@dataclass(frozen=True)
class TemplateForm:
    """Everything that the composer shows when only templates may leave.

    `chosen` is the key of the template whose fields and preview are shown, empty for none.
    """

    lines: Sequence[TemplateLine]
    chosen: str = ""
    fields: Sequence[TemplateField] = ()
    preview: Sequence[Piece] = ()
    buttons: Sequence[str] = ()


def make_form(
    runtime: Runtime, channel: ChannelName, shelf: Shelf, about: About, given: Mapping[str, str]
) -> TemplateForm | None:
    """Return the form of a conversation, None where no template may be sent.

    Args:
        runtime: of this process.
        channel: of the conversation.
        shelf: templates of its account.
        about: what is filled in to begin with.
        given: what an officer has chosen and written so far: ``templat`` and the fields.
    """
    usable = shelf.usable()
    if not usable:
        return None
    lines = [_line(runtime, channel, one) for one in usable]
    lines.sort(key=lambda line: (not line.purpose, line.purpose, line.name))
    chosen = next((one for one in usable if one.key == given.get("templat")), None)
    if chosen is None:
        return TemplateForm(lines)
    own = purpose_of_template(runtime, channel, chosen) is not None
    fields = [_field(chosen, name, about, given, own=own) for name in chosen.variables]
    return TemplateForm(
        lines,
        chosen.key,
        fields,
        _preview(chosen, {one.variable: one.value for one in fields}),
        [button.title for button in chosen.buttons],
    )


def chosen_template(
    shelf: Shelf, given: Mapping[str, str]
) -> tuple[ListedTemplate, dict[str, str]]:
    """Return the template that an officer sends, and its values.

    Raises:
        InvalidInputError: it is unknown, may not be sent, or a place is empty or too full.
    """
    template = shelf.find(given.get("templat", ""))
    if template is None:
        raise InvalidInputError({"templat": "Pilih templat dari daftar."})
    if not template.usable:
        words = f"Templat “{template.name}” tidak dapat dikirim. {state_words(template)}."
        raise InvalidInputError({"templat": words})
    values = {name: given.get(FIELD + name, "").strip() for name in template.variables}
    problems = {
        FIELD + name: "Bagian ini belum diisi." if not value else "Terlalu panjang."
        for name, value in values.items()
        if not value or len(value) > _LONGEST_VALUE
    }
    if problems:
        raise InvalidInputError(problems)
    if len(template.filled(values)) > _LONGEST_BODY:
        raise InvalidInputError({"templat": f"Isi templat paling panjang {_LONGEST_BODY} huruf."})
    return template, values


def _line(runtime: Runtime, channel: ChannelName, template: ListedTemplate) -> TemplateLine:
    purpose = purpose_of_template(runtime, channel, template)
    words = PURPOSE_WORDS[purpose] if purpose is not None else ""
    return TemplateLine(template.key, template.name, words)


def _field(
    template: ListedTemplate, variable: str, about: About, given: Mapping[str, str], *, own: bool
) -> TemplateField:
    label, first = _meaning(template, variable, about, own=own)
    value = given.get(FIELD + variable, first)
    return TemplateField(FIELD + variable, variable, label, value)


def _meaning(
    template: ListedTemplate, variable: str, about: About, *, own: bool
) -> tuple[str, str]:
    """Return how a place is called and what it begins with."""
    before = template.body.partition(f"{{{{{variable}}}}}")[0]
    if variable == "1" if own else _BEFORE_TICKET.search(before):
        return _TICKET_WORDS, about.ticket
    if variable == "2" if own else _BEFORE_PD.search(before):
        return _PD_WORDS, about.pd
    return f"Isian {variable}", ""


def _preview(template: ListedTemplate, values: Mapping[str, str]) -> list[Piece]:
    """Return the words above the buttons in stretches, so that a page can follow the typing."""
    whole = "\n\n".join(part for part in (template.header, template.body, template.footer) if part)
    pieces, at = [], 0
    for found in PLACEHOLDER.finditer(whole):
        pieces.append(Piece(whole[at : found.start()]))
        value = values.get(found[1], "")
        pieces.append(Piece(one_line(value) if value.strip() else found[0], found[1]))
        at = found.end()
    return [piece for piece in (*pieces, Piece(whole[at:])) if piece.text]
