"""What Meta tells an app about itself: which app it is, its tokens' lives, its webhooks."""

import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import requests
from flask import Blueprint, Response, jsonify, request

from sandbox.meta_inbound import WEBHOOK_PATH
from sandbox.meta_refusal import MetaRefusalError
from sandbox.world import World, random_id

_LIFE = timedelta(days=60)
FIELDS = [
    "messages",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_referral",
    "messaging_optins",
    "message_deliveries",
    "message_reads",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "messaging_seen",
    "standby",
    "messaging_handovers",
    "messaging_handover",
]


class MetaSetup:
    """The app's own edges. A webhook is accepted after its address has returned the challenge."""

    def __init__(self, world: World) -> None:
        self._world = world
        # Connected from the start, as the phone's messages are delivered from the start.
        url = world.settings.signed_base + WEBHOOK_PATH
        self._webhooks = {kind: _webhook(kind, url, FIELDS) for kind in ("page", "instagram")}
        self._renewed_at = world.clock.now()

    def add_to(self, blueprint: Blueprint) -> None:
        """Register the addresses."""
        add = blueprint.add_url_rule
        add("/app", "app", self.app)
        add("/debug_token", "debug_token", self.debug_token)
        add("/<app>/subscriptions", "subscriptions", self.subscriptions)
        add("/<app>/subscriptions", "subscribe_app", self.subscribe, methods=["POST"])

    def renew(self) -> None:
        """Give the Instagram token another sixty days."""
        self._renewed_at = self._world.clock.now()

    def app(self) -> Response:
        """Which app a token is of."""
        self._kind_of(request.args.get("access_token", ""))
        settings = self._world.settings
        return jsonify({"id": settings.app_id, "name": settings.brand})

    def debug_token(self) -> Response:
        """How long a token lives; a page's token does not expire."""
        self._require_app(request.args)
        given = request.args.get("input_token", "")
        try:
            kind = self._kind_of(given)
        except MetaRefusalError:
            return jsonify({"data": {"is_valid": False, "error": {"code": 190}}})
        ends = self._renewed_at + _LIFE
        expires_at = int(ends.timestamp()) if kind == "instagram" else 0
        data = {"app_id": self._world.settings.app_id, "expires_at": expires_at}
        data["is_valid"] = not expires_at or ends > self._world.clock.now()
        return jsonify({"data": data})

    def subscriptions(self, app: str) -> Response:
        """Where the app's webhooks lead."""
        self._require_app(request.args, app)
        return jsonify({"data": list(self._webhooks.values())})

    def subscribe(self, app: str) -> Response:
        """Lead one kind of object to an address."""
        form = request.values
        self._require_app(form, app)
        kind, url = form.get("object", ""), form.get("callback_url", "")
        if not self._answers(url, form.get("verify_token", "")):
            text = "(#2200) Callback verification failed"
            raise MetaRefusalError(400, 2200, text)
        names = [name for name in form.get("fields", "").split(",") if name]
        self._webhooks[kind] = _webhook(kind, url, names)
        return jsonify({"success": True})

    def _answers(self, url: str, verify_token: str) -> bool:
        challenge = str(int(random_id("1", 8), 16))
        values = {
            "hub.mode": "subscribe",
            "hub.verify_token": verify_token,
            "hub.challenge": challenge,
        }
        try:
            with requests.Session() as session:
                session.trust_env = False
                timeout_s = self._world.settings.webhook_timeout_s
                answer = session.get(f"{url}?{urlencode(values)}", timeout=timeout_s)
        except requests.RequestException:
            return False
        return answer.status_code == requests.codes.ok and answer.text == challenge

    def _kind_of(self, token: str) -> str:
        settings = self._world.settings
        known = {"page": settings.page_token, "instagram": settings.instagram_token}
        for kind, value in known.items():
            if hmac.compare_digest(token.encode(), value.encode()):
                return kind
        raise MetaRefusalError(401, 190, "Invalid OAuth access token - Cannot parse access token")

    def _require_app(self, fields: Any, app: str | None = None) -> None:
        settings = self._world.settings
        own = f"{settings.app_id}|{settings.app_secret}"
        given = str(fields.get("access_token") or "")
        known = hmac.compare_digest(given.encode(), own.encode())
        if not known or app not in (None, settings.app_id):
            text = "(#15) This method must be called with an app access_token."
            raise MetaRefusalError(400, 15, text)


def _webhook(kind: str, url: str, names: Sequence[str]) -> dict[str, Any]:
    fields = [{"name": name, "version": "v25.0"} for name in names]
    return {"object": kind, "callback_url": url, "active": True, "fields": fields}
