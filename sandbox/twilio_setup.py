"""Twilio's account and where its senders lead, as the console shows them. At first: to us."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import twilio_resource as resource
from sandbox.twilio_api import authorised
from sandbox.world import World, random_id

_MESSAGING, _VOICE = "/webhooks/twilio/messaging", "/webhooks/twilio/voice"
_ACCOUNT = "/2010-04-01/Accounts/<account>"
_SENDERS = "/v2/Channels/Senders"


def twilio_setup_blueprint(world: World) -> Blueprint:
    """Build the addresses; all need the account's SID and token."""
    blueprint = Blueprint("twilio_setup", __name__)
    api = TwilioSetup(world)
    add = blueprint.add_url_rule

    @blueprint.before_request
    def authorise() -> Response | None:
        account = (request.view_args or {}).pop("account", world.settings.account_sid)
        return None if authorised(world, account) else resource.error(20003)

    add(f"{_ACCOUNT}.json", "account", api.account)
    add(f"{_ACCOUNT}/IncomingPhoneNumbers.json", "numbers", api.numbers)
    add(f"{_ACCOUNT}/IncomingPhoneNumbers/<sid>.json", "lead", api.lead_number, methods=["POST"])
    add("/v1/Services/<sid>", "service", api.service)
    add("/v1/Services/<sid>", "lead_service", api.lead_service, methods=["POST"])
    add(_SENDERS, "senders", api.senders)
    add(f"{_SENDERS}/<sid>", "lead_sender", api.lead_sender, methods=["POST"])
    return blueprint


class TwilioSetup:
    """The account's number, its messaging service and its WhatsApp sender."""

    def __init__(self, world: World) -> None:
        self._world = world
        base = world.settings.signed_base
        self._number_sid, self._sender_sid = random_id("PN"), random_id("XE")
        self._number_url = self._service_url = self._sender_url = base + _MESSAGING
        self._voice_url = base + _VOICE

    def account(self) -> Response:
        """The account itself."""
        settings = self._world.settings
        body = {"sid": settings.account_sid, "friendly_name": settings.brand, "type": "Full"}
        return jsonify(body | {"status": "active"})

    def numbers(self) -> Response:
        """Our one number, if it is the one that is looked for."""
        wanted, number = request.args.get("PhoneNumber"), self._number()
        items = [number] if wanted in (None, number["phone_number"]) else []
        return jsonify(resource.page(self._world.settings, "incoming_phone_numbers", items))

    def lead_number(self, sid: str) -> Response:
        """Let the number bring its messages elsewhere."""
        if sid != self._number_sid:
            return resource.error(20404)
        self._number_url = request.form.get("SmsUrl", self._number_url)
        return jsonify(self._number())

    def service(self, sid: str) -> Response:
        """The messaging service."""
        if sid != self._world.settings.messaging_service_sid:
            return resource.error(20404)
        return jsonify(
            {
                "sid": sid,
                "account_sid": self._world.settings.account_sid,
                "inbound_request_url": self._service_url,
                "inbound_method": "POST",
                "use_inbound_webhook_on_number": False,
            }
        )

    def lead_service(self, sid: str) -> Response:
        """Let the service bring its messages elsewhere."""
        if sid == self._world.settings.messaging_service_sid:
            self._service_url = request.form.get("InboundRequestUrl", self._service_url)
        return self.service(sid)

    def senders(self) -> Response:
        """The WhatsApp senders of the account."""
        meta = {"key": "senders", "page": 0, "page_size": 50, "next_page_url": None}
        whatsapp = request.args.get("Channel") == "whatsapp"
        return jsonify({"senders": [self._sender()] if whatsapp else [], "meta": meta})

    def lead_sender(self, sid: str) -> Response:
        """Let the sender bring its messages elsewhere; the body is JSON."""
        body = request.get_json(silent=True)
        webhook = body.get("webhook") if isinstance(body, dict) else None
        if sid != self._sender_sid:
            return resource.error(20404)
        if not isinstance(webhook, dict):
            return resource.error(20422)
        self._sender_url = str(webhook.get("callback_url") or self._sender_url)
        return jsonify(self._sender())

    def _number(self) -> dict[str, Any]:
        return {
            "sid": self._number_sid,
            "account_sid": self._world.settings.account_sid,
            "phone_number": self._world.settings.sms_number,
            "sms_method": "POST",
            "sms_url": self._number_url,
            "sms_fallback_url": "",
            "voice_method": "POST",
            "voice_url": self._voice_url,
        }

    def _sender(self) -> dict[str, Any]:
        number = self._world.settings.whatsapp_number.removeprefix("whatsapp:")
        return {
            "sid": self._sender_sid,
            "sender_id": f"whatsapp:{number}",
            "status": "ONLINE",
            "webhook": {"callback_url": self._sender_url, "callback_method": "POST"},
        }
