"""Reading a typed record with the normalizer, as if the citizen had written it in a chat."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from channels.message import ChannelName
from gateway.dates import local
from gateway.identity import mask_numbers
from gateway.recording_form import Record, read_nik
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
    SourceMessage,
)

_TITLE_LENGTH = 80
_GUESSED = 0.3
_NAME_ID = "nama"


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
    # The name comes first, so that it is hidden wherever the story repeats it.
    named = [Said(_NAME_ID, f"Nama saya {record.name}")] if record.name else []
    everything = [*named, *said]
    messages = [SourceMessage(id=item.id, at=now, text=item.text) for item in everything]
    state = DialogueState(
        heard=tuple((item.id, item.answers) for item in everything), privacy=record.privacy
    )
    context = Context(tenant=runtime.tenant, channel=ChannelName.OPERATOR, now=now)
    read = assemble(state, messages, context)
    draft = _stated(runtime, record, read.draft, now)
    return replace(read, draft=draft, state=state)


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
        place=draft.place or _place(record),
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
