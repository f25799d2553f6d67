"""X's API v2, as far as direct messages need it, and the control calls that make people write."""

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.draft import RefusedError
from sandbox.people import Citizen
from sandbox.world import World
from sandbox.x_inbound import XInbound, address, new_id
from sandbox.x_signature import is_signed

_TEXT_LIMIT = 10_000
_PAGE_SIZE = 100
_PROBLEM = "https://api.twitter.com/2/problems/"
Answer = Response | tuple[Response, int]
# Fault → status, and the error object that X answers with.
_REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "token_expired": (401, {"title": "Unauthorized", "type": "about:blank", "status": 401}),
    "throttled": (429, {"title": "Too Many Requests", "type": "about:blank", "status": 429}),
    "server_error": (503, {"title": "Service Unavailable", "type": "about:blank", "status": 503}),
    "blocked": (
        403,
        {
            "title": "Forbidden",
            "detail": "You do not have permission to DM one or more participants.",
            "type": "about:blank",
            "status": 403,
        },
    ),
    "not_registered": (404, {"title": "Not Found Error", "type": f"{_PROBLEM}resource-not-found"}),
}


def x_blueprint(world: World, inbound: XInbound) -> Blueprint:
    """Build the API below ``/2`` and the control calls below ``/api/x``."""
    blueprint = Blueprint("x", __name__)

    @blueprint.post("/2/dm_conversations/with/<participant>/messages")
    def send(participant: str) -> Answer:
        if not is_signed(request.method, request.url, request.headers.get("Authorization", "")):
            return _refused("token_expired", 0)
        citizen = _citizen_at(world, participant)
        for name in _REFUSALS:
            if fault := world.faults.take(name, "x", citizen.id if citizen else None):
                return _refused(name, fault.retry_after_s)
        text = (request.get_json(silent=True) or {}).get("text")
        if citizen is None:
            return _refused("not_registered", 0)
        if not isinstance(text, str) or not 0 < len(text) <= _TEXT_LIMIT:
            problem = {"title": "Invalid Request", "type": f"{_PROBLEM}invalid-request"}
            return jsonify(problem), 400
        event_id = new_id()
        inbound.sent.append({"citizen": citizen.id, "text": text, "id": event_id})
        inbound.echo(citizen, event_id, text)
        if fault := world.faults.take("timeout", "x", citizen.id):
            world.silence.wait(fault.delay_s or world.settings.silence_s)
        answer = {"dm_conversation_id": f"{participant}-x", "dm_event_id": event_id}
        return jsonify({"data": answer}), 201

    _add_list(blueprint, world, inbound)
    _add_control(blueprint, world, inbound)
    return blueprint


def _add_list(blueprint: Blueprint, world: World, inbound: XInbound) -> None:
    """Direct messages that were exchanged, newest first; the page token is a number here."""

    @blueprint.get("/2/dm_events")
    @blueprint.get("/2/dm_conversations/with/<participant>/dm_events")
    def exchanged(participant: str = "") -> Answer:
        if not is_signed(request.method, request.url, request.headers.get("Authorization", "")):
            return _refused("token_expired", 0)
        if fault := world.faults.take("throttled", "x", None):
            return _refused("throttled", fault.retry_after_s)
        found = [
            event
            for event in reversed(inbound.events)
            if not participant or participant in event["dm_conversation_id"].split("-")
        ]
        start = int(request.args.get("pagination_token") or 0)
        end = start + int(request.args.get("max_results") or _PAGE_SIZE)
        following = {"next_token": str(end)} if end < len(found) else {}
        shown = found[start:end]
        return jsonify({"data": shown, "meta": {"result_count": len(shown)} | following})


def _add_control(blueprint: Blueprint, world: World, inbound: XInbound) -> None:
    @blueprint.post("/api/x/messages")
    def write() -> Answer:
        wish = _wish()
        citizen = _citizen(world, wish)
        say = inbound.mention if wish.get("public") else inbound.direct_message
        return jsonify({"id": say(citizen, str(wish.get("text") or ""))}), 201

    @blueprint.post("/api/x/reads")
    def read() -> Answer:
        wish = _wish()
        inbound.read(_citizen(world, wish), str(wish.get("id") or ""))
        return jsonify({}), 201

    @blueprint.get("/api/x/sent")
    def listed() -> Answer:
        return jsonify({"sent": inbound.sent})

    @blueprint.post("/api/x/challenge")
    def challenge() -> Answer:
        _wish()
        return jsonify(inbound.challenge())

    @blueprint.errorhandler(RefusedError)
    def refused(error: RefusedError) -> Answer:
        return jsonify({"error": str(error)}), 422


def _refused(name: str, wait_s: int) -> Answer:
    status, problem = _REFUSALS[name]
    answer = jsonify(problem)
    answer.status_code = status
    if name == "throttled":
        answer.headers["x-rate-limit-reset"] = str(int(time.time()) + wait_s)
    return answer


def _wish() -> dict[str, Any]:
    """Read a JSON object; a page of another origin cannot send that type."""
    wish = request.get_json(silent=True)
    if not isinstance(wish, dict):
        raise RefusedError("Isi permintaan harus objek JSON.")
    return wish


def _citizen(world: World, wish: dict[str, Any]) -> Citizen:
    citizen = world.citizens.get(str(wish.get("citizen")))
    if citizen is None:
        raise RefusedError("Warga tidak dikenal.")
    return citizen


def _citizen_at(world: World, participant: str) -> Citizen | None:
    return next((one for one in world.citizens.values() if address(one) == participant), None)
