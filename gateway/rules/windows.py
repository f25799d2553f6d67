"""Until when a citizen can be answered freely, and what happens after: judged by the server."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from channels.adapter import ChannelLimits
from channels.message import ChannelName
from gateway.runtime import Runtime
from store.models.messaging import Conversation

CHANNEL_WORDS = {name: name.word for name in ChannelName}
# What came in by word of mouth cannot be answered in writing at the place where it came from.
SPOKEN = {ChannelName.OPERATOR, ChannelName.VOICE}
TEMPLATE_CHANNELS = {ChannelName.WHATSAPP, ChannelName.WHATSAPP_CLOUD}


_IN_PERSON = (
    "Tidak ada kanal pesan ke pelapor. Jawaban terbaca di Cek aduan dengan nomor dan PIN; "
    "petugas juga menyampaikannya sendiri."
)


class WindowState(StrEnum):
    """What may be written now."""

    FREE = "free"  # the channel has no window
    OPEN = "open"
    HUMAN = "human"  # only words of a person (Meta, 7 days)
    CLOSED = "closed"
    UNREACHABLE = "unreachable"  # opted out, blocked, withheld number, channel off


@dataclass(frozen=True, slots=True)
class Window:
    """The window of one conversation now.

    `share_left` (0 to 1) draws the meter. `otherwise` is what happens to words that are not
    delivered here; empty: they wait.
    """

    state: WindowState
    words: str
    closes_at: datetime | None = None
    share_left: float = 1.0
    otherwise: str = ""


def judge(runtime: Runtime, conversation: Conversation) -> Window:
    """Return what may be written to this citizen now."""
    if conversation.channel in SPOKEN:
        return Window(WindowState.UNREACHABLE, _IN_PERSON)
    name = CHANNEL_WORDS[conversation.channel]
    adapter = runtime.channels.get(conversation.channel)
    if conversation.suppressed_reason or not conversation.repliable:
        return Window(WindowState.UNREACHABLE, f"Warga tidak dapat dibalas lewat {name}.")
    if adapter is None:
        return Window(WindowState.UNREACHABLE, f"Kanal {name} sedang tidak aktif.")
    if adapter.limits.window is None:
        return Window(WindowState.FREE, f"{name}: dapat dibalas kapan saja.")
    return _timed(runtime, conversation, adapter.limits, adapter.limits.window)


def _timed(
    runtime: Runtime, conversation: Conversation, limits: ChannelLimits, window: timedelta
) -> Window:
    name, last = CHANNEL_WORDS[conversation.channel], conversation.last_inbound_at
    left = _left(last, window, runtime.now())
    if left > timedelta(0) and last is not None:
        words = f"Jendela {name} tutup dalam {length_words(left)}"
        share = left / window
        return Window(WindowState.OPEN, words, last + window, min(share, 1.0))
    if limits.human_window and _left(last, limits.human_window, runtime.now()) > timedelta(0):
        words = f"Jendela {name} tertutup. Balasan petugas masih dapat dikirim sampai 7 hari."
        return Window(WindowState.HUMAN, words, share_left=0.0)
    return Window(WindowState.CLOSED, _closed_words(conversation.channel, name), share_left=0.0)


def _left(last: datetime | None, window: timedelta, now: datetime) -> timedelta:
    return timedelta(0) if last is None else last + window - now


def _closed_words(channel: ChannelName, name: str) -> str:
    if channel in TEMPLATE_CHANNELS:
        return (
            f"Jendela {name} tertutup. Dikirim: templat “kabar aduan”; "
            "isi menyusul setelah warga menekan Baca jawaban."
        )
    return f"Jendela {name} tertutup. Tulisan disimpan dan dikirim saat warga menulis lagi."


def length_words(length: timedelta) -> str:
    """Return e.g. ``14 jam 02 mnt`` or ``40 mnt``."""
    minutes = int(length.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} jam {rest:02d} mnt" if hours else f"{rest} mnt"
