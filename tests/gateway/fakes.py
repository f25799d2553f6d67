"""Stand-ins with behaviour of their own: a platform, a nudger that remembers, a clock to turn."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

from channels.adapter import ChannelLimits
from channels.errors import MediaError, PayloadError, SendError, SignatureError
from channels.message import ChannelEvent, ChannelName, MediaContent, MediaKind, MediaRef
from channels.outbound import OutboundPart, SendResult
from channels.webhook import WebhookReply, WebhookRequest

ACCOUNT = "akun-uji"
START = datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


class Clock:
    """A clock that only tests turn."""

    def __init__(self, now: datetime = START) -> None:
        self.instant = now

    def __call__(self) -> datetime:
        return self.instant

    def advance(self, **units: float) -> None:
        self.instant += timedelta(**units)


class RecordingNudger:
    """Remembers what it was asked to wake."""

    def __init__(self) -> None:
        self.woken: list[str] = []

    def wake(self, kind: str) -> None:
        self.woken.append(kind)

    def answers(self) -> bool:
        return True


class FakeAdapter:
    """A platform in memory.

    `events` are what its next webhooks hold; `crash_with` makes the parser fail. Sends are kept in
    `sent`; `faults` are raised first, oldest first. `files` are handed out by source.
    """

    def __init__(
        self,
        name: ChannelName = ChannelName.TELEGRAM,
        window: timedelta | None = None,
        human_window: timedelta | None = None,
    ) -> None:
        self.name = name
        self.account = ACCOUNT
        self.limits = ChannelLimits(
            text_units=1000,
            window=window,
            human_window=human_window,
            media_bytes=((MediaKind.IMAGE, 10_000_000),),
        )
        self.events: list[ChannelEvent] = []
        self.crash_with: Exception | None = None
        self.sent: list[OutboundPart] = []
        self.faults: list[Exception] = []
        self.files: dict[str, MediaContent | MediaError] = {}
        self.fetched: list[str] = []
        self.on_send: Callable[[OutboundPart, str], None] | None = None
        self._lock = Lock()

    def verify(self, request: WebhookRequest) -> None:
        if request.headers.get("x-fake") != "genuine":
            raise SignatureError("forged")

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        if "token=right" not in request.url:
            raise SignatureError("wrong token")
        return WebhookReply(body="challenge")

    def parse(self, request: WebhookRequest) -> list[ChannelEvent]:
        if self.crash_with is not None:
            raise self.crash_with
        if request.body == b"not json":
            raise PayloadError("the body is not JSON")
        return list(self.events)

    def acknowledge(self, events: list[ChannelEvent]) -> WebhookReply:
        return WebhookReply(body=f"heard {len(events)}")

    def send(self, part: OutboundPart) -> SendResult:
        with self._lock:
            if self.faults:
                raise self.faults.pop(0)
            self.sent.append(part)
            external_id = f"{self.name.value}-{len(self.sent)}"
        if self.on_send is not None:
            self.on_send(part, external_id)
        return SendResult(external_id=external_id)

    def fetch_media(self, ref: MediaRef) -> MediaContent:
        self.fetched.append(ref.source)
        file = self.files.get(ref.source)
        if file is None:
            raise MediaError("unavailable", "not there yet", retryable=True)
        if isinstance(file, MediaError):
            raise file
        return file

    def refuse(self, error: SendError) -> None:
        """Let the next send fail."""
        self.faults.append(error)
