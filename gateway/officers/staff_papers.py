"""Pictures that an officer sends with a draft, as photos of the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from channels.message import MediaKind
from store.media import StoredMedium
from store.models.messaging import Attachment, MediaState, Message

_WAIT: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Papers:
    """What came with an order: kept pictures, and whether there was a file that is none.

    `moment` is ``before`` or ``after`` the work.
    """

    photos: Sequence[StoredMedium] = ()
    moment: str = "after"
    refused: bool = False


def papers_of(files: Sequence[Attachment], moment: str) -> Papers:
    """Return the files of a message as photos of the work."""
    pictures = [file for file in files if _is_picture(file)]
    return Papers([_kept(file) for file in pictures], moment, len(pictures) < len(files))


def waits_for_file(message: Message, files: Sequence[Attachment], now: datetime) -> bool:
    """Whether a file of the message is still being fetched, and worth waiting for."""
    pending = any(file.state is MediaState.PENDING for file in files)
    return pending and now - message.received_at < _WAIT


def _is_picture(file: Attachment) -> bool:
    drawn = file.shared_key is not None and file.thumbnail_key is not None
    return file.kind is MediaKind.IMAGE and file.state is MediaState.STORED and drawn


def _kept(file: Attachment) -> StoredMedium:
    return StoredMedium(
        sha256=file.sha256 or "",
        mime=file.mime or "",
        size_bytes=file.size_bytes or 0,
        original_key=file.original_key or "",
        shared_key=file.shared_key,
        thumbnail_key=file.thumbnail_key,
    )
