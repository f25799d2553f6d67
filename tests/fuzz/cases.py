"""One damaged request for each number, and what must hold of it in the real app."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from channels.message import InboundMessage, RottenEvent
from channels.registry import PROVIDERS, adapters_for
from channels.webhook import WebhookRequest
from gateway.intake.webhook_events import CRASH, Reading, read_events
from store.messages import scope_of
from store.models.messaging import Message, QuarantinedEvent, WebhookDelivery
from tests.channels.contract_cases import as_request
from tests.conformance.payload_set import FOLDERS, Call, PayloadSet, load
from tests.conformance.service import Service
from tests.fuzz.mutations import Shape, damage

# Twilio signs what it reads out of the form: of a damaged one we may read something else.
_SIGNS_FIELDS = {"twilio", "voice"}
_FORGED_SHARE = 0.05
_MOST_TRIES = 300


@dataclass(frozen=True)
class Damaged:
    """A request, and whether its signature was made with the good key.

    `entry` is the row of the index that it was made from; None if it was read from a file.
    """

    call: Call
    genuine: bool
    entry: dict[str, Any] | None = None


@dataclass(frozen=True)
class Source:
    """The genuine requests of one provider."""

    provider: str
    payloads: PayloadSet
    rows: tuple[dict[str, Any], ...]

    def damaged(self, seed: str, number: int) -> Damaged:
        """Return request `number`; the same one for the same seed."""
        rng = Random(f"{seed}:{self.provider}:{number}")  # noqa: S311 - no secret, a repeatable draw
        row = rng.choice(self.rows)
        other = self.payloads.body(rng.choice(self.rows))
        shape = Shape(
            body=self.payloads.body(row),
            query=str(row.get("query", "")),
            headers=_unsigned(row.get("headers", {})),
            content_type=row["content_type"] or "",
        )
        shape = damage(rng, shape, other)
        genuine = rng.random() >= _FORGED_SHARE
        entry = row | {
            "signature": "valid" if genuine else rng.choice(("other_secret", "missing")),
            "query": shape.query,
            "content_type": shape.content_type,
            "headers": {name: text for name, text in shape.headers.items() if name},
        }
        return Damaged(self.payloads.call(entry, shape.body), genuine, entry)

    def with_body(self, damaged: Damaged, body: bytes) -> Damaged:
        """Return the same request with another body, signed again."""
        if damaged.entry is None:
            return replace(damaged, call=replace(damaged.call, body=body))
        return replace(damaged, call=self.payloads.call(damaged.entry, body))


def _unsigned(headers: Mapping[str, str]) -> dict[str, str]:
    """Leave out what a row says of its signature: here the request is signed anew."""
    words = ("signature", "secret")
    return {
        name: text for name, text in headers.items() if not any(w in name.lower() for w in words)
    }


def sources() -> dict[str, Source]:
    """One for each provider of the registry, from every folder of payloads."""
    found: dict[str, Source] = {}
    for folder in FOLDERS:
        payloads = load(folder)
        for provider in PROVIDERS:
            rows = tuple(
                row
                for row in payloads.payloads
                if (row["channel"] if row["channel"] == "voice" else row["provider"]) == provider
                and row["method"] == "POST"
            )
            if rows:
                found.setdefault(provider, Source(provider, payloads, rows))
    return found


def faults_of_parsing(service: Service, source: Source, damaged: Damaged) -> list[str]:
    """Let the adapters read a request without the app."""
    request = as_request(source.payloads, damaged.call)
    return _faults_of_reading(_read(service, source, request))


def faults_in_app(service: Service, source: Source, damaged: Damaged) -> tuple[int, list[str]]:
    """Send a request to the app; return the status and everything that is not as it must be."""
    last = _last_delivery(service)
    call = damaged.call
    response = service.client.open(
        call.path,
        method=call.method,
        query_string=call.query,
        headers=dict(call.headers),
        data=call.body,
        base_url=source.payloads.harness["public_base_url"],
    )
    status = response.status_code
    if status >= 500:
        return status, [f"answered {status}"]
    kept = _deliveries_after(service, last)
    if status not in (200, 202, 204, 400):
        faults = [f"{status}, but kept"] if kept else []
        refused = damaged.genuine and status == 403 and source.provider not in _SIGNS_FIELDS
        return status, faults + (["genuine, but 403"] if refused else [])
    if not damaged.genuine:
        return status, ["forged, but taken"]
    if len(kept) != 1 or kept[0].body != call.body:
        return status, [f"kept {len(kept)} times, or not as it came"]
    return status, _faults_of_keeping(service, source, damaged, kept[0])


def _faults_of_keeping(
    service: Service, source: Source, damaged: Damaged, kept: WebhookDelivery
) -> list[str]:
    """Compare the rows with what the adapters read."""
    reading = _read(service, source, as_request(source.payloads, damaged.call))
    events = [event for _, event in reading.events]
    rotten = sum(isinstance(event, RottenEvent) for event in events)
    keys = {
        (scope_of(event), event.external_id)
        for event in events
        if isinstance(event, InboundMessage)
    }
    with service.runtime.transaction() as session:
        found = session.scalars(
            select(QuarantinedEvent.id).where(QuarantinedEvent.delivery_id == kept.id)
        ).all()
        ids = [external_id for _, external_id in keys]
        known = {
            (row.dedup_scope, row.external_id)
            for row in session.execute(
                select(Message.dedup_scope, Message.external_id).where(Message.external_id.in_(ids))
            )
        }
    faults = _faults_of_reading(reading)
    if len(found) != rotten:
        faults.append(f"{rotten} unreadable events, {len(found)} in quarantine")
    if missing := keys - known:
        faults.append(f"{len(missing)} messages read, but not kept")
    return faults


def _faults_of_reading(reading: Reading) -> list[str]:
    return ["an adapter crashed"] if reading.error == CRASH else []


def _read(service: Service, source: Source, request: WebhookRequest) -> Reading:
    return read_events(adapters_for(service.runtime.channels, source.provider), request)


def _last_delivery(service: Service) -> int:
    with service.runtime.transaction() as session:
        newest = select(WebhookDelivery.id).order_by(WebhookDelivery.id.desc()).limit(1)
        return session.scalar(newest) or 0


def _deliveries_after(service: Service, last: int) -> list[WebhookDelivery]:
    with service.runtime.transaction() as session:
        later = select(WebhookDelivery).where(WebhookDelivery.id > last)
        rows = list(session.scalars(later))
        session.expunge_all()
        return rows


def smaller(source: Source, damaged: Damaged, fails: Callable[[Damaged], bool]) -> Damaged:
    """Return the shortest request found that still fails, by leaving out ever smaller pieces."""
    step, tries = len(damaged.call.body) // 2, iter(range(_MOST_TRIES))
    while step:
        body = damaged.call.body
        pieces = range(0, len(body), step)
        shorter = (source.with_body(damaged, body[:at] + body[at + step :]) for at in pieces)
        found = next((one for one, _ in zip(shorter, tries, strict=False) if fails(one)), None)
        if found is None:
            step //= 2
        else:
            damaged = found
    return damaged


def save(folder: Path, name: str, damaged: Damaged, faults: list[str]) -> Path:
    """Write a finding that `load_finding` reads again."""
    folder.mkdir(parents=True, exist_ok=True)
    call = damaged.call
    target = folder / f"{name}.json"
    note = {
        "faults": faults,
        "genuine": damaged.genuine,
        "method": call.method,
        "path": call.path,
        "query": call.query,
        "headers": dict(call.headers),
        "body": base64.b64encode(call.body).decode(),
    }
    target.write_text(json.dumps(note, indent=1), "utf-8")
    return target


def load_finding(path: Path) -> Damaged:
    """Read a finding."""
    note = json.loads(path.read_text("utf-8"))
    names = ("method", "path", "query", "headers")
    call = Call(*(note[name] for name in names), base64.b64decode(note["body"]))
    return Damaged(call, note["genuine"])
