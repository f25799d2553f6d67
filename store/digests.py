"""Digests of the history: salted ones of single entries, and the link from each to the next.

Salts keep a digest from telling the value behind it after the value was erased (decision 4).
"""

import hashlib
import json
import secrets
from typing import Any, Final

FIRST_DIGEST: Final = "0" * 64


def new_salt() -> str:
    """Return 32 random hex digits."""
    return secrets.token_hex(16)


def salted(salt: str, value: Any) -> str:
    """Return the digest (64 hex digits) of a JSON value with its salt."""
    words = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}{words}".encode()).hexdigest()


def linked(previous: str, digest: str) -> str:
    """Return the digest that follows from the one before it and an entry's own."""
    return hashlib.sha256(f"{previous}{digest}".encode()).hexdigest()
