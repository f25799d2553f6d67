"""Calls over HTTP: what a caller does, and Twilio's records and recordings of it."""

from flask import Blueprint, Response, jsonify

from sandbox import samples
from sandbox import twilio_resource as resource
from sandbox.call_wire import Call
from sandbox.calls import Calls
from sandbox.control_api import body
from sandbox.draft import RefusedError
from sandbox.files import decode, from_phone
from sandbox.people import Citizen
from sandbox.thread import StoredFile
from sandbox.twilio_api import authorised
from sandbox.world import World


def add_call_routes(blueprint: Blueprint, world: World, calls: Calls) -> None:
    """Add what a caller does to the control API."""
    views = CallViews(world, calls)
    add = blueprint.add_url_rule
    add("/citizens/<citizen>/calls", "calls", views.listed)
    add("/citizens/<citizen>/calls", "dial", views.dial, methods=["POST"])
    add("/citizens/<citizen>/calls/<sid>", "call_act", views.act, methods=["POST"])


def twilio_calls_blueprint(world: World, calls: Calls) -> Blueprint:
    """Build the Call resource and the recordings; both need the account's SID and token."""
    blueprint = Blueprint("twilio_calls", __name__, url_prefix="/2010-04-01/Accounts")

    @blueprint.get("/<account>/Calls/<sid>.json")
    def call(account: str, sid: str) -> Response:
        if not authorised(world, account):
            return resource.error(20003)
        found = calls.find(sid)
        return resource.error(20404) if found is None else jsonify(calls.wire.resource(found))

    @blueprint.get("/<account>/Recordings/<name>")
    def recording(account: str, name: str) -> Response:
        if not authorised(world, account):
            return resource.error(20003)
        found = calls.recording(name.partition(".")[0])
        if found is None or world.faults.take("media_missing", "voice", None):
            return resource.error(20404)
        return Response(found.content, mimetype=found.mime)

    return blueprint


class CallViews:
    """Dialling, speaking, pressing, hanging up."""

    def __init__(self, world: World, calls: Calls) -> None:
        self._world = world
        self._calls = calls

    def listed(self, citizen: str) -> Response:
        """The calls of a citizen, oldest first."""
        found = self._calls.of(self._citizen(citizen))
        return jsonify({"calls": [one.as_json() for one in found]})

    def dial(self, citizen: str) -> tuple[Response, int]:
        """Call the government, with ``withheld: true`` without showing the number."""
        wish = body()
        call = self._calls.dial(self._citizen(citizen), withheld=bool(wish.get("withheld")))
        return jsonify(call.as_json()), 201

    def act(self, citizen: str, sid: str) -> Response:
        """Do what ``do`` says: ``speak``, ``be_silent``, ``press``, ``wait`` or ``hang_up``."""
        wish = body()
        call = self._calls.find(sid)
        if call is None or call.citizen.id != self._citizen(citizen).id:
            raise RefusedError("Panggilan itu tidak ada.")
        self._act(call, wish)
        return jsonify(call.as_json())

    def _act(self, call: Call, wish: dict[str, object]) -> None:
        what = wish.get("do")
        if what == "speak":
            self._calls.speak(
                call,
                _sound(wish),
                hangs_up=bool(wish.get("hangs_up")),
                announced_first=bool(wish.get("announced_first")),
            )
        elif what == "be_silent":
            self._calls.speak(call, None)
        elif what == "press":
            self._calls.press(call, str(wish.get("key") or "-")[:1])
        elif what == "wait":
            self._calls.press(call, "")
        elif what == "hang_up":
            self._calls.hang_up(call)
        else:
            raise RefusedError("Tindakan itu tidak dikenal.")

    def _citizen(self, identifier: str) -> Citizen:
        citizen = self._world.citizens.get(identifier)
        if citizen is None:
            raise RefusedError("Warga tidak dikenal.")
        return citizen


def _sound(wish: dict[str, object]) -> StoredFile:
    """What is spoken: a file of one's own, or the built-in one."""
    if wish.get("content_base64"):
        name = str(wish.get("filename") or "rekaman.wav")
        mime = str(wish["mime"]) if wish.get("mime") else None
        return from_phone("audio", name, decode(str(wish["content_base64"])), mime)
    name, content, mime = samples.sample("call")
    return from_phone("audio", name, content, mime)
