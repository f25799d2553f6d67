"""The messages of a draft as every reader needs them, each thing worked out once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from normalizer.draft import Context, DialogueState, SourceMessage
from normalizer.numbers import Number, find_numbers
from normalizer.roles import Role, Roles
from normalizer.ticket_query import read_ticket_query
from normalizer.transcript import Transcript


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
        return [
            message
            for message in self.transcript.messages
            if self.roles.awaited[message.id] in keys and self.roles.is_content(message)
        ]


def mask(low: str, numbers: Iterable[Number]) -> str:
    """Blank out long numbers, so that no rule reads a date or a house number out of a NIK."""
    parts: list[str] = []
    position = 0
    for number in numbers:
        parts.append(low[position : number.start] + "#" * (number.end - number.start))
        position = number.end
    return "".join(parts) + low[position:]
