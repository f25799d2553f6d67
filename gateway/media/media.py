"""Fetching attachments: claim, download outside any transaction, judge by content, keep."""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from channels.errors import MediaError
from channels.message import MediaKind
from gateway.media.media_files import keep_file
from gateway.runtime import Runtime
from store import media, transcripts
from store.media import ClaimedMedium
from store.models.messaging import MediaState

logger = logging.getLogger(__name__)

_BATCH = 16
_THREADS = 4
_BUDGET_S = 20.0
# A platform's file may appear a moment after its webhook; an outage may last for hours.
_PAUSES_S: Final = (1, 3, 10, 60, 600, 1800, 3600)
_GIVE_UP_AFTER = timedelta(hours=24)
_FINAL_STATES = {
    "too_large": MediaState.TOO_LARGE,
    "expired": MediaState.EXPIRED,
    "refused": MediaState.REFUSED,
}


def drain(runtime: Runtime) -> int:
    """Fetch every attachment that is due; return how many were tried."""
    tried = 0
    deadline = time.monotonic() + _BUDGET_S
    while time.monotonic() < deadline:
        with runtime.transaction() as session:
            claimed = media.claim(session, runtime.now(), _BATCH)
        if not claimed:
            return tried
        _fetch_all(runtime, claimed)
        tried += len(claimed)
    runtime.wake("media")
    return tried


@cache
def _pool() -> ThreadPoolExecutor:
    """Return the threads that download, kept for the life of the worker."""
    return ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="media")


def _fetch_all(runtime: Runtime, claimed: Sequence[ClaimedMedium]) -> None:
    def fetch(medium: ClaimedMedium) -> None:
        try:
            _fetch(runtime, medium)
        except SQLAlchemyError as error:
            # The claim grows stale and another drain takes it over.
            logger.error(
                "medium_not_marked",
                extra={"attachment_id": medium.attachment_id, "error": type(error).__name__},
            )

    list(_pool().map(fetch, claimed))


def _fetch(runtime: Runtime, medium: ClaimedMedium) -> None:
    try:
        stored = keep_file(runtime, _download(runtime, medium))
    except MediaError as error:
        _mark_failure(runtime, medium, error)
        return
    with runtime.transaction() as session:
        media.mark_stored(session, medium.attachment_id, stored)
        if runtime.transcriber is None or medium.ref.kind is not MediaKind.AUDIO:
            return
        transcripts.want(session, medium.attachment_id, runtime.now())
    runtime.wake("transcripts")


def _download(runtime: Runtime, medium: ClaimedMedium) -> bytes:
    adapter = runtime.channels.get(medium.channel)
    if adapter is None:
        raise MediaError("unavailable", "the channel has no credentials", retryable=True)
    try:
        return adapter.fetch_media(medium.ref).content
    except MediaError:
        raise
    except Exception as error:  # noqa: BLE001 (one odd file must not stop the others)
        # The type only: messages of transports hold addresses with tokens.
        logger.error(
            "fetch_crashed",
            extra={"attachment_id": medium.attachment_id, "error": type(error).__name__},
        )
        raise MediaError("crash", "the adapter failed", retryable=True) from None


def _mark_failure(runtime: Runtime, medium: ClaimedMedium, error: MediaError) -> None:
    now = runtime.now()
    given_up = now - medium.noted_at >= _GIVE_UP_AFTER
    with runtime.transaction() as session:
        if error.retryable and not given_up:
            retry_at = now + timedelta(seconds=pause_s(medium.attempt))
            media.mark_waiting(session, medium.attachment_id, retry_at, error.reason)
            return
        state = _FINAL_STATES.get(error.reason, MediaState.FAILED)
        media.mark_missing(session, medium.attachment_id, state, error.reason)
    logger.warning(
        "medium_missing", extra={"attachment_id": medium.attachment_id, "reason": error.reason}
    )


def pause_s(attempt: int) -> int:
    """Return the pause after a failed attempt (from 1), in seconds."""
    return _PAUSES_S[min(attempt, len(_PAUSES_S)) - 1]
