"""Keeping one file, wherever it came from: judged by its content, with its copies for others."""

import hashlib
from typing import Final

from channels.errors import MediaError
from gateway.media_copies import UnreadablePictureError, make_copies
from gateway.media_types import sniff
from gateway.runtime import Runtime
from store.media import StoredMedium

MAX_BYTES: Final = 25 * 1024 * 1024


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
