"""Keeping one file, wherever it came from: judged by its content, with its copies for others."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from channels.errors import MediaError
from gateway.media.media_copies import UnreadablePictureError, make_copies
from gateway.media.media_types import sniff
from gateway.runtime import Runtime
from store.media import StoredMedium

MAX_BYTES: Final = 25 * 1024 * 1024
_SHOWN_NAME = 60
_REFUSALS = {
    "too_large": "lebih besar dari 25 MB",
    "refused": "jenisnya tidak diterima",
    "disk": "belum dapat disimpan; coba lagi",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sent it."""

    filename: str
    content: bytes


def keep_uploads(
    runtime: Runtime, uploads: Sequence[Upload]
) -> tuple[list[tuple[str, StoredMedium]], str]:
    """Store files; return name and content of what was kept, and a sentence about what was not."""
    kept, refused = [], []
    for upload in uploads:
        try:
            kept.append((upload.filename[:200], keep_file(runtime, upload.content)))
        except MediaError as error:
            refused.append(refusal(upload.filename, error.reason))
    return kept, f"{'; '.join(refused)}." if refused else ""


def refusal(filename: str, reason: str) -> str:
    """Return why a file was not kept, as the person who sent it reads it."""
    return f"“{filename[:_SHOWN_NAME]}” {_REFUSALS.get(reason, _REFUSALS['refused'])}"


def keep_file(runtime: Runtime, content: bytes) -> StoredMedium:
    """Store a file and its copies; never inside a transaction.

    Raises:
        MediaError: it is too large, of no kind that we keep, or the disk takes nothing.
    """
    if len(content) > MAX_BYTES:
        raise MediaError("too_large", "larger than we take", retryable=False)
    kind = sniff(content)
    if kind is None:
        raise MediaError("refused", "not a kind of file that we keep", retryable=False)
    try:
        copies = make_copies(content, kind)
        original_key = runtime.media.put(content, kind.extension)
        shared_key = runtime.media.put(*copies.shared) if copies.shared else None
        thumbnail_key = runtime.media.put(copies.thumbnail, "jpg") if copies.thumbnail else None
    except UnreadablePictureError:
        raise MediaError("refused", "not a picture", retryable=False) from None
    except OSError:
        raise MediaError("disk", "the disk takes nothing", retryable=True) from None
    return StoredMedium(
        sha256=hashlib.sha256(content).hexdigest(),
        mime=kind.mime,
        size_bytes=len(content),
        original_key=original_key,
        shared_key=shared_key,
        thumbnail_key=thumbnail_key,
    )
