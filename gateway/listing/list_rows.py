"""The rows of a list of cases: redacted texts only, as lists are read over shoulders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.rules import clocks
from gateway.rules.clocks import Chip
from gateway.rules.people import INBOX_ROLES, PD_ROLES, Staff
from gateway.rules.statuses import StatusWords
from gateway.runtime import Runtime
from gateway.settings import setting_labels
from gateway.showing.excerpts import untold
from gateway.showing.showing import channel_words, facts_of, list_time, pd_short, status_words
from store import labels, queues, reading
from store.models.complaint import Complaint
from store.search import START, STOP

_EXCERPT = 120
_IN_INBOX, _AT_PD = "inbox", "pd"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of an excerpt; `met` says that it is what was searched."""

    text: str
    met: bool = False


@dataclass(frozen=True)
class CaseRow:
    """One case of a list. `opens` says on which page this person works on it: inbox, pd or none."""

    ticket: str
    title: str
    excerpt: Sequence[Piece]
    status: StatusWords
    pd: str
    place: str
    channel: str
    channel_words: str
    updated: str
    opens: str
    files: int = 0
    tags: Sequence[str] = ()
    chip: Chip | None = None
    urgent: bool = False


def case_rows(
    runtime: Runtime,
    session: Session,
    staff: Staff,
    cases: Sequence[Complaint],
    excerpts: Mapping[int, str] | None = None,
) -> list[CaseRow]:
    """Return the rows of `cases` with five queries, however many there are.

    Args:
        runtime: the connected parts.
        session: the caller's transaction.
        staff: who reads.
        cases: in the order in which they are shown.
        excerpts: marked pieces of their texts by id, where something was searched.
    """
    ids = [case.id for case in cases]
    running = queues.most_pressing_clocks(session, ids)
    files = queues.attachment_counts(session, ids)
    pds = reading.pd_names(session)
    opens = _page_of(staff)
    marks = _labels(runtime, session, ids) if opens == _IN_INBOX else {}
    return [
        CaseRow(
            ticket=case.ticket,
            title=case.title,
            excerpt=pieces_of(
                (excerpts or {}).get(case.id) or untold(case.title, case.public_text, _EXCERPT)
            ),
            status=status_words(case),
            pd=pd_short(pds, case.pd_code),
            place=", ".join(name for name in (case.desa, case.kecamatan) if name),
            channel=case.channel.value,
            channel_words=channel_words(case),
            updated=list_time(runtime, case.last_activity_at),
            opens=opens,
            files=files.get(case.id, 0),
            tags=[*facts_of(case), *marks.get(case.id, ())] if opens == _IN_INBOX else (),
            chip=clocks.chip(running[case.id], runtime.now()) if case.id in running else None,
            urgent=case.emergency or case.priority.value == "urgent",
        )
        for case in cases
    ]


def _labels(runtime: Runtime, session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    """Return the words of the labels in use by case."""
    words = setting_labels.names(runtime)
    found = labels.of_cases(session, ids) if words else {}
    return {
        number: [words[code] for code in codes if code in words] for number, codes in found.items()
    }


def pieces_of(marked: str) -> list[Piece]:
    """Split an excerpt at its marks."""
    pieces = []
    for part in marked.split(START):
        met, stop, after = part.partition(STOP)
        if stop:
            pieces += [Piece(met, met=True), Piece(after)]
        else:
            pieces.append(Piece(met))
    return [piece for piece in pieces if piece.text]


def _page_of(staff: Staff) -> str:
    if staff.role in INBOX_ROLES:
        return _IN_INBOX
    return _AT_PD if staff.role in PD_ROLES else ""
