"""The one way in: messages of a draft in, complaint record and next step out.

Pass all messages of the open draft at every call, the commands and answers among them too; the
state remembers which were acted on. `assemble` is a function of its arguments and never raises.
"""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from normalizer.chronology import read_chronology
from normalizer.dialogue import Scene, decide
from normalizer.draft import (
    Assembly,
    ComplaintDraft,
    Context,
    DialogueState,
    Field,
    Finding,
    Kind,
    NikProblem,
    Redaction,
    SourceMessage,
)
from normalizer.kind import read_kind
from normalizer.location import read_place
from normalizer.nik import read_nik
from normalizer.numbers import Number, find_numbers
from normalizer.privacy import Mark, find_marks, read_wishes, redact
from normalizer.roles import Role, Roles, is_test, read_roles
from normalizer.routing import suggest
from normalizer.summary import make_title
from normalizer.transcript import Transcript, read_transcript


def assemble(state: DialogueState, messages: Sequence[SourceMessage], context: Context) -> Assembly:
    """Read the messages of one draft and decide the next step.

    Args:
        state: what the dialogue remembers; `DialogueState()` for a new draft.
        messages: every citizen message of the draft, in the order of arrival.
        context: tenant, channel, instant of the assembly, complaints already filed.
    """
    transcript = read_transcript(messages)
    roles = read_roles(transcript, state)
    numbers = find_numbers(transcript.text, transcript.low)
    masked = _mask(transcript, numbers, roles)
    draft = _read(transcript, masked, numbers, roles, context)
    draft = _with_privacy(draft, state)
    return decide(
        Scene(
            draft=draft,
            state=state,
            context=context,
            roles=roles,
            found=_found(draft),
            progress=True,
        )
    )


def _mask(transcript: Transcript, numbers: Sequence[Number], roles: Roles) -> str:
    """Blank out long numbers and orders, so that no rule reads a date out of a NIK."""
    chars = list(transcript.low)
    for number in numbers:
        chars[number.start : number.end] = "#" * (number.end - number.start)
    for index, message in enumerate(transcript.messages):
        if roles.role[message.id] is Role.ORDER:
            start, end = transcript.range_of(index)
            chars[start:end] = " " * (end - start)
    return "".join(chars)


def _read(
    transcript: Transcript,
    masked: str,
    numbers: Sequence[Number],
    roles: Roles,
    context: Context,
) -> ComplaintDraft:
    zone = ZoneInfo(context.tenant.timezone)
    kind = _kind(transcript, masked, roles)
    attachments = tuple(a for message in transcript.messages for a in message.attachments)
    today = context.now.astimezone(zone).date()
    nik = read_nik(numbers, today, photo="foto_ktp" in attachments)
    event_start, chronology = read_chronology(transcript, masked, zone)
    pin = next((m.location for m in reversed(transcript.messages) if m.location), None)
    category, pds = suggest(masked, context.tenant)
    anonymous, secret = read_wishes(transcript.low)
    marks = find_marks(transcript.low, numbers)
    public_text = _public_text(transcript, roles, marks, kind.value)
    return ComplaintDraft(
        kind=kind,
        nik=Finding(
            nik.number.digits,
            nik.confidence,
            transcript.span(nik.number.start, nik.number.end),
        )
        if nik.number
        else None,
        nik_problem=nik.problem,
        sex=nik.check.sex if nik.check else None,
        birth_date=nik.check.birth_date if nik.check else None,
        event_start=event_start,
        chronology=chronology,
        place=read_place(transcript, masked, context.tenant, pin),
        category=category,
        pd_suggestions=pds,
        anonymous=anonymous,
        secret=secret,
        urgent=kind.value is Kind.EMERGENCY,
        story=_story(transcript, roles),
        title=make_title(public_text),
        public_text=public_text,
        redactions=tuple(
            Redaction(transcript.span(mark.start, mark.end), mark.what) for mark in marks
        ),
        attachments=attachments,
    )


def _kind(transcript: Transcript, masked: str, roles: Roles) -> Finding[Kind]:
    content = [message for message in transcript.messages if roles.is_content(message)]
    if content:
        return read_kind(masked)
    greetings = [m for m in transcript.messages if roles.role[m.id] is Role.GREETING]
    if greetings and all(is_test(message.text) for message in greetings):
        return Finding(Kind.SPAM, 0.4)
    return Finding(Kind.GREETING if greetings else Kind.COMPLAINT, 0.9)


def _story(transcript: Transcript, roles: Roles) -> str:
    return "\n".join(
        message.text.strip()
        for message in transcript.messages
        if roles.is_content(message) and message.text.strip()
    )


def _public_text(transcript: Transcript, roles: Roles, marks: Sequence[Mark], kind: Kind) -> str:
    if kind in (Kind.SPAM, Kind.GREETING):
        return ""
    parts: list[str] = []
    for index, message in enumerate(transcript.messages):
        if not roles.is_content(message) or not message.text.strip():
            continue
        start, end = transcript.range_of(index)
        inside = [mark for mark in marks if start <= mark.start and mark.end <= end]
        parts.append(redact(message.text, inside, start).strip())
    return "\n".join(parts)


def _with_privacy(draft: ComplaintDraft, state: DialogueState) -> ComplaintDraft:
    if state.privacy is None:
        return draft
    return replace(
        draft,
        anonymous=state.privacy == "anonymous",
        secret=state.privacy == "secret",
    )


def _found(draft: ComplaintDraft) -> frozenset[Field]:
    checks = (
        (Field.NIK, draft.nik is not None),
        (Field.STORY, bool(draft.story)),
        (Field.PLACE, draft.place is not None and draft.place.value.sufficient),
        (Field.TIME, draft.event_start is not None),
    )
    return frozenset(name for name, holds in checks if holds)


__all__ = ["NikProblem", "assemble"]
