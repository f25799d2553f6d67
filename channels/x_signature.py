"""X's webhook signature and its challenge.

Source: docs.x.com, Webhooks API (CRC, ``x-twitter-webhooks-signature``), read November 2026.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from channels.errors import SignatureError
from channels.webhook import WebhookReply, WebhookRequest

_HEADER = "x-twitter-webhooks-signature"
# X's own tokens look like this. A challenge is answered with a signature over it, so one that
# could be a JSON body would let a stranger have his forgery signed by us.
_CRC_TOKEN = re.compile(r"[A-Za-z0-9+/=_.~-]{1,500}")


def check_signature(request: WebhookRequest, secrets: Sequence[str]) -> None:
    """Check that X made this request.

    Args:
        request: with the raw body that is signed.
        secrets: consumer secrets that are valid now; several while they rotate.

    Raises:
        SignatureError: no secret explains the signature.
    """
    given = request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
    expected = [sign(request.body, secret).encode() for secret in secrets]
    if not any(hmac.compare_digest(candidate, given) for candidate in expected):
        raise SignatureError("not signed by X")


def answer_challenge(request: WebhookRequest, secret: str) -> WebhookReply:
    """Return the answer to X's challenge-response check.

    Args:
        request: a GET with `crc_token`.
        secret: the consumer secret that X uses now.

    Raises:
        SignatureError: there is no token, or it is none of X's.
    """
    try:
        token = parse_qs(urlsplit(request.url).query).get("crc_token", [""])[0]
    except ValueError:
        token = ""
    if not _CRC_TOKEN.fullmatch(token):
        raise SignatureError("no challenge of X")
    answer = {"response_token": sign(token.encode(), secret)}
    return WebhookReply(body=json.dumps(answer), content_type="application/json")


def sign(content: bytes, secret: str) -> str:
    """Return the signature of X over a body or a challenge."""
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode('ascii')}"
