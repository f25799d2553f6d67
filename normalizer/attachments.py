"""What was attached, and which photos show an identity card and must never leave Diskominfo."""

import re
from itertools import chain

from channels.message import Location
from normalizer.cards import CARD_KEYS
from normalizer.draft import SourceMessage
from normalizer.map_links import last_linked_pin
from normalizer.roles import Roles
from normalizer.transcript import Transcript

_CARD_TEXT = re.compile(
    r"\b(?:ini|foto|fotonya|berikut|kirim|lampiran)\b.{0,12}\b(?:e-?ktp|ktp|kartu keluarga|kk)\b|"
    r"^\W*(?:(?:punten|maaf|pak|bu|min|permisi)\W+)*(?:foto )?(?:e-?ktp|ktp)(?: (?:saya|sy|sayo|"
    r"nya))?\W*$"
)
_PICTURES = frozenset({"foto", "dokumen"})
_NIK_KEYS = CARD_KEYS | {
    "minta_nik", "nik_salah", "nik_tanggal", "nik_wilayah", "nik_kk", "nik_ganda", "ktp_foto"
}  # fmt: skip


def all_attachments(transcript: Transcript) -> tuple[str, ...]:
    """Return the kinds of everything attached, in order, stickers left out."""
    attached = chain.from_iterable([message.attachments for message in transcript.messages])
    return tuple([kind for kind in attached if kind != "stiker"])


def identity_photos(transcript: Transcript, roles: Roles) -> tuple[str, ...]:
    """Return the ids of messages whose picture is an identity card.

    Known by its kind, by words such as "ini KTP saya", or because it answers the question for the
    NIK without a word.
    """
    attached = [message for message in transcript.messages if message.attachments or message.cards]
    return tuple([message.id for message in attached if _shows_identity(message, roles)])


def returning_photos(transcript: Transcript) -> frozenset[str]:
    """Return the messages whose picture was taken for a card only because it came without a word.

    A reader saw no card on it, so it is evidence as soon as the NIK has come otherwise.
    """
    return frozenset(
        message.id
        for message in transcript.messages
        if message.no_card and not message.cards and not message.text.strip()
    )


def _shows_identity(message: SourceMessage, roles: Roles) -> bool:
    if message.cards or "foto_ktp" in message.attachments:
        return True
    if not _PICTURES.intersection(message.attachments):
        return False
    if not message.text.strip():
        return roles.awaited[message.id] in _NIK_KEYS
    return _CARD_TEXT.search(message.text[:200].lower()) is not None


def last_pin(transcript: Transcript) -> Location | None:
    """Return the location shared last, or the last one in a map link, or None."""
    shared = (message.location for message in reversed(transcript.messages) if message.location)
    return next(shared, None) or last_linked_pin(transcript.text)
