"""`/arus`: the event streams, in a process of their own (decision 11).

One event loop holds all connections, so that a stream costs no thread. Beyond the cap a browser is
told 204 and asks by itself from time to time. Killing this process slows no page and no webhook.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from gateway.accounts import accounts
from gateway.reading.stream import Watcher, names_for
from gateway.rules.people import Staff
from gateway.runtime import Runtime

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

COOKIE: Final = "sahut_sesi"
CAP: Final = 80
PULSE_S: Final = 15.0
LOOK_S: Final = 1.0
_PULSE: Final = b"event: denyut\ndata: .\n\n"
_GREETING: Final = b"retry: 5000\n\n" + _PULSE


@dataclass(eq=False)
class _Listener:
    """One open stream: whose, and what it has not been told yet."""

    person: Staff
    names: dict[str, None] = field(default_factory=dict)
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, names: list[str]) -> None:
        self.names.update(dict.fromkeys(names))
        self.rung.set()

    def take(self) -> bytes:
        """Return the event that tells everything at once."""
        self.rung.clear()
        names, self.names = list(self.names), {}
        return f"data: {' '.join(names)}\n\n".encode() if names else b""


class StreamServer:
    """The ASGI application. Times are in seconds."""

    def __init__(
        self, runtime: Runtime, *, cap: int = CAP, pulse_s: float = PULSE_S, look_s: float = LOOK_S
    ) -> None:
        self._runtime = runtime
        self._cap, self._pulse_s, self._look_s = cap, pulse_s, look_s
        self._origin = _origin(runtime.profile.public_url)
        self._listeners: set[_Listener] = set()
        self._watching: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/healthz":
            await _respond(send, 200, self._headers(scope))
        elif scope["path"].rstrip("/") != "/arus":
            await _respond(send, 404, self._headers(scope))
        elif scope["method"] != "GET":
            await _respond(send, 405, self._headers(scope))
        else:
            await self._stream(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = _cookie(scope)
        try:
            person = await self._person(token)
        except SQLAlchemyError:
            await _respond(send, 503, self._headers(scope))
            return
        if person is None:
            await _respond(send, 401, self._headers(scope))
            return
        if len(self._listeners) >= self._cap:
            await _respond(send, 204, self._headers(scope))
            return
        listener = _Listener(person)
        self._listeners.add(listener)
        self._watch()
        gone: asyncio.Future[Any] = asyncio.ensure_future(_disconnected(receive))
        try:
            await _begin(send, self._headers(scope))
            await self._tell_until(gone, listener, token, send)
        finally:
            self._listeners.discard(listener)
            gone.cancel()

    async def _tell_until(
        self, gone: asyncio.Future[Any], listener: _Listener, token: str, send: Send
    ) -> None:
        """Send what comes and a pulse in between, until the browser or the session is gone."""
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        while not gone.done():
            rung: asyncio.Future[Any] = asyncio.ensure_future(listener.rung.wait())
            await asyncio.wait(
                {gone, rung}, timeout=self._pulse_s, return_when=asyncio.FIRST_COMPLETED
            )
            rung.cancel()
            if gone.done():
                return
            event = listener.take()
            if loop.time() - asked_at >= self._pulse_s:  # also where news never pause
                asked_at = loop.time()
                if await self._has_left(token, listener):
                    break
            await send({"type": "http.response.body", "body": event or _PULSE, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _person(self, token: str) -> Staff | None:
        """Return whose session this is, or None where it ended or may not be used yet."""
        found = await asyncio.to_thread(accounts.current, self._runtime, token, touch=False)
        return None if found is None or found.held_back else found

    async def _has_left(self, token: str, listener: _Listener) -> bool:
        """Whether the session has ended; a database that is away for a moment ends nothing.

        Who has another role or office meanwhile hears of other cases.
        """
        try:
            found = await self._person(token)
        except SQLAlchemyError:
            return False
        listener.person = found or listener.person
        return found is None

    def _watch(self) -> None:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.ensure_future(self._look_while_anybody_listens())

    async def _look_while_anybody_listens(self) -> None:
        watcher: Watcher | None = None
        while self._listeners:
            try:
                if watcher is None:
                    watcher = await asyncio.to_thread(Watcher, self._runtime)
                news = await asyncio.to_thread(watcher.look)
            except SQLAlchemyError as error:  # the database comes back; pages ask meanwhile
                logger.warning("stream_look_failed", extra={"error": type(error).__name__})
                news = []
            for listener in list(self._listeners) if news else ():
                names = names_for(listener.person, news)
                if names:
                    listener.tell(names)
            await asyncio.sleep(self._look_s)

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Headers of every answer; only our own pages may read it from another port."""
        headers = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
        if _header(scope, b"origin") == self._origin.encode():
            headers += [
                (b"access-control-allow-origin", self._origin.encode()),
                (b"access-control-allow-credentials", b"true"),
                (b"vary", b"origin"),
            ]
        return headers


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _header(scope: Mapping[str, Any], name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key.lower() == name), b"")


def _cookie(scope: Mapping[str, Any]) -> str:
    jar: SimpleCookie = SimpleCookie()
    with contextlib.suppress(CookieError):
        jar.load(_header(scope, b"cookie").decode("latin-1"))
    return jar[COOKIE].value if COOKIE in jar else ""


async def _begin(send: Send, headers: list[tuple[bytes, bytes]]) -> None:
    kind = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, *kind]})
    await send({"type": "http.response.body", "body": _GREETING, "more_body": True})


async def _respond(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _live(receive: Receive, send: Send) -> None:
    """Follow the server's start and end; there is nothing to prepare."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
