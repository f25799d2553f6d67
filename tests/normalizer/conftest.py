from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from channels.message import ChannelName, Location
from config.tenant_files import read_tenant_file
from normalizer.assemble import assemble
from normalizer.card import Card
from normalizer.draft import Assembly, Context, DialogueState, KnownComplaint, SourceMessage
from normalizer.tenant import Tenant, load_tenant

_TENANTS = {
    name: load_tenant(read_tenant_file(name)) for name in ("bengkalis", "belitung", "bandung")
}


@pytest.fixture
def tenant() -> Tenant:
    return _TENANTS["bengkalis"]


@pytest.fixture
def tenants() -> dict[str, Tenant]:
    return _TENANTS


@dataclass
class Talk:
    """One conversation as the gateway leads it: state kept, clock turned by the test."""

    tenant: Tenant
    now: datetime = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    known: tuple[KnownComplaint, ...] = ()
    state: DialogueState = field(default_factory=DialogueState)
    messages: list[SourceMessage] = field(default_factory=list)

    def say(
        self,
        text: str = "",
        *,
        after_s: float = 5,
        attachments: tuple[str, ...] = (),
        location: Location | None = None,
        choice: str | None = None,
        cards: tuple[Card, ...] = (),
        no_card: bool = False,
    ) -> Assembly:
        self.now += timedelta(seconds=after_s)
        self.messages.append(
            SourceMessage(
                id=f"m{len(self.messages) + 1}",
                at=self.now,
                text=text,
                attachments=attachments,
                location=location,
                choice=choice,
                cards=cards,
                no_card=no_card,
            )
        )
        return self.look()

    def wait(self, seconds: float) -> Assembly:
        self.now += timedelta(seconds=seconds)
        return self.look()

    def look(self) -> Assembly:
        context = Context(self.tenant, ChannelName.WHATSAPP, self.now, self.known)
        assembly = assemble(self.state, self.messages, context)
        if assembly.immediate:
            self.state = assembly.state
        return assembly


@pytest.fixture
def talk(tenant: Tenant) -> Talk:
    return Talk(tenant)


@pytest.fixture
def talk_after(tenant: Tenant) -> Callable[..., Talk]:
    """A conversation in which a complaint was filed some time ago."""

    def begin(
        *, hours_ago: float = 48, category: str = "JALAN_JEMBATAN", resolved: bool = False
    ) -> Talk:
        now = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
        known = KnownComplaint(
            "26-00421-3",
            now - timedelta(hours=hours_ago),
            open=not resolved,
            resolved=resolved,
            category=category,
            desa="Air Putih",
        )
        return Talk(tenant, now, (known,))

    return begin
