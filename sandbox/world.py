"""Everything the sandbox remembers: people, threads, files, what was sent, what happened."""

import secrets
import threading
from collections import deque
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.dispatcher import Dispatcher
from sandbox.faults import Faults
from sandbox.people import CHANNELS, Citizen, first_citizens
from sandbox.settings import SandboxSettings
from sandbox.thread import Direction, Entry, Occurrence, StoredFile
from sandbox.whatsapp_templates import first_templates

_OCCURRENCES_KEPT = 500
# What recordings are heard to say until somebody sets it.
_SPOKEN = (
    "Lampu jalan di depan Masjid Al Ikhlas Desa Air Putih mati sejak kemarin malam, mohon "
    "diperbaiki."
)


class World:
    """Memory behind one lock. Callers that read and then write take `lock` themselves."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.clock = Clock()
        self.faults = Faults()
        self.dispatcher = Dispatcher(settings.workers)
        self.silence = threading.Event()  # set: nobody is kept waiting any more
        self._forget()

    def reset(self) -> None:
        """Forget everything but the settings."""
        self.silence.set()
        with self.lock:
            self.dispatcher.forget()
            self.faults.clear()
            self.clock.reset()
            self._forget()
        self.silence = threading.Event()

    def close(self) -> None:
        """Stop the background threads."""
        self.silence.set()
        self.dispatcher.close()

    def _forget(self) -> None:
        self.citizens: dict[str, Citizen] = {one.id: one for one in first_citizens()}
        self._by_address = {
            (channel, one.address(channel)): one
            for one in self.citizens.values()
            for channel in CHANNELS
        }
        self._threads: dict[tuple[str, str], list[Entry]] = {}
        self._last_in: dict[tuple[str, str], datetime] = {}
        self.entries: dict[tuple[str, str, str], Entry] = {}
        self._called: dict[tuple[str, str], Entry] = {}  # without Telegram: ids repeat per chat
        self.files: dict[str, StoredFile] = {}
        self.sent: list[Entry] = []
        self.occurrences: deque[Occurrence] = deque(maxlen=_OCCURRENCES_KEPT)
        self._happened = 0
        self.spoken = _SPOKEN
        self.opted_out: set[str] = set()
        self.templates = first_templates()
        # channel → what went wrong with the last webhook that failed, and when
        self.last_error: dict[str, tuple[str, datetime]] = {}
        self.version = getattr(self, "version", 0) + 1

    # People

    def invite(self, identifier: str, first_name: str, last_name: str) -> Citizen:
        """Add a citizen, or return the one who has this id."""
        with self.lock:
            if identifier in self.citizens:
                return self.citizens[identifier]
            number = max(one.number for one in self.citizens.values()) + 1
            citizen = Citizen(identifier, number, first_name, last_name)
            self.citizens[identifier] = citizen
            for channel in CHANNELS:
                self._by_address[channel, citizen.address(channel)] = citizen
            self.version += 1
            return citizen

    def citizen_at(self, channel: str, address: str) -> Citizen | None:
        """Who is reached at this address, if anybody."""
        return self._by_address.get((channel, address))

    # Threads

    def add(self, entry: Entry) -> None:
        """Put a message at the end of its thread."""
        key = (entry.channel, entry.citizen)
        with self.lock:
            self._threads.setdefault(key, []).append(entry)
            self.entries[entry.channel, entry.citizen, entry.id] = entry
            if entry.channel != "telegram":
                self._called[entry.channel, entry.id] = entry
            for file in entry.files:
                self.files[file.id] = file
            if entry.direction == "in":
                self._last_in[key] = entry.at
            else:
                self.sent.append(entry)
            self.version += 1

    def mark_answered(self, entry: Entry) -> None:
        """An answer that arrived shows the citizen that the earlier messages were read."""
        if entry.channel == "sms":
            return
        with self.lock:
            for earlier in self._threads.get((entry.channel, entry.citizen), []):
                if earlier.direction == "in" and earlier.status == "delivered":
                    earlier.advance("read")
            self.version += 1

    def touch(self) -> None:
        """Say that something on the phone changed."""
        with self.lock:
            self.version += 1

    def thread(self, channel: str, citizen_id: str) -> list[Entry]:
        """The messages of one thread, oldest first."""
        with self.lock:
            return list(self._threads.get((channel, citizen_id), []))

    def entry(self, channel: str, citizen_id: str, entry_id: str) -> Entry | None:
        """One message of a thread."""
        return self.entries.get((channel, citizen_id, entry_id))

    def entry_called(self, channels: tuple[str, ...], entry_id: str) -> Entry | None:
        """One message of Twilio or Meta by its id, whoever's thread it is in."""
        found = (self._called.get((channel, entry_id)) for channel in channels)
        return next((entry for entry in found if entry is not None), None)

    def last_inbound_at(self, channel: str, citizen_id: str) -> datetime | None:
        """When the citizen last wrote on this channel; None if never."""
        return self._last_in.get((channel, citizen_id))

    def wrote_within(self, channel: str, citizen_id: str, window: timedelta) -> bool:
        """Whether the citizen wrote so lately that free text may be sent."""
        last = self.last_inbound_at(channel, citizen_id)
        return last is not None and self.clock.now() - last <= window

    # What happened

    def log(
        self, channel: str, citizen_id: str | None, what: str, outcome: str, *, good: bool = True
    ) -> None:
        """Write one line of "Kejadian". Texts are Indonesian: people read them."""
        with self.lock:
            self._happened += 1
            self.occurrences.appendleft(
                Occurrence(
                    self._happened, self.clock.now(), channel, citizen_id, what, outcome, good
                )
            )
            self.version += 1


def new_entry(
    world: World, entry_id: str, channel: str, citizen: Citizen, direction: Direction
) -> Entry:
    """An empty message that happens now."""
    entry = Entry(entry_id, channel, citizen.id, direction, world.clock.now())
    entry.address = citizen.address(channel)
    return entry


def random_id(prefix: str, digits: int = 32) -> str:
    """A provider-like id: `prefix` and hexadecimal digits."""
    return prefix + secrets.token_hex((digits + 1) // 2)[:digits]
