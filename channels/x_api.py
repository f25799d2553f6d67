"""Calls to X's API v2 with the account's own OAuth 1.0a keys. The only file with tweepy.

The SDK has one fixed host, no time-out and prints texts and headers at DEBUG, so its session is
ours: it knows the origin, waits a bounded time and judges every answer before the SDK sees it.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import requests
import tweepy

from channels.errors import SendError
from channels.http import send_failure
from channels.message import ErrorClass
from channels.x_errors import refusal

API_BASE = "https://api.x.com"
_SDK_BASE = "https://api.twitter.com"
_TIMEOUT_S = 10.0
_PAGE_SIZE = 100  # the largest
_EVENT_FIELDS = "id,text,event_type,dm_conversation_id,created_at,sender_id,attachments,entities"

# They print bodies, headers and signatures.
for _name in ("tweepy", "oauthlib", "requests_oauthlib"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class XApi:
    """One account, by the four keys of the developer portal.

    Args:
        consumer_key: of the app.
        consumer_secret: of the app; signs webhooks too.
        access_token: of the account, with the right to read and write direct messages.
        access_token_secret: of the account.
        api_base: another origin when the sandbox plays X.
    """

    def __init__(
        self,
        *,
        consumer_key: str,
        consumer_secret: str,
        access_token: str,
        access_token_secret: str,
        api_base: str = API_BASE,
    ) -> None:
        self.origin = api_base.rstrip("/")
        self._signature = tweepy.OAuth1UserHandler(
            consumer_key, consumer_secret, access_token, access_token_secret
        ).apply_auth()
        self._client = tweepy.Client(
            consumer_key=consumer_key,
            consumer_secret=consumer_secret,
            access_token=access_token,
            access_token_secret=access_token_secret,
            return_type=dict,
        )
        self._client.session.close()
        self._client.session = _JudgingSession(self.origin)

    def send_direct_message(self, recipient: str, text: str) -> str:
        """Send one direct message and return X's id for it.

        Raises:
            SendError: it was not taken, or nobody knows.
        """
        create = self._client.create_direct_message
        event_id = self._ask(
            lambda: create(participant_id=recipient, text=text)["data"]["dm_event_id"]
        )
        if not isinstance(event_id, str) or not event_id:
            raise _unknown_outcome()
        return event_id

    def direct_messages(
        self, page: str | None = None, participant: str | None = None
    ) -> dict[str, Any]:
        """Return a page of the account's direct messages, newest first, as X writes it.

        Args:
            page: as an earlier page named the next one; None for the first.
            participant: only those exchanged with this user; None: with all.

        Raises:
            SendError: X refused, or did not answer.
        """
        which: dict[str, str] = {"participant_id": participant} if participant else {}
        if page is not None:
            which["pagination_token"] = page
        answer = self._ask(
            lambda: self._client.get_direct_message_events(
                dm_event_fields=_EVENT_FIELDS,
                event_types="MessageCreate",
                expansions="attachments.media_keys",
                media_fields="type,url,preview_image_url,variants",
                max_results=_PAGE_SIZE,
                **which,
            )
        )
        if not isinstance(answer, dict):
            raise _unknown_outcome()
        return answer

    def whoami(self) -> str:
        """Return our account's number, which needs all four keys.

        Raises:
            SendError: X refused them, or did not answer.
        """
        return str(self._ask(lambda: self._client.get_me(user_auth=True)["data"]["id"]))

    def signed_headers(self, url: str) -> Mapping[str, str]:
        """Return the headers that open an attachment of a direct message."""
        signed = requests.Request("GET", url, auth=self._signature).prepare().headers
        return {"Authorization": signed["Authorization"]}

    def close(self) -> None:
        """Give the pooled connections back."""
        self._client.session.close()

    def _ask(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except requests.RequestException as error:
            # from None: the cause prints the recipient.
            raise SendError(send_failure(error), "transport", "X did not answer") from None
        except (tweepy.TweepyException, ValueError, TypeError, LookupError, AttributeError):
            raise _unknown_outcome() from None


class _JudgingSession(requests.Session):
    """The SDK's transport: another origin, a time-out, and refusals as `SendError`."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self._origin = origin
        self.trust_env = False

    def request(  # type: ignore[override] # the SDK calls it with these alone
        self, method: str, url: str, **arguments: Any
    ) -> requests.Response:
        arguments |= {"timeout": _TIMEOUT_S, "allow_redirects": False}
        response = super().request(method, self._origin + url.removeprefix(_SDK_BASE), **arguments)
        if response.status_code >= 300:
            raise refusal(response.status_code, response.headers, response.text)
        return response


def _unknown_outcome() -> SendError:
    return SendError(ErrorClass.AMBIGUOUS, "bad-answer", "X's answer could not be read")
