"""Twilio's account and its number, as the console shows them. Numbers lead to our webhooks."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import twilio_resource as resource
from sandbox.twilio_api import authorised
from sandbox.world import World, random_id

_MESSAGING, _VOICE = "/webhooks/twilio/messaging", "/webhooks/twilio/voice"


def twilio_setup_blueprint(world: World) -> Blueprint:
    """Build the two addresses; both need the account's SID and token."""
    blueprint = Blueprint("twilio_setup", __name__, url_prefix="/2010-04-01/Accounts")
    number_sid = random_id("PN")

    @blueprint.get("/<account>.json")
    def account(account: str) -> Response:
        if not authorised(world, account):
            return resource.error(20003)
        settings = world.settings
        body = {"sid": account, "friendly_name": settings.brand, "type": "Full"}
        return jsonify(body | {"status": "active"})

    @blueprint.get("/<account>/IncomingPhoneNumbers.json")
    def numbers(account: str) -> Response:
        if not authorised(world, account):
            return resource.error(20003)
        wanted = request.args.get("PhoneNumber")
        number = _number(world, number_sid)
        items = [number] if wanted in (None, number["phone_number"]) else []
        return jsonify(resource.page(world.settings, "incoming_phone_numbers", items))

    return blueprint


def _number(world: World, sid: str) -> dict[str, Any]:
    base = world.settings.signed_base
    return {
        "sid": sid,
        "account_sid": world.settings.account_sid,
        "phone_number": world.settings.sms_number,
        "sms_method": "POST",
        "sms_url": base + _MESSAGING,
        "sms_fallback_url": "",
        "voice_method": "POST",
        "voice_url": base + _VOICE,
    }
