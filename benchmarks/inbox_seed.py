"""A hundred thousand complaints for `benchmarks.inbox`: invented, repeatable, in batches.

Every batch is one transaction, so an interrupted run goes on where it stopped.
"""

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.orm import Session

from channels.message import ChannelName, MediaKind
from normalizer.tenant import Tenant
from normalizer.ticket import make_ticket
from store.models.complaint import NEVER, Clock, Complaint, ComplaintStatus, Priority, Privacy
from store.models.messaging import Attachment, Conversation, Direction, MediaState, Message

BATCH = 2_000
_S = ComplaintStatus
_CHANNELS = (ChannelName.WHATSAPP, ChannelName.SMS, ChannelName.TELEGRAM, ChannelName.WEB)
_SYLLABLES = ("ba", "du", "ki", "lo", "man", "ngi", "per", "sa", "tu", "wan", "ra", "se")
_VOCABULARY = (
    "lampu jalan mati rusak berlubang sampah menumpuk air keruh pdam drainase tersumbat banjir "
    "jembatan lapuk pohon tumbang kabel putus sekolah atap bocor puskesmas antre obat habis ktp "
    "belum jadi bantuan sosial tidak tepat pasar becek parkir liar bising debu jalanan gelap "
    "malam warga khawatir sudah dua minggu belum ada perbaikan mohon segera ditangani petugas"
)
_WORDS = _VOCABULARY.split()


def seed(engine: Engine, tenant: Tenant, now: datetime, complaints: int) -> None:
    """Fill the database up to so many complaints and say how far it is."""
    _set_trigger(engine, "DISABLE")
    started = time.monotonic()
    try:
        with Session(engine) as session:
            done = session.scalar(select(func.count()).select_from(Complaint)) or 0
        while done < complaints:
            upto = min(done + BATCH, complaints)
            with Session(engine) as session, session.begin():
                _write(session, tenant, now, range(done + 1, upto + 1))
            done = upto
            if done % 20_000 == 0 or done == complaints:
                print(f"  {done:,} complaints, {time.monotonic() - started:.0f} s", flush=True)
    finally:
        _set_trigger(engine, "ENABLE")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def seed_long_thread(session: Session, ticket: str, messages: int, now: datetime) -> None:
    """Give one case so many messages, unless it has them."""
    case = session.scalars(select(Complaint).where(Complaint.ticket == ticket)).one()
    count = select(func.count()).where(Message.complaint_id == case.id)
    has = session.scalar(count) or 0
    rows = [
        _message(
            case.id, case.conversation_id, f"pesan ke-{number}", now + timedelta(seconds=number)
        )
        for number in range(has, messages)
    ]
    if rows:
        session.execute(insert(Message), rows)


def _set_trigger(engine: Engine, how: str) -> None:
    """Switch the trigger of the clocks: the rows below carry their deadline themselves."""
    with engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE clock {how} TRIGGER clock_due"))


def _write(session: Session, tenant: Tenant, now: datetime, numbers: range) -> None:
    made = [_complaint(number, tenant, now) for number in numbers]
    conversations = [_conversation(row, now) for row in made]
    ids = session.scalars(
        insert(Conversation).returning(Conversation.id, sort_by_parameter_order=True), conversations
    ).all()
    for row, conversation_id in zip(made, ids, strict=True):
        row["conversation_id"] = conversation_id
    case_ids = session.scalars(
        insert(Complaint).returning(Complaint.id, sort_by_parameter_order=True), made
    ).all()
    session.execute(insert(Clock), [_clock(i, row) for i, row in zip(case_ids, made, strict=True)])
    _write_messages(session, case_ids, made)


def _write_messages(
    session: Session, case_ids: Sequence[int], made: Sequence[dict[str, Any]]
) -> None:
    messages = [
        _message(case_id, row["conversation_id"], row["public_text"], row["received_at"])
        for case_id, row in zip(case_ids, made, strict=True)
    ]
    ids = session.scalars(
        insert(Message).returning(Message.id, sort_by_parameter_order=True), messages
    ).all()
    photos = [
        {
            "message_id": message_id,
            "ordinal": 0,
            "kind": MediaKind.IMAGE,
            "state": MediaState.STORED,
        }
        for place, message_id in enumerate(ids)
        if place % 3 == 0
    ]
    session.execute(insert(Attachment), photos)


def _complaint(number: int, tenant: Tenant, now: datetime) -> dict[str, Any]:
    chance = random.Random(number)
    status = chance.choices(list(_S), weights=(15, 15, 30, 8, 4, 60, 868))[0]
    received = now - timedelta(minutes=5 * (110_000 - number) + chance.randrange(5))
    open_case = status not in {_S.RESOLVED, _S.NOT_COMPETENT}
    area = chance.choice(tenant.desa)
    words = [chance.choice(_WORDS) for _ in range(28)] + _names(chance)
    return {
        "ticket": make_ticket(2026, number),
        "pin_hash": "-",
        "status": status,
        "status_at": received,
        "kind": chance.choices(("complaint", "aspiration", "information_request"), (90, 5, 5))[0],
        "privacy": chance.choices((Privacy.ANONYMOUS, Privacy.SECRET), (96, 4))[0],
        "priority": chance.choices((Priority.NORMAL, Priority.URGENT), (98, 2))[0],
        "category_code": chance.choice(tenant.categories).code,
        "pd_code": None if status is _S.RECEIVED else chance.choice(tenant.agencies).code,
        "channel": chance.choice(_CHANNELS),
        "nik_key": f"{number % 70_000:064x}",
        "original_text": " ".join(words),
        "desa": area.name,
        "kecamatan": area.kecamatan,
        "title": " ".join(words[:6]).capitalize(),
        "public_text": " ".join(words).capitalize(),
        "public_approved_at": None if status is _S.RECEIVED else received,
        "received_at": received,
        "last_activity_at": received + timedelta(hours=chance.randrange(72)),
        "due_at": received + timedelta(days=chance.randrange(1, 9)) if open_case else NEVER,
        "place": {"pin": {"latitude_deg": 1.4 + chance.random() / 5,
                          "longitude_deg": 102.0 + chance.random() / 5}},
        "suggested_by": "-",
    }  # fmt: skip


def _names(chance: random.Random) -> list[str]:
    """Return words that are rare, as names of places and shops are."""
    return ["".join(chance.choice(_SYLLABLES) for _ in range(3)) for _ in range(4)]


def _conversation(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "channel": row["channel"],
        "account": "akun-uji",
        "sender_key": f"{row['ticket']:>64}",
        "sender": "+6281255501021",
        "created_at": row["received_at"],
        "last_inbound_at": row["received_at"],
        "last_activity_at": min(row["last_activity_at"], now),
    }


def _clock(case_id: int, row: dict[str, Any]) -> dict[str, Any]:
    runs = row["due_at"] is not NEVER
    return {
        "complaint_id": case_id,
        "kind": "K1" if row["status"] is _S.RECEIVED else "K3",
        "started_at": row["received_at"],
        "due_at": row["due_at"] if runs else row["received_at"] + timedelta(days=3),
        "stopped_at": None if runs else row["last_activity_at"],
    }


def _message(case_id: int, conversation_id: int | None, words: str, at: datetime) -> dict[str, Any]:
    return {
        "conversation_id": conversation_id,
        "complaint_id": case_id,
        "direction": Direction.IN,
        "text": words,
        "redacted_text": words,
        "received_at": at,
        "ordered_at": at,
        "processed_at": at,
    }
