"""Posts webhooks to the gateway, and posts them again as each provider does."""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

import requests

from sandbox.thread import Entry
from sandbox.world import World

_HTTP_GONE = 410


@dataclass(frozen=True, slots=True)
class Retrying:
    """When a provider posts again.

    Attributes:
        statuses_ok: answers that settle the matter.
        on_status: whether any other answer is a reason to post again.
        times: how often at most; None means until `give_up_s`.
        give_up_s: age in seconds at which the provider drops the webhook.
    """

    statuses_ok: Callable[[int], bool]
    on_status: bool
    times: int | None
    give_up_s: float


TELEGRAM = Retrying(
    lambda status: 200 <= status < 300, on_status=True, times=None, give_up_s=24 * 3600
)
META = Retrying(lambda status: status == 200, on_status=True, times=None, give_up_s=36 * 3600)


def twilio(times: int) -> Retrying:
    """Twilio repeats after connection failures only."""
    return Retrying(lambda status: 200 <= status < 300, on_status=False, times=times, give_up_s=15)


@dataclass(slots=True)
class Webhook:
    """One request to the gateway, signed and ready.

    `entries` are the citizen's messages in it: their ticks follow its fate. `label` says in
    Indonesian what it is.
    """

    channel: str
    citizen: str | None
    url: str
    body: bytes
    headers: Mapping[str, str]
    label: str
    retrying: Retrying
    entries: tuple[Entry, ...] = ()
    attempts: int = 0


class Deliverer:
    """Lanes of webhooks. Inside a lane one waits for the other; lanes run side by side."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = threading.Lock()
        self._lanes: dict[Hashable, deque[Webhook]] = {}
        self._local = threading.local()

    def post(self, lane: Hashable, webhook: Webhook, delay_s: float = 0.0) -> None:
        """Put a webhook at the end of its lane, `delay_s` from now."""
        if delay_s > 0:
            self._world.dispatcher.after(delay_s, lambda: self.post(lane, webhook))
            return
        with self._lock:
            waiting = self._lanes.get(lane)
            if waiting is not None:
                waiting.append(webhook)
                return
            self._lanes[lane] = deque([webhook])
        self._world.dispatcher.after(0, lambda: self._run(lane))

    def waiting(self, lane: Hashable | None = None) -> int:
        """Webhooks not settled yet, in one lane or in all."""
        with self._lock:
            if lane is not None:
                return len(self._lanes.get(lane, ()))
            return sum(len(one) for one in self._lanes.values())

    def forget(self) -> None:
        """Drop all lanes."""
        with self._lock:
            self._lanes.clear()

    def _run(self, lane: Hashable) -> None:
        """Post the head of the lane, then come back for the next one or for the same again."""
        with self._lock:
            waiting = self._lanes.get(lane)
            if not waiting:
                self._lanes.pop(lane, None)
                return
            webhook = waiting[0]
        pause_s = self._attempt(webhook)
        with self._lock:
            if self._lanes.get(lane) is not waiting:
                return  # forgotten meanwhile
            if pause_s is None:
                waiting.popleft()
                if not waiting:
                    del self._lanes[lane]
                    return
        self._world.dispatcher.after(pause_s or 0, lambda: self._run(lane))

    def _attempt(self, webhook: Webhook) -> float | None:
        """Post once. Return the pause before the next attempt, or None when it is settled."""
        webhook.attempts += 1
        status, retry_after_s, problem = self._request(webhook)
        if status is not None and webhook.retrying.statuses_ok(status):
            self._settle(webhook, f"diterima ({status})", good=True)
            return None
        again = status is None or webhook.retrying.on_status
        error = problem or f"Wrong response from the webhook: {status}"
        self._world.last_error[webhook.channel] = (error, self._world.clock.now())
        outcome = problem or f"ditolak ({status})"
        if not again or self._exhausted(webhook, status):
            self._settle(webhook, outcome, good=False)
            return None
        pause_s = retry_after_s if retry_after_s is not None else self._pause_s(webhook.attempts)
        self._log(webhook, f"{outcome}, dicoba lagi {pause_s:.0f} detik lagi", good=False)
        return pause_s

    def _request(self, webhook: Webhook) -> tuple[int | None, float | None, str]:
        """Return the answer's status, its Retry-After in seconds, and what went wrong."""
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
        try:
            response = session.post(
                webhook.url,
                data=webhook.body,
                headers=dict(webhook.headers),
                timeout=self._world.settings.webhook_timeout_s,
                allow_redirects=False,
            )
        except requests.Timeout:
            return None, None, "gateway tidak menjawab"
        except requests.RequestException:
            return None, None, "gateway tidak terhubung"
        return response.status_code, _seconds(response.headers.get("Retry-After")), ""

    def _exhausted(self, webhook: Webhook, status: int | None) -> bool:
        if status == _HTTP_GONE:
            return True
        retrying = webhook.retrying
        if retrying.times is not None:
            return webhook.attempts > retrying.times
        spent_s = sum(self._pause_s(attempt) for attempt in range(1, webhook.attempts + 1))
        return spent_s > retrying.give_up_s

    def _pause_s(self, attempts: int) -> float:
        """First repetition at once, then doubling up to the cap."""
        if attempts <= 1:
            return 0.0
        settings = self._world.settings
        return min(settings.retry_base_s * 2.0 ** min(attempts - 2, 30), settings.retry_cap_s)

    def _settle(self, webhook: Webhook, outcome: str, *, good: bool) -> None:
        self._log(webhook, outcome, good=good)
        with self._world.lock:
            for entry in webhook.entries:
                if good and entry.status == "failed":
                    entry.status = "sent"  # a later copy got through
                entry.advance("delivered" if good else "failed")
        self._world.touch()

    def _log(self, webhook: Webhook, outcome: str, *, good: bool) -> None:
        self._world.log(webhook.channel, webhook.citizen, webhook.label, outcome, good=good)


def _seconds(header: str | None) -> float | None:
    """Telegram honours Retry-After up to an hour."""
    if header is None or not header.isdigit():
        return None
    return float(min(int(header), 3600))
