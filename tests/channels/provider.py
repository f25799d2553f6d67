"""A provider that answers as it is told: a real HTTP server on loopback, on a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Call:
    """One request that arrived, and the caller's port, which tells connections apart."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    caller_port: int


@dataclass
class Answer:
    """What to say next. `silent`: take the request and hang up without an answer."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    silent: bool = False


@dataclass
class Provider:
    """Calls that came, and answers in the order in which they are given; the last one stays."""

    origin: str
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    def will_answer(self, *answers: Answer) -> None:
        self.calls.clear()
        self.answers = list(answers)


@contextmanager
def running_provider() -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined] # the handler's way to its state
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        provider: Provider = self.server.provider  # type: ignore[attr-defined] # set above
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        provider.calls.append(Call(self.command, self.path, headers, body, self.client_address[1]))
        answer = provider.answers[0]
        if len(provider.answers) > 1:
            provider.answers.pop(0)
        if answer.silent:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = _handle  # noqa: N815 - names that the server looks for

    def log_message(self, *args: object) -> None:
        pass
