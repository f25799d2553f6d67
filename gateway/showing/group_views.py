"""How a case stands in its group and in its parts, as Diskominfo reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.cases.similar import reasons_between
from gateway.rules.clock_reasons import length_words
from gateway.rules.statuses import StatusWords
from gateway.runtime import Runtime
from gateway.showing.showing import (
    category_name,
    channel_words,
    pd_short,
    place_words,
    status_words,
)
from store import groups, queues, splits
from store.models.complaint import Complaint, ComplaintStatus, Privacy

_EXCERPT = 400


@dataclass(frozen=True, slots=True)
class Member:
    """A case that follows another one. `unread`: its reporter has written since."""

    ticket: str
    title: str
    channel: str
    secret: bool
    unread: bool


@dataclass(frozen=True, slots=True)
class PartView:
    """One part of a split case. `settled`: its PD's answer was accepted."""

    ticket: str
    number: int
    pd: str
    text: str
    status: StatusWords
    settled: bool
    cancellable: bool


@dataclass(frozen=True)
class Related:
    """The cases around one case: whom it follows, who follows it, its parts or its whole."""

    leading: str = ""
    members: Sequence[Member] = ()
    whole: str = ""
    parts: Sequence[PartView] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of two cases beside each other."""

    ticket: str
    title: str
    text: str
    status: StatusWords
    category: str
    place: str
    age: str
    channel: str
    pd: str
    secret: bool
    files: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cases to be judged, and why they may be the same."""

    case: Side
    other: Side
    reasons: str


def related(session: Session, complaint: Complaint, pds: Mapping[str, str]) -> Related:
    """Return the cases around this one."""
    leader = groups.leading(session, complaint)
    members = groups.followers_of(session, complaint.id)
    whole = session.get(Complaint, complaint.part_of_id) if complaint.part_of_id else None
    return Related(
        leading=leader.ticket if leader is not complaint else "",
        members=[
            Member(
                item.ticket,
                item.title,
                channel_words(item),
                item.privacy is Privacy.SECRET,
                item.citizen_wrote_at is not None,
            )
            for item in members
        ],
        whole=whole.ticket if whole else "",
        parts=part_views(session, complaint.part_of_id or complaint.id, pds),
    )


def part_views(session: Session, whole_id: int, pds: Mapping[str, str]) -> list[PartView]:
    """Return the parts of a split case in their order."""
    return [
        PartView(
            ticket=part.ticket,
            number=number,
            pd=pd_short(pds, part.pd_code) or "dikembalikan, menunggu Diskominfo",
            text=part.public_text,
            status=status_words(part),
            settled=part.status is ComplaintStatus.RESOLVED,
            cancellable=part.status in {ComplaintStatus.DISPOSED, ComplaintStatus.RECEIVED},
        )
        for number, part in enumerate(splits.parts_of(session, whole_id), start=1)
    ]


def pair(
    runtime: Runtime,
    session: Session,
    complaint: Complaint,
    other: Complaint,
    pds: Mapping[str, str],
) -> Pair:
    """Return two cases beside each other, without who reported them."""
    files = queues.attachment_counts(session, [complaint.id, other.id])
    sides = [_side(runtime, case, files.get(case.id, 0), pds) for case in (complaint, other)]
    return Pair(sides[0], sides[1], reasons_between(complaint, other))


def _side(runtime: Runtime, case: Complaint, files: int, pds: Mapping[str, str]) -> Side:
    return Side(
        ticket=case.ticket,
        title=case.title,
        text=case.public_text[:_EXCERPT],
        status=status_words(case),
        category=category_name(runtime, case.category_code) or "Belum diketahui",
        place=place_words(case),
        age=length_words(runtime.now() - case.received_at),
        channel=channel_words(case),
        pd=pd_short(pds, case.pd_code),
        secret=case.privacy is Privacy.SECRET,
        files=files,
    )
