"""A GSM modem at the end of a pseudo terminal: as much of the AT commands as Kannel uses."""

import os
import pty
import re
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_END_OF_TEXT, _ESCAPE = b"\x1a", b"\x1b"
_ANSWERS = {
    "AT+CPIN?": "+CPIN: READY",
    "AT+CREG?": "+CREG: 0,1",
    "AT+CSQ": "+CSQ: 20,0",
    "AT+CSMS?": "+CSMS: 0,1,1,1",
    "AT+CPMS?": '+CPMS: "SM",0,20,"SM",0,20,"SM",0,20',
    "ATI": "Modem uji",
}
_SUBMIT = re.compile(r"AT\+CMGS=\d+")


@dataclass
class Modem:
    """What Kannel asked and sent; SMS that arrive are given to `receives`."""

    path: str
    master: int
    asked: list[str] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    def receives(self, pdu: str) -> None:
        """Announce an SMS the way `AT+CNMI=1,2` asks for."""
        octets = len(pdu) // 2 - 1  # without the (empty) address of the centre
        self._say(f"\r\n+CMT: ,{octets}\r\n{pdu}\r\n")

    def serve(self) -> None:
        """Answer until the terminal is closed."""
        waiting, in_text = b"", False
        with suppress(OSError):
            while more := os.read(self.master, 1024):
                waiting += more
                while True:
                    line, rest = _next(waiting, in_text)
                    if line is None:
                        break
                    waiting = rest
                    in_text = self._hear(line, in_text)

    def _hear(self, line: str, in_text: bool) -> bool:
        """Take one command or one text; say whether a text comes next."""
        if in_text:
            self.submitted.append(line)
            self._say(f"\r\n+CMGS: {len(self.submitted)}\r\n\r\nOK\r\n")
            return False
        if not line:
            return False
        self.asked.append(line)
        if _SUBMIT.fullmatch(line):
            self._say("\r\n> ")
            return True
        if line.startswith("AT+CNMI="):
            self.ready.set()
        answer = _ANSWERS.get(line)
        self._say(f"\r\n{answer}\r\n\r\nOK\r\n" if answer else "\r\nOK\r\n")
        return False

    def _say(self, text: str) -> None:
        os.write(self.master, text.encode())


@contextmanager
def running_modem() -> Iterator[Modem]:
    """A modem on a terminal of its own."""
    master, slave = pty.openpty()
    tty.setraw(master)
    tty.setraw(slave)
    modem = Modem(os.ttyname(slave), master)
    thread = threading.Thread(target=modem.serve, daemon=True)
    thread.start()
    try:
        yield modem
    finally:
        os.close(slave)
        os.close(master)
        thread.join(2)


def _next(waiting: bytes, in_text: bool) -> tuple[str | None, bytes]:
    end = _END_OF_TEXT if in_text else b"\r"
    line, found, rest = waiting.partition(end)
    if not found:
        return None, waiting
    plain = line.replace(_ESCAPE, b"").replace(b"\n", b"").decode("ascii", "replace")
    return plain.strip(), rest


def delivered(sender: str, text: str) -> str:
    """Return an incoming SMS as a PDU: GSM letters, from an international number.

    Source: 3GPP TS 23.040, 9.2.2.1. The time is 20 November 2026, 08:15 in WIB (UTC+7).
    """
    digits = sender.removeprefix("+")
    address = f"{len(digits):02X}91{_swapped(digits)}"
    stamp = _swapped("261120081500") + _swapped("28")  # quarters of an hour
    return f"0004{address}0000{stamp}{len(text):02X}{packed(text).hex().upper()}"


def packed(text: str) -> bytes:
    """Return ASCII letters that GSM shares, seven bits each."""
    bits = sum(ord(letter) << (7 * place) for place, letter in enumerate(text))
    return bits.to_bytes((7 * len(text) + 7) // 8, "little")


def unpacked(content: bytes, letters: int) -> str:
    """Return the letters of seven bits each."""
    bits = int.from_bytes(content, "little")
    return "".join(chr(bits >> (7 * place) & 0x7F) for place in range(letters))


def submitted_text(pdu: str) -> tuple[str, str]:
    """Return number and text of an SMS that Kannel handed to the modem."""
    raw = bytes.fromhex(pdu)
    raw = raw[1 + raw[0] :]  # the centre's address
    digits = raw[2]
    number = _swapped(raw[4 : 4 + (digits + 1) // 2].hex())[:digits]
    rest = raw[4 + (digits + 1) // 2 :]
    # Protocol, coding, validity of one octet if the first octet says so, then the length.
    rest = rest[3:] if raw[0] & 0x10 else rest[2:]
    return number, unpacked(rest[1:], rest[0])


def _swapped(digits: str) -> str:
    even = digits + "F" * (len(digits) % 2)
    return "".join(even[place + 1] + even[place] for place in range(0, len(even), 2))
