"""The key that signs cookies, made at the first run. Keys for encryption are `store.keyfile`'s."""

import contextlib
import os
import secrets
from pathlib import Path

from config.settings import Settings


def cookie_key(settings: Settings) -> str:
    """Return the key that signs cookies, making one under `data_dir` (mode 600) if none is set."""
    if settings.secret_key is not None:
        return settings.secret_key
    path = settings.data_dir / "keys" / "cookies"
    if not path.exists():
        _create(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _create(path: Path, text: str) -> None:
    """Write a file that only we can read; of two processes that try at once, one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
