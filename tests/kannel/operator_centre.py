"""An operator's message centre: as much of SMPP 3.4 as a bind of Kannel needs, on loopback."""

import itertools
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_BINDS = {0x00000001, 0x00000002, 0x00000009}
_SUBMIT, _DELIVER, _ENQUIRE, _UNBIND = 0x04, 0x05, 0x15, 0x06
_ANSWER = 0x80000000
_INTERNATIONAL, _ALPHANUMERIC = 1, 5
_RECEIPT_CLASS = 0x04


@dataclass(frozen=True)
class Submitted:
    """One piece that Kannel handed over: numbers, data coding and the user data."""

    source: str
    destination: str
    coding: int
    content: bytes
    message_id: str


@dataclass
class OperatorCentre:
    """What arrived, and how to behave. `refuse_with`: a command status, 0 accepts."""

    port: int
    password: str = "sandi8ch"
    refuse_with: int = 0
    submitted: list[Submitted] = field(default_factory=list)
    bound: threading.Event = field(default_factory=threading.Event)
    _lines: list[socket.socket] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    def deliver(self, sender: str, receiver: str, content: bytes, coding: int = 0) -> None:
        """Hand a citizen's SMS to Kannel."""
        self._send_deliver(sender, receiver, content, coding, 0)

    def report(self, piece: Submitted, state: str, error: str = "000") -> None:
        """Send the delivery receipt of a piece, which repeats the beginning of its text."""
        text = (
            f"id:{piece.message_id} sub:001 dlvrd:001 submit date:2611200814 "
            f"done date:2611200815 stat:{state} err:{error} text:Aduan Anda terca"
        )
        self._send_deliver(piece.destination, piece.source, text.encode(), 0, _RECEIPT_CLASS)

    def serve(self, line: socket.socket) -> None:
        """Answer one bind until it ends."""
        while (pdu := _read_pdu(line)) is not None:
            command, number, body = pdu
            if command in _BINDS:
                self._bind(line, command, number, body)
            elif command == _SUBMIT:
                self._submit(line, number, body)
            elif command in (_ENQUIRE, _UNBIND):
                line.sendall(_pdu(command | _ANSWER, 0, number, b""))

    def _bind(self, line: socket.socket, command: int, number: int, body: bytes) -> None:
        known = body.split(b"\0")[1].decode() == self.password
        line.sendall(_pdu(command | _ANSWER, 0 if known else 0x0E, number, b"pusat\0"))
        if known:
            self._lines.append(line)
            self.bound.set()

    def _submit(self, line: socket.socket, number: int, body: bytes) -> None:
        if self.refuse_with:
            line.sendall(_pdu(_SUBMIT | _ANSWER, self.refuse_with, number, b""))
            return
        piece = _read_submit(body, str(next(self._numbers)))
        self.submitted.append(piece)
        line.sendall(_pdu(_SUBMIT | _ANSWER, 0, number, piece.message_id.encode() + b"\0"))

    def _send_deliver(
        self, sender: str, receiver: str, content: bytes, coding: int, esm_class: int
    ) -> None:
        kind = _INTERNATIONAL if sender.isdigit() else _ALPHANUMERIC
        source = struct.pack("BB", kind, 0) + sender.encode() + b"\0"
        destination = struct.pack("BB", 0, 0) + receiver.encode() + b"\0"
        rest = struct.pack("BBB", esm_class, 0, 0) + b"\0\0" + struct.pack("BBBB", 0, 0, coding, 0)
        body = b"\0" + source + destination + rest + struct.pack("B", len(content)) + content
        self._lines[-1].sendall(_pdu(_DELIVER, 0, next(self._numbers), body))


@contextmanager
def running_centre() -> Iterator[OperatorCentre]:
    """A centre that listens on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        centre = OperatorCentre(listener.getsockname()[1])
        lines: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                lines.append(line)
                threading.Thread(target=centre.serve, args=(line,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield centre
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for line in lines:
                line.close()


def _pdu(command: int, status: int, number: int, body: bytes) -> bytes:
    return struct.pack(">IIII", 16 + len(body), command, status, number) + body


def _read_pdu(line: socket.socket) -> tuple[int, int, bytes] | None:
    try:
        head = _read_exactly(line, 16)
        if head is None:
            return None
        length, command, _, number = struct.unpack(">IIII", head)
        body = _read_exactly(line, length - 16)
    except OSError:
        return None
    return None if body is None else (command, number, body)


def _read_exactly(line: socket.socket, size: int) -> bytes | None:
    content = b""
    while len(content) < size:
        more = line.recv(size - len(content))
        if not more:
            return None
        content += more
    return content


def _read_submit(body: bytes, message_id: str) -> Submitted:
    _, _, rest = body.partition(b"\0")
    source, _, rest = rest[2:].partition(b"\0")
    destination, _, rest = rest[2:].partition(b"\0")
    _, _, rest = rest[3:].partition(b"\0")  # scheduled delivery time
    _, _, rest = rest.partition(b"\0")  # validity
    coding, size = rest[2], rest[4]
    return Submitted(source.decode(), destination.decode(), coding, rest[5 : 5 + size], message_id)
