"""Encryption at rest and keyed look-up (decision 2).

Everything that names a person is stored as AES-256-GCM: one version byte, a 12-byte nonce, the
ciphertext with its tag. Equality is found through a keyed hash, never through the value.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_NONCE_BYTES = 12


class CryptoError(Exception):
    """A stored value cannot be opened with the keys at hand. Never says which value."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The keys of one deployment.

    Attributes:
        current: version (0-255) with which new values are written.
        keys: 32-byte AES keys by version; old ones stay until everything is rewritten.
        lookup_key: 32 bytes for `lookup`; it does not rotate with the others.
    """

    current: int
    keys: Mapping[int, bytes]
    lookup_key: bytes

    def encrypt(self, plain: bytes) -> bytes:
        """Return version, nonce and ciphertext of `plain`."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = _cipher(self.keys[self.current]).encrypt(nonce, plain, None)
        return bytes([self.current]) + nonce + sealed

    def decrypt(self, stored: bytes) -> bytes:
        """Open what `encrypt` made.

        Raises:
            CryptoError: unknown key version, or the bytes were changed.
        """
        key = self.keys.get(stored[0]) if stored else None
        if key is None:
            raise CryptoError("unknown key version")
        nonce, sealed = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
        try:
            return _cipher(key).decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError):
            raise CryptoError("value does not open with its key") from None

    def lookup(self, space: str, value: str) -> str:
        """Return the keyed hash (64 hex digits) by which `value` is found in `space`."""
        return hmac.new(self.lookup_key, f"{space}\0{value}".encode(), hashlib.sha256).hexdigest()


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


class _Installed:
    """Holds the process's key ring: SQLAlchemy's column types have no other way to reach it."""

    ring: KeyRing | None = None


def install(ring: KeyRing) -> None:
    """Make `ring` the one that encrypted columns use in this process."""
    _Installed.ring = ring


def installed() -> KeyRing:
    """Return the process's key ring.

    Raises:
        CryptoError: `install` was not called.
    """
    if _Installed.ring is None:
        raise CryptoError("no key ring installed")
    return _Installed.ring


class EncryptedText(TypeDecorator[str]):
    """Text that leaves the process only encrypted."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else installed().encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else installed().decrypt(value).decode()


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes that leave the process only encrypted."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else installed().encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else installed().decrypt(value)


class EncryptedJSON(TypeDecorator[Any]):
    """A JSON value that leaves the process only encrypted."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return installed().encrypt(json.dumps(value, ensure_ascii=False).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(installed().decrypt(value))
