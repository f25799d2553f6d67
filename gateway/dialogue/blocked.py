"""A blocked sender: what they write is kept and not answered. Emergencies pass always.

So does the wish to hear no more news, and all that is said while an emergency of theirs is open.
"""

from datetime import timedelta
from typing import Final

from channels.message import MediaKind
from gateway.dialogue.turns import Turn, source_messages
from gateway.runtime import Runtime
from normalizer.assemble import assemble
from normalizer.draft import Act, Context, DialogueState, Kind, SourceMessage
from store.models.complaint import ComplaintStatus
from store.models.messaging import MediaState, TranscriptState

_EMERGENCY: Final = "darurat"  # the text that is said to it
_HEARD_WITHIN: Final = timedelta(minutes=3)  # a recording may be a cry for help
_CLOSED: Final = {ComplaintStatus.RESOLVED, ComplaintStatus.NOT_COMPETENT}


def keeps_quiet(runtime: Runtime, turn: Turn) -> bool:
    """Keep what a blocked sender wrote without any answer, and say so; False for who is heard."""
    until, now = turn.conversation.blocked_until, runtime.now()
    if until is None or until <= now or _in_an_emergency(turn) or _must_be_heard(runtime, turn):
        return False
    if _being_written_down(runtime, turn):
        turn.conversation.dialogue_due_at = now + _HEARD_WITHIN
        return True
    for message in turn.fresh:
        message.processed_at, message.in_draft = now, False
    for control in turn.controls:
        control.processed_at = now
    if turn.conversation.draft_opened_at is not None:
        turn.conversation.dialogue_due_at = until  # what was told before the block goes on then
    return True


def _in_an_emergency(turn: Turn) -> bool:
    return any(
        case.emergency and case.archived_at is None and turn.standing(case) not in _CLOSED
        for case in turn.known
    )


def _must_be_heard(runtime: Runtime, turn: Turn) -> bool:
    """Whether it tells of danger: any message alone, or all together."""
    fresh = {str(message.id) for message in turn.fresh} | {f"c{one.id}" for one in turn.controls}
    sources = [source for source in source_messages(turn) if source.id in fresh]
    return any(_passes(runtime, turn, said) for said in [sources, *([one] for one in sources)])


def _passes(runtime: Runtime, turn: Turn, said: list[SourceMessage]) -> bool:
    if not said:
        return False
    context = Context(tenant=runtime.tenant, channel=turn.conversation.channel, now=runtime.now())
    read = assemble(DialogueState(), said, context)
    # The word or button DARURAT is a call for help too, whatever is told with it.
    danger = read.draft.kind.value is Kind.EMERGENCY or _EMERGENCY in read.say
    return danger or read.act is Act.STOP_NEWS


def _being_written_down(runtime: Runtime, turn: Turn) -> bool:
    """Whether words of a recording may still come."""
    if runtime.transcriber is None:
        return False
    since = runtime.now() - _HEARD_WITHIN
    return any(
        file.transcript_state is TranscriptState.PENDING
        or (file.kind is MediaKind.AUDIO and file.state is MediaState.PENDING)
        for message in turn.fresh
        if message.received_at > since
        for file in turn.attachments[message.id]
    )
