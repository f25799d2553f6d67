"""What the service reads in a record while an officer still types it: beside the form, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.cases.identity import NIK_PROBLEMS
from gateway.cases.recording_form import Record, caller_addresses, read_phone
from gateway.cases.similar import SimilarCase, similar_cases
from gateway.recording.recording_reading import Said, read_said, spoken_fields
from gateway.rules.dates import day_and_time, local, long_day
from gateway.runtime import Runtime
from normalizer.draft import ComplaintDraft, Field, NikProblem, Place, Precision, ResolvedTime
from normalizer.duplicates import Incident
from store import conversations, reach
from store.reach import Contact

_SHOWN = 3
_MISSING_WORDS = {
    Field.STORY: "apa yang terjadi",
    Field.PLACE: "di mana",
    Field.TIME: "kapan",
}
_BY_THE_CLOCK = frozenset({Precision.MINUTE, Precision.HOUR})


@dataclass(frozen=True)
class Checked:
    """The findings in words.

    `similar` are open cases that may be the same, `earlier` (ticket, title) of those of the phone.
    """

    danger: bool
    nik: str
    nik_good: bool
    phone: str
    event: str
    place: str
    category: str
    missing: Sequence[str]
    similar: Sequence[SimilarCase]
    earlier: Sequence[tuple[str, str]]


def check(runtime: Runtime, session: Session, fields: Mapping[str, str]) -> Checked:
    """Return what the fields say so far; nothing in them is a mistake yet."""
    story = fields.get("story", "").strip()
    record = Record(
        source=fields.get("source", ""),
        story=story,
        nik=fields.get("nik", ""),
        name=fields.get("name", "").strip(),
        event=fields.get("event", "").strip(),
        place=fields.get("place", "").strip(),
        landmark=fields.get("landmark", "").strip(),
    )
    said = [Said(str(place), text, key) for place, (text, key) in enumerate(spoken_fields(record))]
    read = read_said(runtime, record, said, runtime.now())
    draft = read.draft
    return Checked(
        danger=draft.urgent or bool(fields.get("danger")),
        nik=_nik_words(record, draft.nik_problem),
        nik_good=draft.nik is not None,
        phone=_phone_words(fields.get("phone", "")),
        event=_event_words(runtime, draft),
        place=_place_words(draft.place.value) if draft.place else "",
        category=_category(runtime, draft),
        missing=[_MISSING_WORDS[name] for name in read.missing if name in _MISSING_WORDS],
        similar=similar_cases(runtime, session, _incident(runtime, draft)) if story else [],
        earlier=_earlier(runtime, session, fields.get("phone", "")),
    )


def _nik_words(record: Record, problem: NikProblem | None) -> str:
    if problem is None:
        return "cocok"
    if problem is NikProblem.MISSING and not record.nik.strip():
        return "tanpa NIK, tetap diterima"
    return f"{NIK_PROBLEMS[problem.value]}, tetap diterima dan ditandai"


def _phone_words(typed: str) -> str:
    if not typed.strip():
        return ""
    phone = read_phone(typed)
    return f"+{phone[1:3]} {phone[3:]}" if phone else "belum benar"


def _event_words(runtime: Runtime, draft: ComplaintDraft) -> str:
    if draft.event_start is None:
        return ""
    time: ResolvedTime = draft.event_start.value
    zone = runtime.profile.timezone
    if time.precision in _BY_THE_CLOCK:
        return day_and_time(time.value, zone)
    return f"{long_day(local(time.value, zone).date())} (“{time.text}”)"


def _place_words(place: Place) -> str:
    kecamatan = place.kecamatan or place.kecamatan_inferred
    words = [
        place.landmark,
        place.street,
        f"Desa {place.desa}" if place.desa else None,
        f"Kec. {kecamatan}" if kecamatan else None,
        "disebut di luar wilayah" if place.outside_region else None,
    ]
    return ", ".join(word for word in words if word) or place.text


def _category(runtime: Runtime, draft: ComplaintDraft) -> str:
    code = draft.category.value if draft.category else None
    return next((item.name for item in runtime.tenant.categories if item.code == code), "")


def _earlier(runtime: Runtime, session: Session, typed: str) -> Sequence[tuple[str, str]]:
    """Return the newest cases of whoever has this phone, as far as they wrote or agreed to SMS."""
    phone = read_phone(typed)
    if phone is None:
        return []
    found = [
        reach.find_conversation(session, Contact(name, runtime.channels[name].account, address))
        for name, address in caller_addresses(phone)
        if name in runtime.channels
    ]
    ids = [conversation_id for conversation_id in found if conversation_id is not None]
    known = conversations.recent_complaints(session, ids, _SHOWN) if ids else {}
    cases = {item.ticket: item.title for items in known.values() for item in items}
    return sorted(cases.items(), reverse=True)[:_SHOWN]


def _incident(runtime: Runtime, draft: ComplaintDraft) -> Incident:
    place = draft.place.value if draft.place else None
    return Incident(
        text=draft.public_text,
        at=runtime.now(),
        category=draft.category.value if draft.category else None,
        desa=place.desa if place else None,
        street=place.street if place else None,
        landmark=place.landmark if place else None,
        pin=place.pin if place else None,
    )
