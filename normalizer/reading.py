"""The messages of a draft as every reader needs them, each thing worked out once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from normalizer.draft import Context, DialogueState, SourceMessage
from normalizer.numbers import Number, find_numbers
from normalizer.roles import Role, Roles
from normalizer.routing import suggest
from normalizer.ticket_query import read_ticket_query
from normalizer.transcript import Transcript

# Keys whose answers are fields, not story.
_ANSWERED = frozenset({"minta_lokasi", "minta_waktu", "konfirmasi", "ubah_apa"})
_ANSWER_WORDS = 12


@dataclass(frozen=True)
class Reading:
    """The messages of a draft as every reader needs them."""

    transcript: Transcript
    roles: Roles
    state: DialogueState
    context: Context

    @cached_property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return ZoneInfo(self.context.tenant.timezone)

    @cached_property
    def today(self) -> date:
        """The date at the tenant when the last message was written."""
        messages = self.transcript.messages
        at = messages[-1].at if messages else self.context.now
        return at.astimezone(self.zone).date()

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """All long numbers."""
        return find_numbers(self.transcript.text, self.transcript.low)

    @cached_property
    def ticket_query(self) -> str | None:
        """The ticket that is asked about."""
        return read_ticket_query(self.transcript.low)

    @cached_property
    def masked(self) -> str:
        """Lower-case text, long numbers and orders blanked out, same length."""
        masked = mask(self.transcript.low, self.numbers)
        for index, message in enumerate(self.transcript.messages):
            if self.roles.role[message.id] is Role.ORDER:
                start, end = self.transcript.range_of(index)
                masked = masked[:start] + " " * (end - start) + masked[end:]
        return masked

    def answers(self, *keys: str) -> list[SourceMessage]:
        """Return the content that came while one of these keys was awaited."""
        awaited = self.roles.awaited
        return [message for message in self.roles.content if awaited[message.id] in keys]

    @cached_property
    def told(self) -> list[tuple[int, SourceMessage]]:
        """The messages that tell the matter, with where each begins.

        Short answers to our questions are fields, unless nothing else says what is the matter: "Di
        mana lokasinya?" may well be answered with the whole complaint.
        """
        role, awaited = self.roles.role, self.roles.awaited
        messages = zip(self.transcript.starts, self.transcript.messages, strict=True)
        content = [pair for pair in messages if role[pair[1].id] is Role.CONTENT]
        if _ANSWERED.isdisjoint(awaited.values()):
            return content
        told = [
            (start, message)
            for start, message in content
            if awaited[message.id] not in _ANSWERED or len(message.text.split()) > _ANSWER_WORDS
        ]
        return told if told == content or self._name_a_matter(told) else content

    def _name_a_matter(self, told: Sequence[tuple[int, SourceMessage]]) -> bool:
        texts = [self.masked[start : start + len(message.text)] for start, message in told]
        return suggest("\n".join(texts), self.context.tenant)[0] is not None


def mask(low: str, numbers: Iterable[Number]) -> str:
    """Blank out long numbers, so that no rule reads a date or a house number out of a NIK."""
    parts: list[str] = []
    position = 0
    for number in numbers:
        parts.append(low[position : number.start] + "#" * (number.end - number.start))
        position = number.end
    return "".join(parts) + low[position:]
