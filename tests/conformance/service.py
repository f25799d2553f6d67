"""The real web app on a real database, with the real adapters; only their sends are wire-tapped."""

import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from channels.adapter import ChannelAdapter
from channels.message import ChannelName, ControlEvent, ControlKind
from channels.outbound import OutboundPart, SendResult
from channels.registry import (
    ChannelSettings,
    KannelSettings,
    MetaSettings,
    TelegramSettings,
    TwilioSettings,
    build_channels,
)
from config.tenant_files import read_tenant_file
from gateway.app import create_app
from gateway.boot import make_profile
from gateway.dialogue import calls as phone_calls
from gateway.dialogue import dialogue
from gateway.intake import intake_feed
from gateway.runtime import Runtime
from gateway.sending import replies
from gateway.texts import Catalogue
from normalizer.tenant import load_tenant
from store import reach, tenant
from store.crypto import KeyRing
from store.db import make_engine, transactions
from store.media_files import MediaFolder
from store.messages import identity_key
from store.models.messaging import Author, Conversation, Direction, Message
from store.models.outbox import OutboxPart, PartKind
from store.outgoing import Outgoing, queue
from tests.channels.call_prompts import PROMPTS
from tests.conformance.payload_set import PayloadSet, instant
from tests.gateway.fakes import Clock, RecordingNudger

_CATALOGUE = Path(__file__).parents[2] / "config" / "messages.csv"
_TENANT = "bengkalis"
_MOST_QUESTIONS = 6
# In this order: what a citizen presses who wants to answer nothing more.
_SKIPPING = ("LEWATI", "TANPA LOKASI", "TIDAK INGAT", "YA", "OK")
# What belongs to the government and its staff stays between two payloads.
_KEPT = {
    "alembic_version",
    "perangkat_daerah",
    "category",
    "tenant_setting",
    "holiday",
    "staff_user",
}


def tap(
    adapter: ChannelAdapter, calls: list[OutboundPart], provider_ids: list[str]
) -> ChannelAdapter:
    """Note the calls of a real adapter instead of making them; answer with the ids laid ready."""

    def send(part: OutboundPart) -> SendResult:
        calls.append(part)
        return SendResult(provider_ids.pop(0) if provider_ids else f"keluar-{len(calls)}")

    vars(adapter)["send"] = send
    return adapter


@dataclass
class SwitchableTransaction:
    """Transactions on the database, until it is unplugged."""

    engine: Engine
    unplugged: bool = False

    @contextmanager
    def __call__(self) -> Iterator[Session]:
        if self.unplugged:
            raise OperationalError("connect", {}, ConnectionError("database unavailable"))
        with transactions(self.engine)() as session:
            yield session


@dataclass
class Answer:
    """What the app said."""

    status: int
    body: bytes
    content_type: str


