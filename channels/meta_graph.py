"""Meta's Graph API: signatures, the webhook handshake, sending. The only file with facebook-sdk.

The SDK is unmaintained and raises whatever it likes, so its session judges every answer before
the SDK sees it (channels.md section 7).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import facebook
import requests

from channels.errors import SendError, SignatureError
from channels.http import send_failure
from channels.message import ErrorClass
from channels.meta_errors import refusal
from channels.outbound import OutboundMedium
from channels.webhook import WebhookReply, WebhookRequest

GRAPH_BASE = "https://graph.facebook.com"
# Where tokens of Instagram's own login work.
INSTAGRAM_BASE = "https://graph.instagram.com"
_HEADER = "x-hub-signature-256"
_TIMEOUT_S = 10.0


class MetaWebhook:
    """What all adapters behind one app's webhook share.

    Args:
        app_secrets: all that may sign now; several while they rotate.
        verify_token: the word agreed on in the app's settings.
    """

    def __init__(self, app_secrets: Sequence[str], verify_token: str) -> None:
        self._secrets = tuple(secret.encode() for secret in app_secrets if secret)
        self._verify_token = verify_token.encode()

    @property
    def verify_token(self) -> str:
        """The word that Meta must send when the webhook is set up."""
        return self._verify_token.decode()

    def app_token(self, app_id: str) -> str:
        """Return the token by which the app itself is asked: its id and its secret."""
        return f"{app_id}|{self._secrets[0].decode()}"

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature over the raw body.

        Raises:
            SignatureError: no app secret explains it.
        """
        given = request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
        for secret in self._secrets:
            expected = (
                b"sha256=" + hmac.new(secret, request.body, hashlib.sha256).hexdigest().encode()
            )
            if hmac.compare_digest(expected, given):
                return
        raise SignatureError("not signed by Meta")

    def handshake(self, request: WebhookRequest) -> WebhookReply:
        """Return the challenge that Meta asks for when the webhook is set up; 400 without one.

        Raises:
            SignatureError: another mode or another token.
        """
        query = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
        mode, token = query.get("hub.mode", [""])[0], query.get("hub.verify_token", [""])[0]
        known = hmac.compare_digest(token.encode("utf-8", "surrogateescape"), self._verify_token)
        if mode != "subscribe" or not self._verify_token or not known:
            raise SignatureError("the verify token is wrong")
        challenge = query.get("hub.challenge", [""])[0]
        return WebhookReply(body=challenge) if challenge else WebhookReply(status=400)


class MetaGraph:
    """Sends with one page's or account's token.

    Args:
        token: of the page or Instagram account.
        version: of the Graph API, ``v25.0``.
        base: another origin when the sandbox plays Meta.
    """

    def __init__(self, token: str, version: str, base: str = GRAPH_BASE) -> None:
        self._session = _GraphSession(base.rstrip("/"))
        self._graph = facebook.GraphAPI(token, timeout=_TIMEOUT_S, session=self._session)
        # Set afterwards: the SDK refuses versions that are younger than itself.
        self._graph.version = version

    def post(
        self, path: str, fields: Mapping[str, Any], upload: OutboundMedium | None = None
    ) -> dict[str, Any]:
        """Make one call and return its JSON answer.

        Args:
            path: below the version, ``me/messages``.
            fields: nested values are sent as JSON texts; the SDK would lose their content. An
                `access_token` among them replaces ours.
            upload: an attachment whose content travels with the call.

        Raises:
            SendError: it was not taken, or nobody knows.
        """
        form = {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in fields.items()
        }
        files = None
        if upload is not None:
            files = {"filedata": (upload.filename, upload.content, upload.mime)}
        # The SDK would send ours besides.
        args = {name: form[name] for name in ("access_token",) if name in form}
        return self._call(path, args=args, post_args=form, files=files, method="POST")

    def get(self, path: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Read one object.

        Args:
            path: below the version.
            fields: of the query; an `access_token` among them replaces ours.

        Raises:
            SendError: Meta refused, or did not answer.
        """
        return self._call(path, args=dict(fields or {}))

    @property
    def token(self) -> str:
        """The token in use."""
        return str(self._graph.access_token)

    def use_token(self, value: str) -> None:
        """Use another token from the next call on."""
        self._graph.access_token = value

    def bearer(self) -> dict[str, str]:
        """Return the header that Meta's own file addresses ask for."""
        return {"Authorization": f"Bearer {self._graph.access_token}"}

    def close(self) -> None:
        """Give the pooled connections back."""
        self._session.close()

    def _call(self, path: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer = self._graph.request(f"{self._graph.version}/{path}", **arguments)
        except requests.RequestException as error:
            # from None: the cause prints the address, which may hold the token.
            raise SendError(send_failure(error), "transport", "Meta did not answer") from None
        except facebook.GraphAPIError as error:
            raise _hidden_refusal(error) from None
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            raise unknown_outcome() from None
        if not isinstance(answer, dict):
            raise unknown_outcome()
        return answer


def unknown_outcome() -> SendError:
    """Return the error for an answer that says neither yes nor no."""
    return SendError(ErrorClass.AMBIGUOUS, "bad-answer", "Meta's answer could not be read")


class _GraphSession(requests.Session):
    """Leads the SDK's calls to another origin and turns refusals into `SendError`."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def request(  # type: ignore[override] # only what the SDK passes
        self, method: str, url: str, **kwargs: Any
    ) -> requests.Response:
        kwargs["allow_redirects"] = False
        response = super().request(method, url.replace(GRAPH_BASE, self._base, 1), **kwargs)
        if response.status_code >= 400:
            raise refusal(response.status_code, response.headers, response.text)
        return response


def _hidden_refusal(error: facebook.GraphAPIError) -> SendError:
    """Judge an error that came with status 200, or an answer that the SDK does not understand."""
    if isinstance(error.result, dict) and "error" in error.result:
        return refusal(200, {}, json.dumps(error.result))
    return unknown_outcome()
