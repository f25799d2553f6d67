"""Who reported: masked for everybody, opened for ten minutes by a reason that is kept."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from gateway.cases.casefile import citizen_of
from gateway.rules.people import Permission, Staff
from gateway.runtime import Runtime
from store import staff as staff_rows
from store.models.complaint import Complaint
from store.models.messaging import Conversation

OPEN_FOR = timedelta(minutes=10)
UNMASK = "unmask"

NIK_PROBLEMS = {
    "missing": "tanpa NIK",
    "invalid_length": "NIK tidak 16 angka",
    "invalid_date": "tanggal lahir di NIK keliru",
    "invalid_region": "kode wilayah NIK keliru",
    "kk_only": "nomor KK, bukan NIK",
    "photo_only": "hanya foto KTP",
    "multiple": "lebih dari satu NIK",
}

_IDENTITY_DIGITS = re.compile(r"(?:\d[ .\-]?){10,}")
_LONG_NUMBER = re.compile(r"(?<![\w-])\+?(?:\d[ .\-]?){9,24}\d(?!\w)")


@dataclass(frozen=True, slots=True)
class Reporter:
    """What an officer may read of the reporter now. `open_until` is None while masked."""

    name: str
    address: str
    nik: str
    nik_problem: str | None
    open_until: datetime | None = None


def open_until(
    runtime: Runtime, session: Session, staff: Staff, complaint_id: int
) -> datetime | None:
    """Return until when this officer may read the identity (aware UTC), or None."""
    if not staff.may(Permission.OPEN_IDENTITY):
        return None
    since = runtime.now() - OPEN_FOR
    opened_at = staff_rows.last_audit(session, UNMASK, staff.id, complaint_id, since)
    return opened_at + OPEN_FOR if opened_at else None


def reporter(runtime: Runtime, session: Session, staff: Staff, complaint: Complaint) -> Reporter:
    """Return the reporter as this officer may read them now."""
    conversation = citizen_of(session, complaint)
    name = complaint.reporter_name or (conversation.sender_name if conversation else None) or ""
    address = (conversation.sender if conversation else None) or ""
    until = open_until(runtime, session, staff, complaint.id)
    problem = NIK_PROBLEMS.get(complaint.nik_problem or "")
    if until is not None:
        return Reporter(name or "-", address or "-", complaint.nik or "-", problem, until)
    return Reporter(mask_name(name), mask_address(address), mask_nik(complaint.nik or ""), problem)


def values_known(session: Session, complaint: Complaint) -> list[str]:
    """Return which kinds of values stand open once the identity is: name, address, nik."""
    conversation = citizen_of(session, complaint)
    known = {
        "name": complaint.reporter_name or (conversation and conversation.sender_name),
        "address": conversation and conversation.sender,
        "nik": complaint.nik,
    }
    return [kind for kind, value in known.items() if value]


def masked_sender(conversation: Conversation) -> Reporter:
    """Return the sender of a conversation without complaint: always masked."""
    return Reporter(
        mask_name(conversation.sender_name or ""),
        mask_address(conversation.sender or ""),
        "-",
        None,
    )


def mask_name(name: str) -> str:
    """``Siti Aminah`` becomes ``S••• A•••••``."""
    return " ".join(word[0] + "•" * min(len(word) - 1, 5) for word in name.split()) or "-"


def mask_address(address: str) -> str:
    """``+6281255501021`` becomes ``+62 812-****-021``; other addresses keep their last three."""
    phone = re.fullmatch(r"(?:whatsapp:)?\+?(62)(\d{3})\d+(\d{3})", address)
    if phone:
        return f"+{phone[1]} {phone[2]}-****-{phone[3]}"
    return f"****{address[-3:]}" if len(address) > 3 else ("****" if address else "-")


def mask_numbers(text: str) -> str:
    """Hide NIK, phone and other long numbers in what a citizen wrote, but for their last three.

    Ten digits and more, also where they are written in groups; dates and ticket numbers stay.
    """
    return _LONG_NUMBER.sub(lambda found: f"****{re.sub(r'[^0-9]', '', found[0])[-3:]}", text)


def shows_a_number(text: str) -> bool:
    """Whether a text that others will read holds what may be a NIK or a phone number."""
    return _IDENTITY_DIGITS.search(text) is not None


def mask_nik(nik: str) -> str:
    """Only the last four digits stay."""
    return f"****{nik[-4:]}" if nik else "-"