@dataclass
class Service:
    """One deployment under test."""

    payloads: PayloadSet
    engine: Engine
    runtime: Runtime
    client: FlaskClient
    clock: Clock
    transaction: SwitchableTransaction
    calls: list[OutboundPart] = field(default_factory=list)
    provider_ids: list[str] = field(default_factory=list)

    def post(self, entry: Mapping[str, Any], client: FlaskClient | None = None) -> Answer:
        """Send the request of an entry."""
        call = self.payloads.call(entry)
        response = (client or self.client).open(
            call.path,
            method=call.method,
            query_string=call.query,
            headers=dict(call.headers),
            data=call.body,
            base_url=self.payloads.harness["public_base_url"],
        )
        return Answer(response.status_code, response.data, response.headers["Content-Type"])

    def another_client(self) -> FlaskClient:
        """A client for another thread."""
        return self.client.application.test_client()

    def covers(self, channel: str) -> bool:
        return channel in {name.value for name in self.runtime.channels}

    def settle(self) -> None:
        """Do all work that is due."""
        intake_feed.drain(self.runtime)
        dialogue.drain(self.runtime)
        phone_calls.drain(self.runtime)
        replies.drain(self.runtime)

    def flush_assembly(self) -> None:
        """Let so much time pass that every burst is over; what is asked then, citizens skip."""
        self.clock.instant += timedelta(minutes=20)
        dialogue.drain(self.runtime)
        for _ in range(_MOST_QUESTIONS):
            self.clock.instant += timedelta(minutes=20)
            if not self._skip_questions():
                return
            dialogue.drain(self.runtime)

    def _skip_questions(self) -> bool:
        """Press the button below each open question that gives the least."""
        with self.runtime.transaction() as session:
            asked = session.scalars(
                select(Conversation).where(Conversation.draft_opened_at.is_not(None))
            ).all()
            return sum(self._press(session, conversation) for conversation in asked) > 0

    def _press(self, session: Session, conversation: Conversation) -> bool:
        parts = session.scalars(
            select(OutboxPart)
            .where(OutboxPart.conversation_id == conversation.id)
            .order_by(OutboxPart.id.desc())
        ).first()
        offered = {word for _, word in parts.payload.get("buttons", ())} if parts else set()
        word = next((word for word in _SKIPPING if word in offered), None)
        if word is None:
            return False
        pressed = ControlEvent(
            ControlKind.BUTTON,
            conversation.channel,
            conversation.account,
            conversation.sender,
            event_id=f"tekan-{self.clock():%H%M}",
            value=word,
        )
        reach.note_control(session, pressed, conversation.id, self.clock())
        reach.call_dialogue(session, conversation.id, self.clock(), self.clock())
        return True

    def reset(self) -> None:
        """Forget everything that citizens and platforms did."""
        self.transaction.unplugged = False
        self.clock.instant = self.payloads.now
        self.calls.clear()
        self.provider_ids.clear()
        # What a fault left on the disk belongs to the story before.
        shutil.rmtree(self.runtime.spool_dir, ignore_errors=True)
        with self.engine.begin() as connection:
            names = connection.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            )
            # Rows are few: deleting them costs a tenth of truncating sixty tables. As a replica, so
            # that neither foreign keys nor the journals' own triggers ask for an order.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            tables = sorted(set(names) - _KEPT)
            emptied = (f"DELETE FROM {name}" for name in tables)  # noqa: S608 (the schema's own)
            connection.exec_driver_sql("; ".join(emptied))

    def insert_fixture(self, fixture: Mapping[str, Any]) -> None:
        """Make an outgoing part that the platform took earlier."""
        channel = ChannelName(fixture["channel"])
        account = self.runtime.channels[channel].account
        with self.runtime.transaction() as session:
            conversation = self._conversation(session, channel, account, fixture["to"])
            message = Message(
                conversation_id=conversation.id,
                direction=Direction.OUT,
                text="Terima kasih",
                received_at=self.clock(),
                ordered_at=self.clock(),
                author=Author.AUTO,
            )
            session.add(message)
            session.flush()
            session.add(
                OutboxPart(
                    message_id=message.id,
                    conversation_id=conversation.id,
                    channel=channel,
                    account=account,
                    ordinal=0,
                    kind=PartKind.TEXT,
                    payload={"text": "Terima kasih"},
                    status=fixture["status"],
                    next_attempt_at=self.clock() + timedelta(days=9),
                    status_at=instant(fixture["sent_at"]),
                    sent_at=instant(fixture["sent_at"]),
                    external_id=fixture["external_id"],
                    reference=_reference(fixture["external_id"]),
                )
            )

    def _conversation(
        self, session: Session, channel: ChannelName, account: str, sender: str
    ) -> Conversation:
        key = identity_key(channel, account, sender)
        known = session.scalar(select(Conversation).where(Conversation.sender_key == key))
        if known is not None:
            return known
        conversation = Conversation(
            channel=channel,
            account=account,
            sender_key=key,
            sender=sender,
            created_at=self.clock(),
            last_activity_at=self.clock(),
        )
        session.add(conversation)
        session.flush()
        return conversation

    def reply_to(self, external_id: str, words: str) -> None:
        """Let an officer answer a message, and the worker send it."""
        with self.runtime.transaction() as session:
            message = session.scalars(
                select(Message).where(
                    Message.external_id == external_id, Message.direction == Direction.IN
                )
            ).one()
            conversation = session.get_one(Conversation, message.conversation_id)
            outgoing = Outgoing(text=words, pieces=[words], author=Author.STAFF, human=True)
            queue(session, conversation, outgoing, self.clock())
        replies.drain(self.runtime)


