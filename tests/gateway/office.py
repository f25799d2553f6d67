"""A government with its people and one complaint, for the tests of casework and pages."""

from dataclasses import dataclass, replace
from datetime import date

from argon2 import PasswordHasher

from channels.message import ChannelName, MediaKind
from gateway.accounts.accounts import Role
from gateway.answering import drafts
from gateway.answering.drafts import DraftForm
from gateway.cases.casefile import CaseRef
from gateway.casework import disposal, pdwork
from gateway.casework.disposal import Disposal
from gateway.casework.pdwork import Plan
from gateway.dialogue.filing import file_complaint
from gateway.dialogue.ticket_steps import append
from gateway.dialogue.turns import gather, source_messages
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from normalizer.assemble import assemble
from normalizer.draft import Context
from store import tenant
from store.complaints import by_ticket
from store.models.complaint import Complaint, Privacy
from store.models.messaging import (
    Attachment,
    Conversation,
    Direction,
    MediaState,
    Message,
)
from store.models.staff import StaffUser

PASSWORD = "kata-sandi-uji"
STORY = (
    "Lampu jalan depan masjid desa Air Putih mati sejak 3 November 2026. "
    "NIK saya 1403010107859002, hubungi 081255509902."
)
PHONE = "+6281255501021"
# Six real hashes for each test would cost more than the tests.
_HASH = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(PASSWORD)
HOLIDAYS = {date(2026, 11, 26): "Libur daerah"}


@dataclass
class Office:
    """People by user name, and the steps that most tests begin with."""

    runtime: Runtime
    people: dict[str, Staff]

    def __getattr__(self, name: str) -> Staff:
        return self.people[name]

    def complaint(self, ticket: str) -> Complaint:
        with self.runtime.transaction() as session:
            found = by_ticket(session, ticket)
            assert found is not None
            return found

    def hears(
        self,
        text: str = STORY,
        channel: ChannelName = ChannelName.WHATSAPP,
        sender: str = PHONE,
        **columns: object,
    ) -> str:
        """Let a complaint come in and return its ticket; `columns` are set on its row."""
        now = self.runtime.now()
        with self.runtime.transaction() as session:
            conversation = self._conversation(session, channel, sender)
            session.add(
                Message(
                    conversation_id=conversation.id,
                    direction=Direction.IN,
                    text=text,
                    received_at=now,
                    ordered_at=now,
                )
            )
            session.flush()
            (turn,) = gather(session, [conversation])
            context = Context(tenant=self.runtime.tenant, channel=channel, now=now)
            read = assemble(turn.state, source_messages(turn), context)
            filed = file_complaint(self.runtime, session, conversation, read, turn.messages)
            for name, value in columns.items():
                setattr(filed, name, value)
            return filed.ticket

    def hears_more(self, ticket: str, text: str) -> None:
        """Let the reporter of a case add something to it."""
        now = self.runtime.now()
        with self.runtime.transaction() as session:
            complaint = by_ticket(session, ticket)
            assert complaint is not None
            message = Message(
                conversation_id=complaint.conversation_id,
                direction=Direction.IN,
                text=text,
                received_at=now,
                ordered_at=now,
            )
            session.add(message)
            session.flush()
            conversation = session.get_one(Conversation, complaint.conversation_id)
            (turn,) = gather(session, [conversation])
            context = Context(tenant=self.runtime.tenant, channel=complaint.channel, now=now)
            draft = assemble(turn.state, source_messages(turn), context).draft
            append(self.runtime, session, complaint, [message], draft)

    def _conversation(self, session, channel: ChannelName, sender: str) -> Conversation:
        key = self.runtime.keys.lookup("sender", sender)
        found = session.query(Conversation).filter_by(sender_key=key).one_or_none()
        if found is None:
            found = Conversation(
                channel=channel,
                account="akun-uji",
                sender_key=key,
                sender=sender,
                sender_name="Budi Santoso",
                created_at=self.runtime.now(),
                last_activity_at=self.runtime.now(),
            )
            session.add(found)
        found.last_inbound_at = self.runtime.now()
        session.flush()
        return found

    def disposes(self, ticket: str, **fields: object) -> None:
        """Route the case to PUPR, as Rina."""
        disposal.dispose(self.runtime, self.rina, CaseRef(ticket), a_disposal(**fields))

    def accepts(self, ticket: str) -> None:
        """Accept it, as Andi."""
        plan = Plan("Mengganti lampu", date(2026, 11, 27))
        pdwork.accept(self.runtime, self.andi, CaseRef(ticket), plan)

    def drafts(self, ticket: str, text: str = "Lampu sdh diganti kmrn.", **fields: object) -> None:
        """Hand in a draft, as Andi; no photo shows the work."""
        fields = {"no_photo": "Dilihat warga di tempat.", **fields}
        form = DraftForm(done=text, **fields)  # type: ignore[arg-type]  # a form's fields
        drafts.save_draft(self.runtime, self.andi, CaseRef(ticket), form, submit=True)

    def in_correction(self, **columns: object) -> str:
        """Return a case whose draft waits for Diskominfo."""
        ticket = self.hears(**columns)  # type: ignore[arg-type]  # columns of the row
        self.disposes(ticket, publish=columns.get("privacy") is not Privacy.SECRET)
        self.accepts(ticket)
        self.drafts(ticket)
        return ticket


