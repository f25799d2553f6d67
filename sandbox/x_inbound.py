"""X's webhooks to the gateway: direct messages, mentions, what was read, and the challenge.

Source: developer.x.com, Account Activity API, data objects.
"""

import json
import secrets
from typing import Any
from urllib.parse import urlencode

import requests

from sandbox import defaults
from sandbox.delivery import Deliverer, Retrying, Webhook
from sandbox.people import Citizen
from sandbox.world import World
from sandbox.x_signature import webhook_signature

WEBHOOK_PATH = "/webhooks/x"
_ID_BASE = 5_501_000_000_000_000_000
_CREATED_AT = "%a %b %d %H:%M:%S +0000 %Y"
# X speaks of retries without numbers; a few of them show what a redelivery does.
_RETRYING = Retrying(
    lambda status: 200 <= status < 300, on_status=True, times=3, give_up_s=4 * 3600
)


class XInbound:
    """What happens on X, told to the gateway as X tells it.

    Attributes:
        sent: what the account sent, oldest first.
        events: what was said either way, as GET /2/dm_events tells it, oldest first.
    """

    def __init__(self, world: World, deliverer: Deliverer) -> None:
        self.sent: list[dict[str, str]] = []
        self.events: list[dict[str, Any]] = []
        self._world = world
        self._deliverer = deliverer

    def forget(self) -> None:
        """Forget what was said."""
        self.sent.clear()
        self.events.clear()

    def direct_message(self, citizen: Citizen, text: str) -> str:
        """A citizen writes to the account; return the id."""
        event_id = new_id()
        event = self._message(event_id, address(citizen), defaults.X_USER_ID, text)
        self._post(citizen, {"direct_message_events": [event], **_users(citizen)}, "pesan langsung")
        return event_id

    def echo(self, citizen: Citizen, event_id: str, text: str) -> None:
        """What the account sent is announced as well."""
        event = self._message(event_id, defaults.X_USER_ID, address(citizen), text)
        self._post(citizen, {"direct_message_events": [event], **_users(citizen)}, "gema")

    def mention(self, citizen: Citizen, text: str) -> str:
        """A citizen names the account in public; return the id of the post."""
        post_id, now = new_id(), self._world.clock.now()
        ours = {"id_str": defaults.X_USER_ID, "screen_name": "kabcontoh", "indices": [0, 10]}
        post = {
            "created_at": now.strftime(_CREATED_AT),
            "timestamp_ms": str(int(now.timestamp() * 1000)),
            "id_str": post_id,
            "text": text,
            "user": _user(citizen),
            "entities": {"hashtags": [], "urls": [], "user_mentions": [ours]},
        }
        self._post(citizen, {"tweet_create_events": [post]}, "sebutan")
        return post_id

    def read(self, citizen: Citizen, event_id: str) -> None:
        """A citizen opens what the account sent."""
        event = {
            "created_timestamp": self._now_ms(),
            "sender_id": address(citizen),
            "target": {"recipient_id": defaults.X_USER_ID},
            "last_read_event_id": event_id,
        }
        self._post(citizen, {"direct_message_mark_read_events": [event]}, "dibaca")

    def challenge(self) -> dict[str, Any]:
        """Send X's challenge; return the status and whether the answer proves the secret."""
        token = secrets.token_urlsafe(24)
        query = urlencode({"crc_token": token, "nonce": secrets.token_urlsafe(12)})
        settings = self._world.settings
        url = f"{settings.target.rstrip('/')}{WEBHOOK_PATH}?{query}"
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.get(url, timeout=settings.webhook_timeout_s)
                given = answer.json().get("response_token")
        except (requests.RequestException, ValueError, AttributeError):
            return {"verified": False}
        wanted = webhook_signature(token.encode())
        return {"status": answer.status_code, "verified": given == wanted}

    def _message(self, event_id: str, sender: str, recipient: str, text: str) -> dict[str, Any]:
        self._note(event_id, sender, recipient, text)
        entities: dict[str, list[Any]] = {"hashtags": [], "urls": [], "user_mentions": []}
        return {
            "type": "message_create",
            "id": event_id,
            "created_timestamp": self._now_ms(),
            "message_create": {
                "target": {"recipient_id": recipient},
                "sender_id": sender,
                "message_data": {"text": _escaped(text), "entities": entities},
            },
        }

    def _note(self, event_id: str, sender: str, recipient: str, text: str) -> None:
        first, second = sorted((sender, recipient), key=int)
        self.events.append(
            {
                "id": event_id,
                "event_type": "MessageCreate",
                "text": _escaped(text),
                "sender_id": sender,
                "dm_conversation_id": f"{first}-{second}",
                "created_at": self._world.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            }
        )

    def _now_ms(self) -> str:
        return str(int(self._world.clock.now().timestamp() * 1000))

    def _post(self, citizen: Citizen, content: dict[str, Any], label: str) -> None:
        body = json.dumps({"for_user_id": defaults.X_USER_ID, **content}).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Twitter-Webhooks-Signature": webhook_signature(body),
        }
        url = f"{self._world.settings.target.rstrip('/')}{WEBHOOK_PATH}"
        self._deliverer.post(
            ("x", citizen.id), Webhook("x", citizen.id, url, body, headers, label, _RETRYING)
        )


def address(citizen: Citizen) -> str:
    """Return the citizen's user id on X."""
    return str(_ID_BASE + citizen.number)


def new_id() -> str:
    """Return an id that looks like one of X's: 19 digits."""
    return str(1_990_000_000_000_000_000 + secrets.randbelow(10**15))


def _users(citizen: Citizen) -> dict[str, Any]:
    return {"users": {address(citizen): {**_user(citizen), "id": address(citizen)}}}


def _user(citizen: Citizen) -> dict[str, Any]:
    return {"id_str": address(citizen), "name": citizen.name, "screen_name": citizen.id}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
