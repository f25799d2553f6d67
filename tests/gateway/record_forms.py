"""Filled forms of Catat aduan, for the tests of what becomes of them."""

import secrets
from typing import Any

from gateway.cases.recording_form import CALL, SOCIAL
from gateway.recording import recording, recording_drafts
from gateway.recording.recording import Receipt
from gateway.recording.recording_drafts import DraftView, Upload
from gateway.rules.people import Staff
from gateway.runtime import Runtime

PHONE = "0812-5550-1044"
E164 = "+6281255501044"
NIK = "1403010107859002"
CALLED = {
    "source": "phone",
    "kind": "complaint",
    "privacy": "anonymous",
    "name": "Siti Aminah",
    "nik": NIK,
    "story": "Lampu jalan mati dan gelap sekali, kata Siti Aminah",
    "event": "kemarin sore",
    "place": "Desa Air Putih",
    "landmark": "depan Masjid Al-Ikhlas",
}
POSTED = {
    "link": "https://x.com/warga_uji/status/1234567890",
    "name": "@warga_uji",
    "kind": "complaint",
    "privacy": "anonymous",
    "story": "Jalan Antara berlubang besar, sudah dua motor jatuh",
    "place": "Desa Wonosari",
    "posted": "2026-11-19T20:15",
}


def keep(
    runtime: Runtime,
    staff: Staff,
    key: str = "",
    uploads: tuple[Upload, ...] = (),
    form: str = CALL,
    **fields: str,
) -> str:
    """Keep a form and return its key."""
    key = key or secrets.token_urlsafe(12)
    filled = {**(POSTED if form == SOCIAL else CALLED), **fields}
    recording_drafts.keep_draft(runtime, staff, DraftView(key, form, filled, []), uploads)
    return key


def save(runtime: Runtime, staff: Staff, **more: Any) -> Receipt:
    """Fill a form in and save it."""
    return recording.save(runtime, staff, keep(runtime, staff, **more))
