"""Decides whether new messages belong to a complaint already filed or begin a new one.

Late siblings (within two minutes of the ticket) join it, photos alone join it, questions and thanks
join it; a problem of its own opens a new draft, however soon it comes.
"""

import re
from datetime import timedelta

from normalizer.draft import (
    Act,
    ComplaintDraft,
    Context,
    DialogueState,
    Kind,
    KnownComplaint,
    SourceMessage,
)
from normalizer.gazetteer import fold_name
from normalizer.orders import Step
from normalizer.roles import Role, Roles
from normalizer.ticket import parse_ticket

_LATE_SIBLING = timedelta(minutes=2)
_MEDIA_JOINS = timedelta(hours=24)
_FOLLOW_UP = re.compile(
    r"\b(?:kapan|kpn|bila|gimana|gmn|bagaimana|bgmn|perkembangan\w*|kelanjutan\w*|"
    r"tindak ?lanjut\w*|"
    r"update|progres\w*|kok belum|belum juga|blm jg|blm juga|masih (?:blm|belum)|sampai sekarang|"
    r"(?:ter)?ima ?kasih|trima kasih|makasih|mksh|tq|thanks|thx|hatur nuhun|nuhun|makase|"
    r"foto (?:tambahan|susulan|nya|lain)|ini (?:foto|fotonya|videonya|video|lokasi|lokasinya|"
    r"buktinya)|"
    r"tambahan|susulan|menambahkan|sudah (?:diperbaiki|dikerjakan|selesai|bagus|nyala))\b"
)
_ANEW = re.compile(
    r"\b(?:lapor|aduan|adukan|laporan|masalah|keluhan|pengaduan) (?:lagi|lain|baru|yang lain|"
    r"yg lain|"
    r"kedua|berbeda)|\b(?:mau|ingin|nak|pengen|izin|ijin) (?:me)?(?:lapor|ngadu|ngelapor|adu)\w*|"
    r"\bada lagi\b|\b(?:lain|beda) (?:lagi|masalah)\b"
)


def place_in_thread(
    draft: ComplaintDraft, state: DialogueState, roles: Roles, context: Context
) -> Step | None:
    """Return the step that joins the new messages to a known complaint, or None for a draft."""
    if state.awaiting is not None or not context.known or _draft_in_progress(roles):
        return None
    content = [message for message in roles.new if roles.role[message.id] is Role.CONTENT]
    if not content:
        return None
    named = _named(content, context)
    if named is not None:
        return Step(Act.APPEND, ticket=named.ticket, immediate=True)
    latest = context.known[0]
    late = timedelta(0) <= content[0].at - latest.filed_at <= _LATE_SIBLING
    if latest.disputed or (late and not _stands_alone(draft, content, latest)):
        return Step(Act.APPEND, ticket=latest.ticket, immediate=True)
    joined = _joined(draft, content, context)
    return None if joined is None else Step(Act.APPEND, ticket=joined.ticket)


def _draft_in_progress(roles: Roles) -> bool:
    new = {message.id for message in roles.new}
    return any(message.id not in new for message in roles.content)


def _named(content: list[SourceMessage], context: Context) -> KnownComplaint | None:
    tickets = {parse_ticket(message.text) for message in content}
    return next((known for known in context.known if known.ticket in tickets), None)


def _joined(
    draft: ComplaintDraft, content: list[SourceMessage], context: Context
) -> KnownComplaint | None:
    """Return the complaint that the messages add to, or None when they stand for themselves."""
    text = "\n".join(message.text for message in content).lower()
    latest = next((known for known in context.known if known.open), None)
    if not text.strip():
        recent = latest or context.known[0]
        return recent if content[0].at - recent.filed_at <= _MEDIA_JOINS else None
    if _ANEW.search(text) or draft.kind.value is Kind.SPAM or draft.ticket_query is not None:
        return None
    if _own_matter(draft, latest):
        return None
    if latest is None:
        return context.known[0] if _FOLLOW_UP.search(text) else None
    return latest


def _stands_alone(
    draft: ComplaintDraft, content: list[SourceMessage], latest: KnownComplaint
) -> bool:
    """Whether what comes right behind a ticket is a whole complaint, not a late part of it.

    It tells a problem, and either an own NIK, another place, or that it is another report.
    Photos, pins, short additions and thanks tell no problem or no such thing.
    """
    if draft.category is None or draft.kind.value in (Kind.GREETING, Kind.SPAM):
        return False
    text = "\n".join(message.text for message in content).lower()
    told = draft.place is not None and draft.place.value.sufficient
    if _ANEW.search(text) or (draft.nik is not None and told):
        return True
    return not _FOLLOW_UP.search(text) and _is_elsewhere(draft, latest)


def _is_elsewhere(draft: ComplaintDraft, latest: KnownComplaint) -> bool:
    """Whether the draft names another desa, or for another category a place not yet told."""
    category = draft.category.value if draft.category else None
    if draft.place is None:
        return False
    place = draft.place.value
    if place.desa is not None and latest.desa is not None:
        return place.desa != latest.desa
    told = place.street or place.landmark or place.desa
    if told is None or latest.category in (None, category):
        return False
    return fold_name(told) not in fold_name(latest.text)


def _own_matter(draft: ComplaintDraft, latest: KnownComplaint | None) -> bool:
    """Whether the draft speaks of another category or another desa than the open complaint."""
    if latest is None or draft.kind.value is Kind.GREETING:
        return False
    category = draft.category.value if draft.category else None
    if category is not None and category != latest.category:
        return True
    desa = draft.place.value.desa if draft.place else None
    return category is not None and desa is not None and desa != latest.desa