@contextmanager
def running(
    payloads: PayloadSet, database_url: str, home: Path, keys: KeyRing
) -> Iterator[Service]:
    """Start the app for a set, with the secrets that its index names."""
    data = read_tenant_file(_TENANT)
    engine = make_engine(database_url)
    calls: list[OutboundPart] = []
    provider_ids: list[str] = []
    clock = Clock(payloads.now)
    transaction = SwitchableTransaction(engine)
    with transaction() as session:
        tenant.seed(session, data, {})
    real = build_channels(channel_settings(payloads.harness))
    runtime = Runtime(
        transaction=transaction,
        channels={name: tap(adapter, calls, provider_ids) for name, adapter in real.items()},
        media=MediaFolder(home / "media"),
        nudger=RecordingNudger(),
        now=clock,
        keys=keys,
        tenant=load_tenant(data),
        profile=make_profile(data, payloads.harness["public_base_url"]),
        catalogue=Catalogue.read(_CATALOGUE),
        spool_dir=home / "spool",
        facts=data,
    )
    client = create_app(runtime).test_client()
    service = Service(payloads, engine, runtime, client, clock, transaction, calls, provider_ids)
    yield service
    for adapter in real.values():
        if hasattr(adapter, "close"):
            adapter.close()
    engine.dispose()


def restarted(service: Service) -> Service:
    """The same deployment after its processes died: only what is on disk is left."""
    runtime = replace(service.runtime, nudger=RecordingNudger())
    client = create_app(runtime).test_client()
    return replace(service, runtime=runtime, client=client)


def channel_settings(harness: Mapping[str, Any]) -> ChannelSettings:
    """Connect every provider whose keys the set names."""
    return ChannelSettings(
        public_base_url=harness["public_base_url"],
        twilio=_twilio(harness["twilio"]) if "twilio" in harness else None,
        telegram=_telegram(harness["telegram"]) if "telegram" in harness else None,
        meta=_meta(harness["meta"]) if "meta" in harness else None,
        kannel=_kannel(harness["kannel"]) if "kannel" in harness else None,
        platforms=_platforms(harness),
    )


def _twilio(keys: Mapping[str, Any]) -> TwilioSettings:
    return TwilioSettings(
        account_sid=keys["account_sid"],
        auth_tokens=(keys["auth_token"],),
        whatsapp_number=keys.get("whatsapp_number"),
        sms_number=keys.get("sms_number"),
        voice=PROMPTS if keys.get("voice_number") else None,
    )


def _telegram(keys: Mapping[str, Any]) -> TelegramSettings:
    return TelegramSettings(bot_token=keys["bot_token"], secret_tokens=(keys["secret_token"],))


def _meta(keys: Mapping[str, Any]) -> MetaSettings:
    return MetaSettings(
        app_secrets=(keys["app_secret"],),
        verify_token=keys["verify_token"],
        page_id=keys.get("page_id"),
        page_token="token-halaman",
        instagram_id=keys.get("instagram_id"),
        instagram_token="token-instagram",
        whatsapp_phone_id=keys.get("wa_phone_number_id"),
        whatsapp_token="token-whatsapp",
    )


def _kannel(keys: Mapping[str, Any]) -> KannelSettings:
    return KannelSettings(
        number=keys["number"],
        webhook_keys=(keys["webhook_key"],),
        sendsms_url=keys["sendsms_url"],
        username=keys["username"],
        password=keys["password"],
    )


def _platforms(harness: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Settings of the platforms that are one line of the registry; new ones name them so."""
    found = {name: keys["settings"] for name, keys in harness.items() if "settings" in keys}
    if "x" in harness:
        found["x"] = harness["x"] | {"consumer_secrets": (harness["x"]["consumer_secret"],)}
    return found


def _reference(external_id: str) -> uuid.UUID:
    """Kannel knows a message by our own reference."""
    try:
        return uuid.UUID(external_id)
    except ValueError:
        return uuid.uuid4()
