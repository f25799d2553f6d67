"""A place that another government looks after: the citizen hears of it once, and is not refused."""

from dataclasses import replace

from normalizer.draft import Act, ComplaintDraft, DialogueState
from normalizer.orders import Step

OUTSIDE = "luar_wilayah"


def with_word_on_place(draft: ComplaintDraft, state: DialogueState, step: Step) -> Step:
    """Say, before the question or the ticket, that the place seems to lie outside the region."""
    elsewhere = draft.place.value.elsewhere if draft.place else None
    if elsewhere is None or OUTSIDE in state.asked:
        return step
    if step.urgent or step.act not in (Act.ASK, Act.FILE):
        return step
    values = {**step.values, "TEMPAT": elsewhere}
    return replace(step, say=(OUTSIDE, *step.say), values=values)
