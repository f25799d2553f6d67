"""Twilio's Content API: the contents of the account with what WhatsApp says of each."""

from flask import Blueprint, Response, jsonify, request

from sandbox import twilio_resource as resource
from sandbox.twilio_api import authorised
from sandbox.whatsapp_templates import as_content
from sandbox.world import World

_PATH = "/v1/ContentAndApprovals"
_ORIGIN = "https://content.twilio.com"


def twilio_content_blueprint(world: World) -> Blueprint:
    """Build the listing; it needs the account's SID and token."""
    blueprint = Blueprint("twilio_content", __name__)

    @blueprint.get(_PATH)
    def listing() -> Response:
        sid = world.settings.account_sid
        if not authorised(world, sid):
            return resource.error(20003)
        size = max(1, min(int(request.args.get("PageSize", "50")), 1000))
        number = int(request.args.get("Page", "0"))
        rows = [as_content(one, sid) for one in world.templates.values()]
        following = None
        if len(rows) > (number + 1) * size:
            following = _address(size, number + 1) + f"&PageToken=DN{sid[2:]}"
        meta = {
            "key": "contents",
            "page": number,
            "page_size": size,
            "url": _address(size, number),
            "first_page_url": _address(size, 0),
            "previous_page_url": _address(size, number - 1) if number else None,
            "next_page_url": following,
        }
        return jsonify({"contents": rows[number * size : (number + 1) * size], "meta": meta})

    return blueprint


def _address(size: int, number: int) -> str:
    return f"{_ORIGIN}{_PATH}?PageSize={size}&Page={number}"
