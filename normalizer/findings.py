"""Reads all findings out of the messages of one draft, one reader after the other."""

import re
from dataclasses import replace

from normalizer.attachments import (
    all_attachments,
    identity_photos,
    last_pin,
    returning_photos,
)
from normalizer.card import CardOffer
from normalizer.cards import Cards, read_cards, same_person
from normalizer.chronology import read_chronology
from normalizer.commands import Command
from normalizer.draft import (
    ChronologyEntry,
    ComplaintDraft,
    Field,
    Finding,
    Kind,
    NikProblem,
    Place,
    ResolvedTime,
    Span,
)
from normalizer.gazetteer import gazetteer_of
from normalizer.kind import read_kind
from normalizer.landmarks import is_estate
from normalizer.location import merge_places, read_place
from normalizer.names import Name, find_names
from normalizer.nik import NikReading, check_nik, read_nik
from normalizer.numbers import Number, find_numbers
from normalizer.privacy import find_marks, read_wishes
from normalizer.reading import Reading, mask
from normalizer.roles import Role, is_test
from normalizer.routing import suggest
from normalizer.summary import make_title
from normalizer.transcript import read_transcript
from normalizer.wording import public_text_of, redactions_of, story_of

_CORRECTING = frozenset({"konfirmasi", "ubah_apa"})
_ANSWER_WORDS = 12
_UNSURE = 0.45
_CARD_SURE = 0.95
_SAYS_NOTHING = re.compile(
    r"\W*(?:apa|apa itu|maksudnya|gimana|dimana|mana|kenapa|knp|hah|ha|\?)*\W*"
)
_HAS_EVENT = frozenset({Kind.COMPLAINT, Kind.EMERGENCY})


def read_draft(reading: Reading) -> ComplaintDraft:
    """Return everything that the messages say, in one record."""
    photos = identity_photos(reading.transcript, reading.roles)
    nik = _read_nik(reading, photo=bool(photos))
    names = _read_names(reading, nik)
    event, chronology = _read_time(reading)
    kind = _read_kind(reading, event)
    if kind.value is Kind.EMERGENCY and event is None:
        event, chronology = read_chronology(
            reading.transcript, reading.masked, reading.zone, ongoing=True
        )
    marks = find_marks(reading.transcript.text, reading.numbers, names)
    public_text = public_text_of(reading, marks, kind.value)
    category, pds = suggest(reading.masked, reading.context.tenant)
    name = next((name for name in names if name.reporter), None)
    anonymous, secret = _read_privacy(reading)
    draft = ComplaintDraft(
        kind=kind,
        nik=_found(reading, nik.number, nik.number.digits, nik.confidence) if nik.number else None,
        nik_problem=nik.problem,
        sex=nik.check.sex if nik.check else None,
        birth_date=nik.check.birth_date if nik.check else None,
        reporter_name=_found(reading, name, name.text, name.confidence) if name else None,
        event_start=event if kind.value in _HAS_EVENT else None,
        chronology=chronology if kind.value in _HAS_EVENT else (),
        place=_read_place(reading, kind.value),
        category=category,
        pd_suggestions=pds,
        anonymous=anonymous,
        secret=secret,
        urgent=kind.value is Kind.EMERGENCY,
        ticket_query=reading.ticket_query,
        story=story_of(reading),
        title=make_title(public_text),
        public_text=public_text,
        redactions=redactions_of(reading, marks),
        attachments=all_attachments(reading.transcript),
        identity_photos=_hidden(reading, photos) if nik.number else photos,
    )
    return _with_card(draft, reading, nik)


def _hidden(reading: Reading, photos: tuple[str, ...]) -> tuple[str, ...]:
    returning = returning_photos(reading.transcript)
    return tuple(photo for photo in photos if photo not in returning)


def found_fields(draft: ComplaintDraft) -> frozenset[Field]:
    """Return the fields that the messages answer."""
    checks = (
        (Field.NIK, draft.nik is not None and draft.card_offer is None),
        (Field.STORY, bool(draft.story)),
        (Field.PLACE, draft.place is not None and draft.place.value.sufficient),
        (Field.TIME, draft.event_start is not None),
    )
    return frozenset(name for name, holds in checks if holds)


def _read_nik(reading: Reading, *, photo: bool) -> NikReading:
    asked = [
        index
        for index, message in enumerate(reading.transcript.messages)
        if reading.roles.awaited[message.id] == "nik_ganda"
    ]
    answer_from = reading.transcript.starts[asked[0]] if asked else None
    return read_nik(reading.numbers, reading.today, answer_from=answer_from, photo=photo)


def _read_names(reading: Reading, nik: NikReading) -> tuple[Name, ...]:
    areas = gazetteer_of(reading.context.tenant).area_keys
    return find_names(reading.transcript, nik.number, areas)


def _read_time(
    reading: Reading,
) -> tuple[Finding[ResolvedTime] | None, tuple[ChronologyEntry, ...]]:
    """Read the event time; what answers "when" or corrects goes before the story."""
    event, entries = read_chronology(reading.transcript, reading.masked, reading.zone)
    answers = reading.answers("minta_waktu", *_CORRECTING)
    if answers:
        part = read_transcript(answers)
        masked = mask(part.low, find_numbers(part.text, part.low))
        answered, _ = read_chronology(part, masked, reading.zone, ongoing=True)
        event = answered or event
    return event, entries


