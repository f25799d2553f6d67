"""What a ready-made text may do besides its words (a macro): which steps there are, and whose."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Step(StrEnum):
    """A change of status that a macro may make."""

    ACCEPT = "accept"
    SCHEDULE = "schedule"
    RESUME = "resume"
    REFER = "refer"


@dataclass(frozen=True, slots=True)
class StepRule:
    """A step in words, and what it needs.

    Attributes:
        words: what it does.
        at_pd: whether a PD takes it; at Diskominfo otherwise. None: both.
        needs_words: whether the citizen or the history is told why, or what is planned.
        most_days: how many days ahead its day may be; 0: it has none.
        needs_body: whether it names a body outside the government.
    """

    words: str
    at_pd: bool | None
    needs_words: bool = False
    most_days: int = 0
    needs_body: bool = False


STEPS: Mapping[Step, StepRule] = {
    Step.ACCEPT: StepRule("Terima disposisi: Penanganan", at_pd=True, needs_words=True,
                          most_days=365),
    Step.SCHEDULE: StepRule("Jadwalkan: Pending - Perwaktu", at_pd=True, needs_words=True,
                            most_days=90),
    Step.REFER: StepRule("Bukan Kewenangan", at_pd=False, needs_words=True, needs_body=True),
    Step.RESUME: StepRule("Lanjutkan: Penanganan", at_pd=None),
}  # fmt: skip


def steps_of(*, at_pd: bool) -> dict[str, str]:
    """Return the steps that an office may put into a macro, code to words."""
    return {step.value: rule.words for step, rule in STEPS.items() if rule.at_pd in {None, at_pd}}


@dataclass(frozen=True, slots=True)
class Acts:
    """What a macro does; empty fields do nothing.

    Attributes:
        step: one of `Step`.
        words: the plan or the reason of the step.
        days: how many calendar days after today its day is.
        body: code of the body outside the government.
        priority: the new priority.
        note: an internal note.
        note_for_pd: whether the PD reads the note too.
    """

    step: str = ""
    words: str = ""
    days: int | None = None
    body: str = ""
    priority: str = ""
    note: str = ""
    note_for_pd: bool = False

    def stored(self) -> dict[str, Any]:
        """Return the fields that say something, as they are kept."""
        found = {name: value for name, value in asdict(self).items() if value or value == 0}
        return {name: value for name, value in found.items() if value is not False}
