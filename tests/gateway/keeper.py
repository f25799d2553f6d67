"""A platform in memory whose set-up can be asked for, made and renewed."""

from datetime import datetime, timedelta

from channels.admin import Finding, FreshToken, Health
from channels.errors import SendError
from channels.message import ChannelName
from tests.gateway.fakes import FakeAdapter

GOOD = Finding("credentials", Health.GOOD, "Token berlaku.")
BAD = Finding("webhook", Health.BAD, "Webhook belum dipasang.")


class KeptAdapter(FakeAdapter):
    """`finds` is what a check finds; `asked` counts checks; `token` can be renewed."""

    def __init__(self, name: ChannelName = ChannelName.INSTAGRAM) -> None:
        super().__init__(name)
        self.finds: tuple[Finding, ...] = (GOOD,)
        self.asked: list[tuple[str, datetime]] = []
        self.connected: list[str] = []
        self.refuses: SendError | None = None
        self.token = "token-satu"
        self.renewed = 0
        self.life: timedelta | None = timedelta(days=60)

    def check(self, public_base_url: str, now: datetime) -> tuple[Finding, ...]:
        self.asked.append((public_base_url, now))
        return self.finds

    def connect(self, public_base_url: str) -> tuple[str, ...]:
        if self.refuses is not None:
            raise self.refuses
        self.connected.append(public_base_url)
        return (f"Webhook dipasang ke {public_base_url}.",)

    def refresh_token(self, now: datetime) -> FreshToken:
        if self.refuses is not None:
            raise self.refuses
        self.renewed += 1
        return FreshToken(f"token-baru-{self.renewed}", now + self.life if self.life else None)

    def use_token(self, value: str) -> None:
        self.token = value
