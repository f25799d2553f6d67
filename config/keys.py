"""Keys of the deployment: the cookie key and the ring for encryption at rest.

Both are made at the first run, readable only by the service's user. Losing the ring means losing
every message: docs/operations.md says how to keep a copy.
"""

import base64
import binascii
import contextlib
import json
import os
import secrets
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.settings import Settings, SettingsError

_KEY_BYTES = 32
_COMMAND_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class KeyRingData:
    """The ring as plain values.

    Attributes:
        current: version (0-255) with which new values are written.
        keys: 32-byte AES keys by version; old ones stay until everything is rewritten.
        lookup_key: 32 bytes for keyed hashes; never rotated.
    """

    current: int
    keys: dict[int, bytes] = field(repr=False)
    lookup_key: bytes = field(repr=False)


def cookie_key(settings: Settings) -> str:
    """Return the key that signs cookies, making one under `data_dir` at the first run."""
    if settings.secret_key is not None:
        return settings.secret_key
    path = settings.keys_dir / "secret_key"
    _create_once(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def key_ring(settings: Settings) -> KeyRingData:
    """Return the key ring, making one at its default place at the first run.

    Raises:
        SettingsError: a given file or command does not yield a key ring.
    """
    if settings.key_command is not None:
        return _parse("SAHUT_KEY_COMMAND", _run(settings.key_command))
    path = settings.key_file or settings.keys_dir / "ring.json"
    if settings.key_file is None:
        _create_once(path, new_key_ring())
    try:
        return _parse("SAHUT_KEY_FILE", path.read_text())
    except OSError as error:
        raise SettingsError((f"SAHUT_KEY_FILE: cannot be read ({error.strerror})",)) from None


def new_key_ring() -> str:
    """Return a fresh key ring as the text of its file."""
    ring = {"current": 1, "keys": {"1": _fresh_key()}, "lookup_key": _fresh_key()}
    return json.dumps(ring, indent=2) + "\n"


def _fresh_key() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _create_once(path: Path, text: str) -> None:
    """Write a file that only we can read, unless it is there. Safe against a second process."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
        os.link(draft, path)
    draft.unlink()


def _run(command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, no shell
            shlex.split(command),
            capture_output=True,
            text=True,
            timeout=_COMMAND_TIMEOUT_S,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        # Its output is left out of the message: it may hold the key.
        raise SettingsError(("SAHUT_KEY_COMMAND: the command failed",)) from None
    return done.stdout


def _parse(variable: str, text: str) -> KeyRingData:
    try:
        raw: dict[str, Any] = json.loads(text)
        keys = {int(version): _key(value) for version, value in raw["keys"].items()}
        ring = KeyRingData(int(raw["current"]), keys, _key(raw["lookup_key"]))
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise SettingsError((f"{variable}: does not hold a key ring",)) from None
    if ring.current not in ring.keys or not all(0 <= version <= 255 for version in ring.keys):
        raise SettingsError((f"{variable}: the current key is not in the ring",))
    return ring


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != _KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key