def _read_kind(reading: Reading, event: Finding[ResolvedTime] | None) -> Finding[Kind]:
    roles = reading.roles
    content = roles.content
    if not content:
        return _kind_without_content(reading)
    if not any(message.text.strip() for message in content):
        return Finding(Kind.COMPLAINT, 0.6)
    kind = read_kind(
        reading.masked,
        event.value if event else None,
        content[-1].at.astimezone(reading.zone),
        extra_danger=reading.context.tenant.emergency_words,
    )
    return _in_context(kind, reading)


def _in_context(kind: Finding[Kind], reading: Reading) -> Finding[Kind]:
    """Correct what the words alone say by what else is known of the conversation."""
    if kind.value is Kind.EMERGENCY:
        orders = reading.roles.orders.values()
        calmed = any(order.command is Command.LANJUT for order in orders)
        return Finding(Kind.COMPLAINT, 0.7) if calmed else kind
    if reading.ticket_query is not None:
        return Finding(Kind.INFORMATION_REQUEST, 0.9)
    # Who was asked for a complaint and answers with "pagi pak" still has one to tell.
    if kind.value is Kind.GREETING and reading.state.awaiting is not None:
        return Finding(Kind.COMPLAINT, 0.5)
    return kind


def _kind_without_content(reading: Reading) -> Finding[Kind]:
    """Greetings, tests of the line, or nothing but orders."""
    if reading.state.awaiting is not None:
        return Finding(Kind.COMPLAINT, 0.5)
    greetings = [
        message
        for message in reading.transcript.messages
        if reading.roles.role[message.id] is Role.GREETING
    ]
    if greetings and all(is_test(message.text) for message in greetings):
        return Finding(Kind.SPAM, 0.4)
    return Finding(Kind.GREETING if greetings else Kind.COMPLAINT, 0.9)


def _read_place(reading: Reading, kind: Kind) -> Finding[Place] | None:
    tenant, transcript = reading.context.tenant, reading.transcript
    told = read_place(transcript.text, reading.masked, tenant, last_pin(transcript))
    finding = None
    if told is not None:
        found, start, end = told
        finding = replace(found, span=transcript.span(start, end)) if end else found
    answer = _answered_place(reading)
    if answer is not None:
        merged = merge_places(finding.value if finding else None, answer.value)
        finding = Finding(merged or answer.value, answer.confidence, answer.span)
    if finding is not None and kind is Kind.INFORMATION_REQUEST:
        return _without_office(finding)
    return finding


def _answered_place(reading: Reading) -> Finding[Place] | None:
    """Read the place out of the answer to "where"; an answer in unknown words is a landmark."""
    answers = reading.answers("minta_lokasi", *_CORRECTING)
    if not answers:
        return None
    part = read_transcript(answers)
    masked = mask(part.low, find_numbers(part.text, part.low))
    told = read_place(part.text, masked, reading.context.tenant, last_pin(part))
    if told is not None and (told[0].value.sufficient or told[0].value.kecamatan):
        return replace(told[0], span=part.span(told[1], told[2]))
    bare = [m for m in answers if reading.roles.awaited[m.id] == "minta_lokasi"]
    text = " ".join(" ".join(m.text.split()) for m in bare)[:120]
    if len(text.split()) > _ANSWER_WORDS or _SAYS_NOTHING.fullmatch(text.lower()):
        return None
    return Finding(Place(text, landmark=text), _UNSURE, part.span(0, len(part.messages[0].text)))


def _without_office(finding: Finding[Place]) -> Finding[Place] | None:
    """An office in a question is who is asked, not where something happened."""
    place = finding.value
    if place.landmark is None or place.street or place.desa or is_estate(place.landmark):
        return finding
    return None


def _found(reading: Reading, told: Number | Name, value: str, confidence: float) -> Finding[str]:
    return Finding(value, confidence, reading.transcript.span(told.start, told.end))


def _with_card(draft: ComplaintDraft, reading: Reading, nik: NikReading) -> ComplaintDraft:
    """Add what photos of identity cards tell: a NIK only once the citizen has confirmed it."""
    if not any(message.cards for message in reading.transcript.messages):
        return draft
    typed = (nik.number.digits, nik.number.start) if nik.number else None
    cards = read_cards(reading.transcript, reading.roles, reading.state, typed)
    if cards.confirmed is not None:
        card = cards.confirmed
        check = check_nik(card.nik, reading.today)
        draft = replace(
            draft,
            nik=Finding(card.nik, _CARD_SURE, Span(card.message_id, 0, 0)),
            nik_problem=None,
            sex=check.sex,
            birth_date=check.birth_date,
            reporter_name=draft.reporter_name
            or (Finding(card.name, _CARD_SURE) if card.name else None),
        )
    elif typed is None and (cards.several or cards.family):
        draft = replace(draft, nik_problem=_card_problem(draft.nik_problem, cards))
    return _with_offer(draft, cards)


def _card_problem(problem: NikProblem | None, cards: Cards) -> NikProblem | None:
    if cards.several:
        return NikProblem.MULTIPLE
    return NikProblem.KK_ONLY if cards.family and problem is NikProblem.PHOTO_ONLY else problem


def _with_offer(draft: ComplaintDraft, cards: Cards) -> ComplaintDraft:
    offer, given = cards.offer, draft.reporter_name
    if offer is None:
        return draft
    stranger = bool(given and offer.name and not same_person(given.value, offer.name))
    return replace(
        draft,
        card_offer=CardOffer(offer.nik, offer.message_id, stranger),
    )


def _read_privacy(reading: Reading) -> tuple[bool, bool]:
    """Return (anonymous, secret): as chosen by a word or button before the wishes in the text."""
    chosen = reading.state.privacy
    if chosen is not None:
        return chosen == "anonymous", chosen == "secret"
    return read_wishes(reading.transcript.low)
