"""How X signs its webhooks, and how it checks the OAuth 1.0a signature of a call.

Sources: docs.x.com, Webhooks API; RFC 5849, section 3.4.
"""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, quote, unquote

from sandbox import defaults


def webhook_signature(content: bytes) -> str:
    """Return the header value over a body, or the answer to a challenge."""
    digest = hmac.new(defaults.X_CONSUMER_SECRET.encode(), content, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


def is_signed(method: str, url: str, authorization: str) -> bool:
    """Say whether the account's four keys made this call; a JSON body is not part of it."""
    scheme, _, values = authorization.partition(" ")
    if scheme != "OAuth":
        return False
    given = dict(_pair(part) for part in values.split(",") if "=" in part)
    signature = given.pop("oauth_signature", "")
    keys = (given.get("oauth_consumer_key"), given.get("oauth_token"))
    if keys != (defaults.X_CONSUMER_KEY, defaults.X_ACCESS_TOKEN):
        return False
    return hmac.compare_digest(_call_signature(method, url, given).encode(), signature.encode())


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return unquote(name), unquote(value.strip('"'))


def _call_signature(method: str, url: str, oauth: dict[str, str]) -> str:
    address, _, query = url.partition("?")
    values = [*oauth.items(), *parse_qsl(query, keep_blank_values=True)]
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in values)
    parameters = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(_escaped(part) for part in (method.upper(), address, parameters))
    secrets = (defaults.X_CONSUMER_SECRET, defaults.X_ACCESS_TOKEN_SECRET)
    key = "&".join(_escaped(secret) for secret in secrets)
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _escaped(text: str) -> str:
    return quote(text, safe="~")
