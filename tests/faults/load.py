"""Webhooks straight to the web process, from several threads, with a record of what was answered.

What the sandbox cannot tell is known here: which request got a 2xx, and which was given up.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import requests

from sandbox import defaults
from tests.live import Stack

_THREADS = 6
_CHATS = 20
_FIRST_CHAT = 5559100000
_ANSWER_S = 20
_HEADERS = {"X-Telegram-Bot-Api-Secret-Token": defaults.TELEGRAM_SECRET}


@dataclass
class Load:
    """Messages with the ids 1 to `total`, sent again until each is answered 2xx, as Telegram does.

    Attributes:
        accepted: ids of the messages that were answered 2xx.
        refused: how often a request failed and was sent again.
    """

    stack: Stack
    total: int
    accepted: set[int] = field(default_factory=set)
    refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin to send."""
        numbers = range(1, self.total + 1)
        for first in range(_THREADS):
            share = numbers[first::_THREADS]
            thread = threading.Thread(target=self._send_all, args=(share,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def finish(self) -> None:
        """Wait until everything was answered."""
        for thread in self._threads:
            thread.join(timeout=50)
        assert not any(thread.is_alive() for thread in self._threads), "some are never answered"
        assert len(self.accepted) == self.total

    def _send_all(self, numbers: Iterable[int]) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for number in numbers:
                while not self._send(session, number):
                    time.sleep(0.1)

    def _send(self, session: requests.Session, number: int) -> bool:
        url = f"{self.stack.web_url}/webhooks/telegram"
        try:
            answer = session.post(url, json=update(number), headers=_HEADERS, timeout=_ANSWER_S)
            taken = 200 <= answer.status_code < 300
        except requests.RequestException:
            taken = False
        with self._lock:
            if taken:
                self.accepted.add(number)
            else:
                self.refused += 1
        return taken


def update(number: int) -> dict[str, object]:
    """One text message; the number is its message id, and decides the chat."""
    chat = _FIRST_CHAT + number % _CHATS
    return {
        "update_id": 990_000_000 + number,
        "message": {
            "message_id": number,
            "from": {"id": chat, "is_bot": False, "first_name": "Uji"},
            "chat": {"id": chat, "first_name": "Uji", "type": "private"},
            "date": int(time.time()),
            "text": f"lampu jalan mati di Desa Senggoro, laporan ke-{number}",
        },
    }
