"""Webhooks on disk while the database is away: written durably, fed in later, in order.

One file per request, encrypted, named by arrival. A request is answered 2xx only after its file
and its folder are on the disk.
"""

import base64
import fcntl
import itertools
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from channels.webhook import WebhookRequest
from gateway.errors import GatewayError
from store.crypto import CryptoError, KeyRing
from store.messages import Arrival

_ENDING = ".spooled"
_ASIDE = "set-aside"
_LOCK = ".feeding"
_sequence = itertools.count()


class SpoolError(GatewayError):
    """The disk does not take the request. The platform must send it again."""


class RottenFileError(GatewayError):
    """A spooled file cannot be read: it was damaged, or its key is gone."""


def write(folder: Path, keys: KeyRing, arrival: Arrival) -> str:
    """Put a request on disk for good and return its key.

    Raises:
        SpoolError: the disk is full or not writable.
    """
    moment = arrival.received_at.strftime("%Y%m%dT%H%M%S%f")
    key = f"{moment}-{next(_sequence):08d}-{secrets.token_hex(4)}"
    sealed = keys.encrypt(_to_bytes(arrival))
    draft = folder / f".{key}.writing"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_durably(draft, sealed)
        draft.rename(folder / f"{key}{_ENDING}")
        _sync_folder(folder)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise SpoolError("the spool takes nothing") from error
    return key


def waiting(folder: Path) -> bool:
    """Whether a request lies in the spool."""
    return next(folder.glob(f"*{_ENDING}"), None) is not None if folder.is_dir() else False


def keys_in_order(folder: Path) -> list[str]:
    """Return the keys of what lies in the spool, oldest arrival first."""
    return sorted(path.name.removesuffix(_ENDING) for path in folder.glob(f"*{_ENDING}"))


def read(folder: Path, keys: KeyRing, key: str) -> Arrival:
    """Return the request under `key` as it arrived.

    Raises:
        RottenFileError: it cannot be read.
        FileNotFoundError: it was fed in by somebody else.
    """
    sealed = (folder / f"{key}{_ENDING}").read_bytes()
    try:
        return _from_bytes(keys.decrypt(sealed), key)
    except (CryptoError, ValueError, KeyError, TypeError):
        raise RottenFileError("a spooled file cannot be read") from None


def remove(folder: Path, key: str) -> None:
    """Forget a request that is in the database now."""
    (folder / f"{key}{_ENDING}").unlink(missing_ok=True)


def set_aside(folder: Path, key: str) -> None:
    """Move a request that can never be fed in where a person will find it."""
    aside = folder / _ASIDE
    aside.mkdir(exist_ok=True, mode=0o700)
    (folder / f"{key}{_ENDING}").rename(aside / f"{key}{_ENDING}")


@contextmanager
def sole_feeder(folder: Path) -> Iterator[bool]:
    """Give True to one feeder at a time, False to all others: the order must hold."""
    with (folder / _LOCK).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _write_durably(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _to_bytes(arrival: Arrival) -> bytes:
    request = arrival.request
    return json.dumps(
        {
            "provider": arrival.provider,
            "received_at": arrival.received_at.isoformat(),
            "method": request.method,
            "url": request.url,
            "headers": dict(request.headers),
            "body": base64.b64encode(request.body).decode("ascii"),
        }
    ).encode()


def _from_bytes(plain: bytes, key: str) -> Arrival:
    record = json.loads(plain)
    request = WebhookRequest(
        method=record["method"],
        url=record["url"],
        headers=record["headers"],
        body=base64.b64decode(record["body"], validate=True),
    )
    return Arrival(
        provider=record["provider"],
        request=request,
        received_at=datetime.fromisoformat(record["received_at"]),
        spool_key=key,
    )
