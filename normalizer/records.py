"""The command line's shape of things: gold-set rows in, findings out, as plain JSON values."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from channels.message import ChannelName
from normalizer.assemble import assemble
from normalizer.dialogue import missing_fields
from normalizer.draft import (
    ComplaintDraft,
    Context,
    DialogueState,
    Field,
    Kind,
    Place,
    Precision,
    ResolvedTime,
    SourceMessage,
)
from normalizer.findings import found_fields
from normalizer.tenant import Tenant

_KINDS = {
    Kind.COMPLAINT: "pengaduan",
    Kind.ASPIRATION: "aspirasi",
    Kind.INFORMATION_REQUEST: "permintaan_informasi",
    Kind.EMERGENCY: "darurat",
    Kind.SPAM: "spam",
    Kind.GREETING: "sapaan",
}
_FIELDS = {Field.NIK: "nik", Field.STORY: "isi", Field.PLACE: "lokasi", Field.TIME: "waktu"}
_CHANNELS = {
    "facebook": ChannelName.MESSENGER,
    "telepon": ChannelName.VOICE,
    "email": ChannelName.OPERATOR,
}
_FORMATS = {
    Precision.MINUTE: "%Y-%m-%dT%H:%M",
    Precision.HOUR: "%Y-%m-%dT%H:%M",
    Precision.MONTH: "%Y-%m",
    Precision.YEAR: "%Y",
}
_NO_MISSING = (Kind.SPAM, Kind.GREETING)


def findings_of(row: Mapping[str, Any], tenant: Tenant) -> dict[str, Any]:
    """Understand one conversation of a file as one draft.

    Args:
        row: ``{id, channel, received_at, messages: [{at, text, attachments}]}``.
        tenant: the government it was sent to.
    """
    messages = [_message(index, message) for index, message in enumerate(row["messages"])]
    now = messages[-1].at if messages else datetime.fromisoformat(row["received_at"])
    context = Context(tenant, _channel(str(row.get("channel", "whatsapp"))), now)
    draft = assemble(DialogueState(), messages, context).draft
    return {"id": row["id"], **findings(draft)}


def findings(draft: ComplaintDraft) -> dict[str, Any]:
    """Write a draft with the field names of the gold set."""
    kind = draft.kind.value
    missing = missing_fields(kind, found_fields(draft))
    ordered = [name for field, name in _FIELDS.items() if field in missing]
    empty = kind in _NO_MISSING
    return {
        "nik": draft.nik.value if draft.nik else None,
        "nik_problem": None if empty or draft.nik_problem is None else draft.nik_problem.value,
        "sex": draft.sex,
        "birth_date": draft.birth_date.isoformat() if draft.birth_date else None,
        "reporter_name": draft.reporter_name.value if draft.reporter_name else None,
        "event_start": _event(draft.event_start.value) if draft.event_start else None,
        "location": _location(draft.place.value) if draft.place else None,
        "category": None if empty or draft.category is None else draft.category.value,
        "pd": draft.pd_suggestions[0].pd if draft.pd_suggestions and not empty else None,
        "pd_top": [] if empty else [suggestion.pd for suggestion in draft.pd_suggestions],
        "kind": _KINDS[kind],
        "anonymous": draft.anonymous,
        "secret": draft.secret,
        "urgent": draft.urgent,
        "complete": None if empty else not ordered,
        "missing": ordered,
        "ticket_query": draft.ticket_query,
        "title": draft.title,
        "public_text": draft.public_text,
        "evidence": _evidence(draft, ordered),
    }


def _evidence(draft: ComplaintDraft, missing: list[str]) -> dict[str, str]:
    """Say in words what each finding rests on, for those who improve the rules."""
    told = {"kind": f"sure to {draft.kind.confidence:.0%}", "missing": ", ".join(missing)}
    if draft.pd_suggestions:
        words = ", ".join(draft.pd_suggestions[0].words)
        told["category"] = f"{draft.pd_suggestions[0].pd} by: {words}"
    if draft.place:
        told["location"] = f"read from: {draft.place.value.text}"
    if draft.event_start:
        told["event_start"] = f"read from: {draft.event_start.value.text}"
    return told


def _message(index: int, message: Mapping[str, Any]) -> SourceMessage:
    return SourceMessage(
        id=str(index),
        at=datetime.fromisoformat(message["at"]),
        text=str(message.get("text") or "").replace("\x00", ""),
        attachments=tuple(message.get("attachments") or ()),
    )


def _channel(name: str) -> ChannelName:
    known = _CHANNELS.get(name)
    if known is not None:
        return known
    return ChannelName(name) if name in set(ChannelName) else ChannelName.OPERATOR


def _event(time: ResolvedTime) -> dict[str, Any]:
    event: dict[str, Any] = {
        "value": time.value.strftime(_FORMATS.get(time.precision, "%Y-%m-%d")),
        "precision": time.precision.value,
        "text": time.text,
    }
    if time.tolerance_days:
        event["tolerance_days"] = time.tolerance_days
    if time.approximate:
        event["approx"] = True
    return event


def _location(place: Place) -> dict[str, Any]:
    return {
        "text": place.text,
        "desa": place.desa,
        "kecamatan": place.kecamatan,
        "street": place.street,
        "rt": place.rt,
        "rw": place.rw,
        "landmark": place.landmark,
        "kecamatan_inferred": place.kecamatan_inferred,
        "kode_wilayah": place.region_code,
        "outside_region": place.outside_region,
        "pole": place.pole,
    }
