"""The one way in: messages of a draft in, complaint record and next step out.

Pass all messages of the open draft at every call, the commands and answers among them too; the
state remembers which were acted on. `assemble` is a function of its arguments and never raises.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from normalizer.dialogue import Scene, decide, field_of
from normalizer.draft import (
    Assembly,
    ComplaintDraft,
    Context,
    DialogueState,
    Field,
    Finding,
    SourceMessage,
)
from normalizer.findings import found_fields, read_draft
from normalizer.reading import Reading
from normalizer.roles import Role, Roles, read_roles
from normalizer.transcript import read_transcript

T = TypeVar("T")

_SURE = 0.5
_OVERHEARD = 0.45  # below _SURE: the citizen sees it before it counts
_TELLING_WORDS = 3


def assemble(state: DialogueState, messages: Sequence[SourceMessage], context: Context) -> Assembly:
    """Read the messages of one draft and decide the next step.

    Args:
        state: what the dialogue remembers; `DialogueState()` for a new draft.
        messages: every citizen message of the draft, in the order of arrival.
        context: tenant, channel, instant of the assembly, complaints already filed.
    """
    transcript = read_transcript(messages)
    roles = read_roles(transcript, state)
    draft = _less_sure(
        read_draft(Reading(transcript, roles, state, context)),
        frozenset(message.id for message in messages if message.spoken),
    )
    found = found_fields(draft)
    return decide(
        Scene(
            draft=draft,
            state=state,
            context=context,
            roles=roles,
            found=found,
            doubtful=_doubtful(draft),
            progress=_tells_something(roles, state, found),
        )
    )


def _less_sure(draft: ComplaintDraft, spoken: frozenset[str]) -> ComplaintDraft:
    """Make a guess of what was read in a machine's transcript."""
    if not spoken:
        return draft
    return replace(
        draft,
        nik=_guessed(draft.nik, spoken),
        reporter_name=_guessed(draft.reporter_name, spoken),
        event_start=_guessed(draft.event_start, spoken),
        place=_guessed(draft.place, spoken),
    )


def _guessed(finding: Finding[T] | None, spoken: frozenset[str]) -> Finding[T] | None:
    if finding is None or finding.span is None or finding.span.message_id not in spoken:
        return finding
    return replace(finding, confidence=min(finding.confidence, _OVERHEARD))


def _doubtful(draft: ComplaintDraft) -> frozenset[Field]:
    """Return the fields whose value is a guess that the citizen should see."""
    place, event = draft.place, draft.event_start
    checks = (
        (Field.PLACE, place is not None and place.confidence < _SURE),
        (Field.TIME, event is not None and event.confidence < _SURE),
    )
    return frozenset(name for name, holds in checks if holds)


def _tells_something(roles: Roles, state: DialogueState, found: frozenset[Field]) -> bool:
    """Whether the new messages are more than noise: words, attachments, an order, an answer."""
    if field_of(state.awaiting) in found:
        return True
    return any(
        message.attachments
        or message.location
        or roles.role[message.id] is Role.ORDER
        or len(message.text.split()) >= _TELLING_WORDS
        for message in roles.new
    )
