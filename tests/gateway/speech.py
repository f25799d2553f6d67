"""A speech service on this machine that speaks OpenAI's transcription API, and one in memory."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATH = "/v1/audio/transcriptions"


@dataclass
class Speech:
    """What the service answers, and the requests that it got."""

    origin: str
    status: int = 200
    body: bytes = json.dumps({"text": "Lampu jalan mati."}).encode()
    location: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def speech_server() -> Iterator[Speech]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            speech.asked.append(_form(self.path, dict(self.headers), content))
            self.send_response(speech.status)
            if speech.location:
                self.send_header("location", speech.location)
            self.send_header("content-length", str(len(speech.body)))
            self.end_headers()
            self.wfile.write(speech.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    speech = Speech(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield speech
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _form(path: str, headers: dict[str, str], content: bytes) -> dict[str, str]:
    """The fields of a multipart form, with the path and the key under names of their own."""
    parsed = message_from_bytes(
        b"content-type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + content
    )
    fields = {"path": path, "authorization": headers.get("authorization", "")}
    for part in parsed.get_payload():
        name = part.get_param("name", header="content-disposition")
        fields[name] = part.get_payload(decode=True).decode("latin-1")
        if part.get_filename():
            fields["filename"] = part.get_filename()
            fields["mime"] = part.get_content_type()
    return fields


class Listener:
    """A transcriber in memory: says `words` one after the other, or raises them."""

    def __init__(self, *words: str | BaseException) -> None:
        self.words = list(words)
        self.heard: list[bytes] = []

    def transcribe(self, recording: bytes) -> str:
        self.heard.append(recording)
        answer = self.words.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer
