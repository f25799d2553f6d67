"""The encryption keys on disk: one JSON file, readable by its owner only.

Format: ``{"current": 1, "keys": {"1": "<base64>"}, "lookup": "<base64>"}``; each key is 32 bytes.
A command (KMS, vault) may print the same JSON instead.
"""

import base64
import json
import os
import secrets
import shlex
import subprocess
from pathlib import Path

from store.crypto import CryptoError, KeyRing

_KEY_BYTES = 32


def load_or_create(path: Path) -> KeyRing:
    """Read the key ring, making one at the first run (mode 600).

    Raises:
        CryptoError: the file is not a key ring.
    """
    if not path.exists():
        _create(path)
    return parse(path.read_text(encoding="ascii"))


def load_from_command(command: str) -> KeyRing:
    """Read the key ring from what `command` prints; it gets 30 s.

    Raises:
        CryptoError: the command failed or printed no key ring.
    """
    try:
        printed = subprocess.run(  # noqa: S603 (the operator's own setting, split without a shell)
            shlex.split(command), capture_output=True, check=True, timeout=30, text=True
        )
    except (OSError, subprocess.SubprocessError):
        raise CryptoError("the key command failed") from None
    return parse(printed.stdout)


def parse(text: str) -> KeyRing:
    """Read a key ring from its JSON.

    Raises:
        CryptoError: not a key ring; never quotes the content.
    """
    try:
        data = json.loads(text)
        keys = {int(version): base64.b64decode(key) for version, key in data["keys"].items()}
        ring = KeyRing(int(data["current"]), keys, base64.b64decode(data["lookup"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CryptoError("not a key ring") from None
    sizes = {len(key) for key in [*ring.keys.values(), ring.lookup_key]}
    if sizes != {_KEY_BYTES} or ring.current not in ring.keys:
        raise CryptoError("not a key ring")
    return ring


def _create(path: Path) -> None:
    """Write a new ring; of two processes that try at once, one wins and both read its file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = {
        "current": 1,
        "keys": {"1": base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()},
        "lookup": base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode(),
    }
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(fresh, handle)
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