def a_disposal(**fields: object) -> Disposal:
    """A valid form; `fields` replace parts of it."""
    form = Disposal(
        pd_code="DPUPR",
        category="PJU",
        note="Cek tiang depan masjid.",
        title="Lampu jalan mati, Air Putih",
        public_text="Lampu jalan depan masjid mati sejak awal November.",
    )
    return replace(form, **fields)  # type: ignore[arg-type]  # a form's fields


def open_office(runtime: Runtime) -> Office:
    """Seed the government and its people; their passwords are `PASSWORD`."""
    assert runtime.facts is not None
    with runtime.transaction() as session:
        tenant.seed(session, runtime.facts, HOLIDAYS)
    people = {
        "rina": (Role.ADMIN_DISKOMINFO, None),
        "dewi": (Role.OPERATOR, None),
        "andi": (Role.PETUGAS_PD, "DPUPR"),
        "hadi": (Role.PETUGAS_PD, "DISHUB"),
        "sekda": (Role.PIMPINAN, None),
        "tuti": (Role.SUPERADMIN, None),
    }
    names = {agency.code: agency.name for agency in runtime.tenant.agencies}
    staff = {}
    with runtime.transaction() as session:
        for username, (role, pd) in people.items():
            user = StaffUser(
                username=username,
                name=username.capitalize(),
                role=role,
                pd_code=pd,
                password_hash=_HASH,
                created_at=runtime.now(),
            )
            session.add(user)
            session.flush()
            staff[username] = Staff(user.id, username, user.name, role, pd, names.get(pd or ""))
    return Office(runtime, staff)


def attach(
    runtime: Runtime, ticket: str, *, identity: bool = False, kind: MediaKind = MediaKind.IMAGE
) -> int:
    """Add a stored attachment to the case's first message and return its id."""
    with runtime.transaction() as session:
        complaint = by_ticket(session, ticket)
        assert complaint is not None
        told = session.query(Message).filter_by(complaint_id=complaint.id, direction=Direction.IN)
        message = told.order_by(Message.id).first()
        assert message is not None
        attachment = Attachment(
            message_id=message.id,
            ordinal=session.query(Attachment).count(),
            kind=kind,
            state=MediaState.STORED,
            mime="image/jpeg",
            size_bytes=9,
            is_identity=identity,
            original_key=runtime.media.put(b"original with exif", "jpg"),
            shared_key=runtime.media.put(b"shared copy", "jpg"),
            thumbnail_key=runtime.media.put(b"small", "jpg"),
        )
        session.add(attachment)
        session.flush()
        return attachment.id
