"""The check that Meta makes when a webhook is set up."""

from typing import Any
from urllib.parse import urlencode

import requests

from sandbox.meta_inbound import WEBHOOK_PATH
from sandbox.settings import SandboxSettings
from sandbox.world import random_id


def shake_hands(settings: SandboxSettings) -> dict[str, Any]:
    """Send a challenge; return the gateway's status and whether the challenge came back."""
    challenge = str(int(random_id("1", 8), 16))
    values = {
        "hub.mode": "subscribe",
        "hub.verify_token": settings.verify_token,
        "hub.challenge": challenge,
    }
    url = f"{settings.target.rstrip('/')}{WEBHOOK_PATH}?{urlencode(values)}"
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(url, timeout=settings.webhook_timeout_s)
    except requests.RequestException:
        return {"status": None, "verified": False}
    verified = answer.status_code == requests.codes.ok and answer.text == challenge
    return {"status": answer.status_code, "verified": verified}
