"""What a setting may be: how the text of a variable becomes a value, and what is refused."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

# Logins and NIKs travel over https; plain http stays inside one machine.
_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def _words(value: object) -> object:
    """Split ``a, b`` into its parts; secrets come as lists so that they can be rotated."""
    if isinstance(value, str):
        return tuple(word.strip() for word in value.split(",") if word.strip())
    return value


def _pairs(value: object) -> object:
    """Read ``key=value, key=value``."""
    if not isinstance(value, str):
        return value
    pairs = (word.partition("=") for word in value.split(",") if word.strip())
    return {key.strip(): text.strip() for key, _, text in pairs}


def _http_url(value: object) -> object:
    if isinstance(value, str):
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must begin with http:// or https:// and name a host")
        return value.rstrip("/")
    return value


def _public_url(value: object) -> object:
    url = _http_url(value)
    plain = isinstance(url, str) and url.startswith("http://")
    if plain and urlsplit(str(url)).hostname not in _THIS_MACHINE:
        raise ValueError("must begin with https://, except on this machine")
    return url


def _database_url(value: object) -> object:
    if isinstance(value, str):
        value = value.replace("postgres://", "postgresql://", 1)
        if not value.startswith("postgresql://"):
            raise ValueError("must begin with postgresql://")
    return value


def _redis_url(value: object) -> object:
    if isinstance(value, str) and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Pairs = Annotated[dict[str, str], BeforeValidator(_pairs)]
HttpUrl = Annotated[str, BeforeValidator(_http_url)]
PublicUrl = Annotated[str, BeforeValidator(_public_url)]
DatabaseUrl = Annotated[str, BeforeValidator(_database_url)]
RedisUrl = Annotated[str, BeforeValidator(_redis_url)]
Seconds = Annotated[int, Field(ge=1)]
