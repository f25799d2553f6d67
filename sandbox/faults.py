"""The faults that a person or a test can switch on."""

import threading
from dataclasses import dataclass

# name → (what the switch says, what it explains below)
FAULTS: dict[str, tuple[str, str]] = {
    "late": ("Terlambat 30 detik", "Pesan dan kabar terkirim datang belakangan"),
    "thrice": ("Pesan ganda", "Kiriman yang sama datang 3 kali"),
    "out_of_order": ("Urutan terbalik", "Pesan kedua tiba sebelum yang pertama"),
    "throttled": ("Terlalu sering", "Jawaban 429, coba lagi 5 detik kemudian"),
    "server_error": ("Penyedia galat", "Jawaban 500 sampai dimatikan"),
    "timeout": ("Diam setelah menerima", "Pesan sampai, jawaban tidak pernah datang"),
    "blocked": ("Diblokir warga", "Warga ini memblokir akun layanan"),
    "not_registered": ("Nomor tidak terdaftar", "Alamat warga ini tidak ada di kanal"),
    "opted_out": ("Berhenti berlangganan", "Warga ini menolak SMS (STOP)"),
    "media_missing": ("Lampiran belum siap", "Berkas dijawab 404 beberapa kali"),
    "token_expired": ("Token mati", "Penyedia menolak kredensial kita"),
    "undelivered": ("Tidak sampai", "Diterima penyedia, lalu gagal di jalan"),
}


@dataclass(slots=True)
class Fault:
    """One fault that is on.

    Attributes:
        channel, citizen: where it works; None means everywhere.
        times: how many more times; None means until it is switched off.
        retry_after_s: what a throttled caller is told to wait.
        delay_s: length of `late` and `timeout`; None takes the setting.
        code: the provider's error code of `undelivered`; None takes a usual one.
    """

    name: str
    channel: str | None = None
    citizen: str | None = None
    times: int | None = None
    retry_after_s: int = 5
    delay_s: float | None = None
    code: str | None = None

    def concerns(self, name: str, channel: str, citizen: str | None) -> bool:
        """Whether this fault works there now."""
        return (
            self.name == name
            and self.channel in (None, channel)
            and self.citizen in (None, citizen)
            and self.times != 0
        )


class Faults:
    """The faults that are on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: list[Fault] = []

    def switch_on(self, fault: Fault) -> None:
        """Add a fault; it replaces one of the same name and reach."""
        with self._lock:
            self._on = [one for one in self._on if not _same(one, fault)] + [fault]

    def switch_off(self, name: str, channel: str | None, citizen: str | None) -> None:
        """Remove the fault of this name and reach."""
        gone = Fault(name, channel, citizen)
        with self._lock:
            self._on = [one for one in self._on if not _same(one, gone)]

    def clear(self) -> None:
        """Remove all."""
        with self._lock:
            self._on = []

    def take(self, name: str, channel: str, citizen: str | None) -> Fault | None:
        """Return the fault that works there, and count one use of it."""
        with self._lock:
            for fault in self._on:
                if fault.concerns(name, channel, citizen):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def listed(self) -> list[Fault]:
        """Faults that still have an effect."""
        with self._lock:
            return [fault for fault in self._on if fault.times != 0]


def _same(one: Fault, other: Fault) -> bool:
    return (one.name, one.channel, one.citizen) == (other.name, other.channel, other.citizen)
