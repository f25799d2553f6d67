"""Attachments on disk, content-addressed: the name of a file is the hash of its bytes."""

import hashlib
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path

_KEY = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")


class MediaFolder:
    """A folder of immutable files. Keys look like ``<sha256>.<extension>``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes, extension: str = "") -> str:
        """Keep `content` and return its key; the same bytes are kept once."""
        key = hashlib.sha256(content).hexdigest() + (f".{extension}" if extension else "")
        path = self.path(key)
        if path.exists():
            path.touch()  # it is needed again: `drop_old` leaves it alone
            return key
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        Path(handle.name).replace(path)
        return key

    def read(self, key: str) -> bytes:
        """Return the bytes of `key`.

        Raises:
            FileNotFoundError: nothing is kept under it.
        """
        return self.path(key).read_bytes()

    def drop(self, key: str) -> None:
        """Delete the bytes of `key`; nothing happens if they are gone already."""
        self.path(key).unlink(missing_ok=True)

    def drop_old(self, key: str, before: datetime) -> bool:
        """Delete the bytes of `key` unless they were kept (again) since `before`; say whether."""
        path = self.path(key)
        try:
            if path.stat().st_mtime >= before.timestamp():
                return False
            path.unlink()
        except FileNotFoundError:
            return False
        return True

    def path(self, key: str) -> Path:
        """Return where `key` lies.

        Raises:
            ValueError: `key` is not one that `put` could have made.
        """
        if not _KEY.fullmatch(key):
            raise ValueError("not a media key")
        return self._root / key[:2] / key
