"""Reading a typed record with the normalizer, as if the citizen had written it in a chat."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from channels.message import ChannelName
from gateway.cases.identity import mask_numbers
from gateway.cases.recording_form import Record, read_nik
from gateway.rules.dates import local
from gateway.runtime import Runtime
from normalizer.assemble import assemble
from normalizer.draft import (
    Assembly,
    ComplaintDraft,
    Context,
    DialogueState,
    Finding,
    Kind,
    NikProblem,
    Place,
    Redaction,
    SourceMessage,
    Span,
)
from normalizer.names import Name, name_ranges
from normalizer.privacy import Mark, redact

_TITLE_LENGTH = 80
_GUESSED = 0.3


@dataclass(frozen=True, slots=True)
class Said:
    """One field as a message: its id, its words, and the question that it answers."""

    id: str
    text: str
    answers: str = ""


def spoken_fields(record: Record) -> list[tuple[str, str]]:
    """Return the fields that become messages of the case, with the question each answers."""
    fields = [
        (record.story, "minta_kronologi"),
        (record.where, "minta_lokasi"),
        (record.event, "minta_waktu"),
    ]
    return [(text, key) for text, key in fields if text]


def read_said(runtime: Runtime, record: Record, said: Sequence[Said], now: datetime) -> Assembly:
    """Return what the normalizer found, with what the officer stated over it.

    Args:
        runtime: for the government's names.
        record: the checked form.
        said: its fields as messages, oldest first.
        now: aware UTC.
    """
    messages = [SourceMessage(id=item.id, at=now, text=item.text) for item in said]
    state = DialogueState(
        heard=tuple((item.id, item.answers) for item in said), privacy=record.privacy
    )
    context = Context(tenant=runtime.tenant, channel=ChannelName.OPERATOR, now=now)
    read = assemble(state, messages, context)
    draft = _stated(runtime, record, read.draft, now)
    if record.name:
        draft = _without_name(draft, record.name, said)
    return replace(read, draft=draft, state=state)


def _without_name(draft: ComplaintDraft, name: str, said: Sequence[Said]) -> ComplaintDraft:
    """Hide the reporter's stated name wherever what was said repeats it."""
    found = [
        Redaction(Span(item.id, mark.start, mark.end), mark.what)
        for item in said
        for mark in _name_marks(item.text, name)
    ]
    places = {(item.span.message_id, item.span.start): item for item in (*found, *draft.redactions)}
    return replace(
        draft,
        redactions=tuple(places[place] for place in sorted(places)),
        public_text=redact(draft.public_text, _name_marks(draft.public_text, name)),
        title=redact(draft.title, _name_marks(draft.title, name)),
    )


def _name_marks(text: str, name: str) -> list[Mark]:
    """Return where a name stands: whole in any spelling, or a capitalised word of it."""
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
    ranges = {match.span() for match in whole.finditer(text)}
    ranges |= set(name_ranges(text, [Name(name, 0, len(name), 1.0)]))
    marks: list[Mark] = []
    for start, end in sorted(ranges, key=lambda span: (span[0], -span[1])):
        if not marks or start >= marks[-1].end:
            marks.append(Mark(start, end, "name"))
    return marks


def _stated(
    runtime: Runtime, record: Record, draft: ComplaintDraft, now: datetime
) -> ComplaintDraft:
    nik, problem = _nik(runtime, record, draft, now)
    danger = draft.kind.value is Kind.EMERGENCY
    kind = Kind.EMERGENCY if record.danger else Kind(record.kind)
    public = draft.public_text or mask_numbers(record.story)
    name = record.name or (draft.reporter_name.value if draft.reporter_name else "")
    return replace(
        draft,
        kind=Finding(kind, 1.0),
        nik=nik,
        nik_problem=problem,
        reporter_name=Finding(name, 1.0) if name else None,
        story=record.story,
        public_text=public,
        title=draft.title or public[:_TITLE_LENGTH],
        place=_shareable(draft.place or _place(record), record.name),
        secret=draft.secret or record.privacy == "secret",
        urgent=draft.urgent or danger,
    )


def _nik(
    runtime: Runtime, record: Record, draft: ComplaintDraft, now: datetime
) -> tuple[Finding[str] | None, NikProblem | None]:
    today = local(now, runtime.profile.timezone).date()
    typed = read_nik(record.nik, today)
    if typed.nik is not None:
        return Finding(typed.nik, 1.0), None
    if typed.problem is not None:
        return None, typed.problem
    return draft.nik, draft.nik_problem


def _place(record: Record) -> Finding[Place] | None:
    """Keep what was typed as the place although no name of it is known here."""
    if not record.where:
        return None
    return Finding(Place(text=record.where, landmark=record.where), _GUESSED)


def _shareable(found: Finding[Place] | None, name: str) -> Finding[Place] | None:
    """Hide the reporter's name and all numbers of people in a place: a PD reads it."""
    if found is None:
        return None

    def hidden(words: str | None) -> str:
        return mask_numbers(redact(words or "", _name_marks(words or "", name) if name else []))

    place = found.value
    shown = replace(
        place,
        text=hidden(place.text),
        landmark=hidden(place.landmark) or None,
        street=hidden(place.street) or None,
    )
    return replace(found, value=shown)
