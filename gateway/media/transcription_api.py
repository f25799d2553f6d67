"""The client of a speech service on the premises that speaks OpenAI's transcription API.

Its address comes from the settings and from nowhere else, so it may be a private one, unlike every
address that a platform or a citizen names. No redirect is followed and no proxy is asked: the
recording goes to this host or nowhere.

Source: POST /v1/audio/transcriptions of OpenAI's API reference, as faster-whisper servers and
whisper.cpp serve it.
"""

import json
import time
from http import HTTPStatus
from typing import Any, Final

import requests

from gateway.errors import TranscriptionError
from gateway.media.media_types import sniff

LONGEST_TRANSCRIPT: Final = 20_000  # characters; an hour of fast speech is about 60 000
_PATH: Final = "/v1/audio/transcriptions"
_CONNECT_S: Final = 5.0
_MOST_BYTES: Final = 1 << 20
_CHUNK_BYTES: Final = 64 * 1024
# The same recording would be refused again; everything else may pass, or be put right.
_NEVER: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


class SpeechService:
    """Sends recordings to the service and returns what it heard.

    Args:
        base_url: its origin, with or without ``/v1``.
        model: which of its models; each server has names of its own.
        key: sent as a bearer token, if given.
        timeout_s: the longest time for one recording.
    """

    def __init__(self, base_url: str, model: str, key: str | None, timeout_s: int) -> None:
        self._url = base_url.rstrip("/").removesuffix("/v1") + _PATH
        self._model = model
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False
        if key:
            self._session.headers["authorization"] = f"Bearer {key}"

    def transcribe(self, recording: bytes) -> str:
        """Return the words of a recording, "" where there are none.

        Raises:
            TranscriptionError: it did not answer usefully; `retryable` says whether it may later.
        """
        deadline = time.monotonic() + self._timeout_s
        try:
            with self._ask(recording) as response:
                _raise_for_status(response.status_code)
                return _words(_read(response, deadline))
        except requests.RequestException:
            # from None: the cause prints the address.
            raise TranscriptionError("unavailable", retryable=True) from None

    def _ask(self, recording: bytes) -> requests.Response:
        kind = sniff(recording)
        if kind is None:
            raise TranscriptionError("not a recording", retryable=False)
        return self._session.post(
            self._url,
            data={"model": self._model, "language": "id", "response_format": "json"},
            # The service tells the format by the name; the citizen's own is nobody's business.
            files={"file": (f"rekaman.{kind.extension}", recording, kind.mime)},
            timeout=(_CONNECT_S, self._timeout_s),
            stream=True,
            allow_redirects=False,
        )


def _raise_for_status(status: int) -> None:
    if status != HTTPStatus.OK:
        raise TranscriptionError(str(status), retryable=status not in _NEVER)


def _read(response: requests.Response, deadline: float) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        content += chunk
        if len(content) > _MOST_BYTES:
            raise TranscriptionError("too long", retryable=False)
        if time.monotonic() > deadline:
            raise TranscriptionError("too slow", retryable=True)
    return bytes(content)


def _words(body: bytes) -> str:
    try:
        answer: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise TranscriptionError("not JSON", retryable=True) from None
    words = answer.get("text") if isinstance(answer, dict) else None
    if not isinstance(words, str):
        raise TranscriptionError("no text", retryable=True)
    # A lone surrogate is legal in JSON and cannot be stored.
    clean = words.encode(errors="ignore").decode().replace("\0", "")
    return clean.strip()[:LONGEST_TRANSCRIPT]
