"""A gateway that only listens, and the sandbox beside it."""

import json
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import requests
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from sandbox.server import SandboxServer

DEADLINE_S = 10.0


@dataclass(frozen=True)
class Heard:
    """One request that the sandbox made."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class ListeningGateway:
    """Records webhooks and answers as the test says, also with a body; 200 otherwise."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answers: defaultdict[str, deque[tuple[int, dict[str, str]]]] = defaultdict(deque)
        self.bodies: defaultdict[str, deque[tuple[int, dict[str, str], str]]] = defaultdict(deque)
        self.files: dict[str, tuple[bytes, str]] = {}
        self._server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet
        )
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def answer_next(self, path: str, *statuses: int, headers: dict[str, str] | None = None) -> None:
        self.answers[path].extend((status, headers or {}) for status in statuses)

    def on(self, path: str) -> list[Heard]:
        return [one for one in list(self.heard) if one.path == path]

    @Request.application
    def _answer(self, request: Request) -> Response:
        if request.path in self.files:
            content, mime = self.files[request.path]
            return Response(content, mimetype=mime)
        body = request.get_data()
        query = request.query_string.decode()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append(Heard(request.method, request.path, query, headers, body))
        if request.method == "GET":
            return Response(request.args.get("hub.challenge", ""))
        if self.bodies[request.path]:
            status, extra, text = self.bodies[request.path].popleft()
            return Response(text, status=status, headers=extra)
        waiting = self.answers[request.path]
        status, extra = waiting.popleft() if waiting else (200, {})
        return Response("", status=status, headers=extra)


class Stage:
    """The running sandbox with its control API at hand."""

    def __init__(self, server: SandboxServer, gateway: ListeningGateway) -> None:
        self.world = server.world
        self.settings = server.world.settings
        self.url = server.world.settings.base_url
        self.gateway = gateway

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = requests.post(self.url + path, json=body or {}, timeout=DEADLINE_S)
        assert answer.ok, answer.text
        return answer.json()

    def get(self, path: str, **values: str) -> Any:
        answer = requests.get(self.url + path, params=values, timeout=DEADLINE_S)
        assert answer.ok, answer.text
        return answer.json()

    def write(self, citizen: str, channel: str, text: str | None = None, **more: Any) -> list[Any]:
        body = {"channel": channel, "text": text, **more}
        return self.post(f"/api/citizens/{citizen}/messages", body)["messages"]

    def fault(self, name: str, **more: Any) -> None:
        self.post("/api/faults", {"name": name, **more})

    def thread(self, citizen: str, channel: str) -> list[Any]:
        return self.get(f"/api/citizens/{citizen}/thread", channel=channel)["messages"]

    def callback(self, query: str = "?ref=part-1") -> str:
        """The address for Twilio's receipts."""
        return f"{self.gateway.url}/webhooks/twilio/status{query}"

    def shown(self, citizen: str, channel: str, entry_id: str) -> None:
        """Wait until a message stands on the phone."""
        eventually(
            lambda: [one["id"] for one in self.thread(citizen, channel)],
            lambda ids: entry_id in ids,
            "the answer on the phone",
        )

    def webhooks(self, path: str, count: int) -> list[Heard]:
        """Wait for `count` webhooks on a path and return them."""
        return eventually(
            lambda: self.gateway.on(path), lambda heard: len(heard) >= count, f"{count} on {path}"
        )

    def statuses(self, count: int) -> list[dict[str, str]]:
        """Wait for `count` Twilio receipts."""
        heard = self.webhooks("/webhooks/twilio/status", count)
        return [one.form for one in heard]

    def meta_events(self, count: int) -> list[dict[str, Any]]:
        """Wait for `count` events of Messenger and Instagram, over all requests."""
        return eventually(
            self._meta_events, lambda events: len(events) >= count, f"{count} Meta events"
        )

    def _meta_events(self) -> list[dict[str, Any]]:
        heard = self.gateway.on("/webhooks/meta")
        entries = [entry for one in heard for entry in one.json["entry"]]
        return [event for entry in entries for event in entry["messaging"]]

    def settled(self) -> None:
        """Wait until nothing is on its way."""
        eventually(
            lambda: self.world.dispatcher.pending, lambda pending: pending == 0, "nothing pending"
        )


def eventually(look: Any, enough: Any, what: str) -> Any:
    """Look again and again until it is enough; fail after the deadline."""
    end = time.monotonic() + DEADLINE_S
    while True:
        seen = look()
        if enough(seen):
            return seen
        assert time.monotonic() < end, f"waited in vain for {what}; last seen: {seen!r}"
        time.sleep(0.01)
