"""What the access matrix is played on: a person of every role, and cases that are whose."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from channels.message import ChannelName
from config.tenant_files import read_tenant_file
from gateway.answering import drafts
from gateway.answering.drafts import DraftForm
from gateway.boot import make_profile
from gateway.cases.casefile import CaseRef
from gateway.casework import disposal, pdwork
from gateway.casework.pdwork import Plan
from gateway.rules.people import Role, Staff
from gateway.runtime import Runtime
from gateway.texts import Catalogue
from normalizer.tenant import load_tenant
from normalizer.ticket import make_ticket
from store.crypto import KeyRing
from store.media_files import MediaFolder
from store.models.complaint import Complaint, Privacy
from store.models.messaging import Conversation, Message
from store.models.outbox import OutboxPart
from store.models.staff import StaffSession, StaffUser
from tests.gateway.access_rows import KINDS, seeds
from tests.gateway.fakes import Clock, FakeAdapter, RecordingNudger
from tests.gateway.keeper import KeptAdapter
from tests.gateway.office import Office, a_disposal, attach, open_office
from tests.gateway.pages import make_app

HOST = "aduan.kabcontoh.go.id"
CATALOGUE = Path(__file__).parents[2] / "config" / "messages.csv"
REPORTER = "Budi Santoso"
NIK = "1403010107859002"
# A word in the text, the title and the answer of a case, by which a page betrays it.
MARKS = {kind: f"penanda{kind.replace('_', '')}x" for kind in KINDS}
_OFFICES = {
    "own": ("andi", "DPUPR"),
    "foreign": ("hadi", "DISHUB"),
    "secret": ("andi", "DPUPR"),
    "secret_foreign": ("hadi", "DISHUB"),
    "inspected": ("irban", "INSPEKTORAT"),
}
PEOPLE = {
    Role.ADMIN_DISKOMINFO: "rina",
    Role.OPERATOR: "dewi",
    Role.KEPALA_PD: "kepala",
    Role.PETUGAS_PD: "andi",
    Role.PIMPINAN: "sekda",
    Role.INSPEKTORAT: "irban",
    Role.SUPERADMIN: "tuti",
}
ABSENT_ID = 999_999


class UndoableTransactions:
    """Transactions on one connection; inside `undone` all that they write is taken back."""

    def __init__(self, engine: Engine) -> None:
        self.connection: Connection = engine.connect()
        self.statements = 0
        event.listen(self.connection, "before_cursor_execute", self._count)

    @contextmanager
    def __call__(self) -> Iterator[Session]:
        mode = "create_savepoint"
        made = Session(self.connection, join_transaction_mode=mode, expire_on_commit=False)
        with made as session, session.begin():
            yield session

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Let what happens inside not have happened."""
        self.statements = 0
        nested = self.connection.begin_nested()
        try:
            yield
        finally:
            nested.rollback()

    def _count(self, *_: object) -> None:
        self.statements += 1


@dataclass
class World:
    """The service, its people, its cases.

    Attributes:
        values: what a parameter of a rule is for each kind of case, and `absent`.
        cookies: the session of each role.
        answers: what was asked already; every request is undone, so asking again is the same.
    """

    runtime: Runtime
    transactions: UndoableTransactions
    office: Office
    app: Flask
    values: dict[str, dict[str, object]] = field(default_factory=dict)
    cookies: dict[Role, str] = field(default_factory=dict)
    answers: dict[object, Any] = field(default_factory=dict)

    def client(self, role: Role | None) -> FlaskClient:
        """Return the browser of somebody of this role; None is nobody."""
        client = self.app.test_client()
        if role is not None:
            client.set_cookie("sahut_sesi", self.cookies[role], domain=HOST)
        return client


def open_world(engine: Engine, keys: KeyRing, folder: Path) -> World:
    """Return the world; everything stands in one transaction that is never committed."""
    transactions = UndoableTransactions(engine)
    transactions.connection.begin()
    runtime = _runtime(transactions, keys, folder)
    office = open_office(runtime)
    world = World(runtime, transactions, office, make_app(runtime))
    _hire(office, "kepala", Role.KEPALA_PD, "DPUPR")
    _hire(office, "irban", Role.INSPEKTORAT, "INSPEKTORAT")
    for role, username in PEOPLE.items():
        world.cookies[role] = _log_in(runtime, office.people[username])
    for place, kind in enumerate(KINDS):
        _file_case(world, kind, f"+62812555010{30 + place}")
    _name_absent(world)
    for seed in seeds():
        seed(world)
    return world


def _runtime(transactions: UndoableTransactions, keys: KeyRing, folder: Path) -> Runtime:
    facts = read_tenant_file("bengkalis")
    adapters = [
        FakeAdapter(ChannelName.TELEGRAM),
        FakeAdapter(ChannelName.WHATSAPP, window=timedelta(hours=24)),
        KeptAdapter(ChannelName.SMS),
    ]
    return Runtime(
        transaction=transactions,
        channels={adapter.name: adapter for adapter in adapters},
        media=MediaFolder(folder / "media"),
        nudger=RecordingNudger(),
        now=Clock(),
        keys=keys,
        tenant=load_tenant(facts),
        profile=make_profile(facts, f"https://{HOST}"),
        catalogue=Catalogue.read(CATALOGUE),
        spool_dir=folder / "spool",
        facts=facts,
    )


def _hire(office: Office, username: str, role: Role, pd: str) -> None:
    with office.runtime.transaction() as session:
        user = StaffUser(
            username=username,
            name=username.capitalize(),
            role=role,
            pd_code=pd,
            password_hash="",
            created_at=office.runtime.now(),
        )
        session.add(user)
        session.flush()
        office.people[username] = Staff(user.id, username, user.name, role, pd, pd)


def _log_in(runtime: Runtime, person: Staff) -> str:
    token, now = secrets.token_urlsafe(), runtime.now()
    with runtime.transaction() as session:
        session.add(
            StaffSession(
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                user_id=person.id,
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(hours=12),
            )
        )
    return token


def _file_case(world: World, kind: str, phone: str) -> None:
    """Take a case as far as the correction, so that most pages have something to show."""
    office, runtime, mark = world.office, world.runtime, MARKS[kind]
    username, pd = _OFFICES[kind]
    officer, secret = office.people[username], kind not in {"own", "foreign"}
    story = f"Lampu jalan depan masjid desa Air Putih mati, {mark}. NIK saya {NIK}."
    privacy = Privacy.SECRET if secret else Privacy.ANONYMOUS
    ticket = office.hears(story, sender=phone, privacy=privacy)
    form = a_disposal(pd_code=pd, publish=not secret, title=f"Lampu mati {mark}")
    disposal.dispose(runtime, office.rina, CaseRef(ticket), form)
    pdwork.accept(runtime, officer, CaseRef(ticket), Plan("Mengganti", date(2026, 11, 27)))
    draft = DraftForm(done=f"Lampu diganti, {mark}.")
    drafts.save_draft(runtime, officer, CaseRef(ticket), draft, submit=True)
    attachment = attach(runtime, ticket)
    with runtime.transaction() as session:
        case = session.query(Complaint).filter_by(ticket=ticket).one()
        message = (
            session.query(Message).filter_by(complaint_id=case.id).order_by(Message.id).first()
        )
        talk = session.query(Conversation).filter_by(id=case.conversation_id).one()
        part = (
            session.query(OutboxPart)
            .join(Message, Message.id == OutboxPart.message_id)
            .filter(Message.complaint_id == case.id)
            .order_by(OutboxPart.id)
            .first()
        )
        assert message is not None
        assert part is not None
        found = {
            "ticket": ticket,
            "attachment_id": attachment,
            "conversation_id": talk.id,
            "message_id": message.id,
            "part_id": part.id,
        }
    for name, value in found.items():
        world.values.setdefault(name, {})[kind] = value


def _name_absent(world: World) -> None:
    for values in world.values.values():
        values["absent"] = ABSENT_ID
    world.values["ticket"]["absent"] = make_ticket(2026, 9999)
