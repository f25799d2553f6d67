"""The control API: what journeys, browser, fault and load tests call, and the phone page too."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.control_faults import FaultViews, faults_json
from sandbox.draft import RefusedError
from sandbox.handshake import shake_hands
from sandbox.people import CHANNELS, Citizen
from sandbox.phone import Phone, Providers
from sandbox.whatsapp_templates import STATES
from sandbox.world import World, random_id

_LINES_ON_PAGE = 40
Answer = Response | tuple[Response, int]


def control_blueprint(world: World, providers: Providers, reset: Callable[[], None]) -> Blueprint:
    """Build the API. Writing needs a JSON type, so that no foreign page can post a form here."""
    blueprint = Blueprint("control", __name__, url_prefix="/api")

    @blueprint.before_request
    def same_origin_only() -> Answer | None:
        origin = request.headers.get("Origin")
        foreign = origin is not None and origin != request.host_url.rstrip("/")
        if foreign or (request.method == "POST" and not request.is_json):
            return jsonify({"error": "JSON dari halaman ini saja."}), 415
        return None

    @blueprint.errorhandler(RefusedError)
    def refused(error: RefusedError) -> Answer:
        return jsonify({"error": str(error)}), 422

    _add_routes(blueprint, CitizenViews(world, providers), WorldViews(world, providers, reset))
    faults = FaultViews(world, providers)
    blueprint.add_url_rule("/faults", "faults", faults.listed)
    blueprint.add_url_rule("/faults", "switch", faults.switch, methods=["POST"])
    blueprint.add_url_rule("/faults", "clear", faults.clear, methods=["DELETE"])
    return blueprint


def _add_routes(blueprint: Blueprint, citizens: "CitizenViews", world: "WorldViews") -> None:
    add = blueprint.add_url_rule
    add("/citizens", "citizens", citizens.listed)
    add("/citizens", "invite", citizens.invite, methods=["POST"])
    add("/citizens/<citizen>/messages", "write", citizens.write, methods=["POST"])
    add("/citizens/<citizen>/edits", "edit", citizens.edit, methods=["POST"])
    add("/citizens/<citizen>/withdrawals", "withdraw", citizens.withdraw, methods=["POST"])
    add("/citizens/<citizen>/thread", "thread", citizens.thread)
    add("/sent", "sent", world.sent)
    add("/events", "events", world.events)
    add("/view", "view", world.view)
    add("/clock", "clock", world.clock)
    add("/clock", "jump", world.jump, methods=["POST"])
    add("/reset", "reset", world.reset, methods=["POST"])
    add("/handshake", "handshake", world.handshake, methods=["POST"])
    add("/templates/<sid>", "template", world.template, methods=["POST"])


class CitizenViews:
    """What a citizen does."""

    def __init__(self, world: World, providers: Providers) -> None:
        self._world = world
        self._phone = Phone(world, providers)

    def listed(self) -> Answer:
        """Everybody, with addresses."""
        return jsonify({"citizens": [citizen_json(one) for one in self._world.citizens.values()]})

    def invite(self) -> Answer:
        """Add a citizen."""
        wish = body()
        identifier = str(wish.get("id") or random_id("warga-", 6))
        first, last = str(wish.get("first_name") or "Warga"), str(wish.get("last_name") or "Baru")
        return jsonify(citizen_json(self._world.invite(identifier, first, last))), 201

    def write(self, citizen: str) -> Answer:
        """Send, or press a button."""
        entries = self._phone.write(_citizen(self._world, citizen), body())
        return jsonify({"messages": [one.as_json() for one in entries]}), 201

    def edit(self, citizen: str) -> Answer:
        """Change an own message."""
        return jsonify(self._phone.edit(_citizen(self._world, citizen), body()).as_json())

    def withdraw(self, citizen: str) -> Answer:
        """Unsend an own message."""
        return jsonify(self._phone.withdraw(_citizen(self._world, citizen), body()).as_json())

    def thread(self, citizen: str) -> Answer:
        """The conversation as the phone shows it."""
        who = _citizen(self._world, citizen)
        return jsonify(_thread(self._world, self._phone.channel(request.args), who))


class WorldViews:
    """What was sent, what happened, what time it is."""

    def __init__(self, world: World, providers: Providers, reset: Callable[[], None]) -> None:
        self._world = world
        self._providers = providers
        self._reset = reset

    def sent(self) -> Answer:
        """Every message that a provider accepted from the gateway."""
        channel, citizen = request.args.get("channel"), request.args.get("citizen")
        with self._world.lock:
            chosen = [
                one.as_json()
                for one in self._world.sent
                if channel in (None, one.channel) and citizen in (None, one.citizen)
            ]
        return jsonify({"count": len(chosen), "sent": chosen})

    def events(self) -> Answer:
        """What happened, newest first, and how many webhooks are not settled."""
        after = request.args.get("after", 0, type=int)
        with self._world.lock:
            lines = [one.as_json() for one in self._world.occurrences if one.number > after]
        return jsonify({"events": lines, "waiting": self._providers.deliverer.waiting()})

    def view(self) -> Answer:
        """Everything that the page shows; only the version when nothing changed."""
        world = self._world
        who = _citizen(world, request.args.get("citizen", ""))
        channel = request.args.get("channel", "")
        if channel not in (*CHANNELS, "voice"):
            raise RefusedError("Kanal tidak dikenal.")
        if request.args.get("version") == str(world.version):
            return jsonify({"version": world.version})
        with world.lock:
            lines = [one.as_json() for one in list(world.occurrences)[:_LINES_ON_PAGE]]
        answer = _thread(world, channel, who) | {"events": lines, "faults": faults_json(world)}
        calls = [one.as_json() for one in self._providers.calls.of(who)[-1:]]
        return jsonify(answer | {"clock": _clock(world), "calls": calls})

    def clock(self) -> Answer:
        """The providers' time."""
        return jsonify(_clock(self._world))

    def jump(self) -> Answer:
        """Move the providers' time."""
        try:
            seconds = float(body()["advance_s"])
        except (KeyError, TypeError, ValueError) as error:
            raise RefusedError("advance_s harus angka.") from error
        self._world.clock.advance(seconds)
        hours = f"{seconds / 3600:.1f}".removesuffix(".0").replace(".", ",")
        self._world.log("", None, "jam penyedia", f"maju {hours} jam")
        return jsonify(_clock(self._world))

    def reset(self) -> Answer:
        """Forget everything."""
        self._reset()
        return jsonify({"version": self._world.version})

    def template(self, sid: str) -> Answer:
        """Let WhatsApp think otherwise of a template: ``{"status": "paused"}``."""
        status, known = body().get("status"), self._world.templates.get(sid)
        if known is None or status not in STATES:
            raise RefusedError("Templat atau keadaannya tidak dikenal.")
        known.status = str(status)
        return jsonify({"sid": sid, "status": known.status})

    def handshake(self) -> Answer:
        """Check the Meta webhook as Meta does at set-up."""
        body()
        return jsonify(shake_hands(self._world.settings))


def body() -> dict[str, Any]:
    """The JSON object of a request.

    Raises:
        RefusedError: it is something else.
    """
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise RefusedError("Isi permintaan harus objek JSON.")
    return given


def citizen_json(citizen: Citizen) -> dict[str, Any]:
    """A citizen and the addresses on every channel."""
    addresses = {channel: citizen.address(channel) for channel in CHANNELS}
    return {"id": citizen.id, "name": citizen.name, "addresses": addresses}


def _thread(world: World, channel: str, citizen: Citizen) -> dict[str, Any]:
    # The version first: a change in between is then shown twice instead of never.
    version = world.version
    messages = [one.as_json() for one in world.thread(channel, citizen.id) if one.shown]
    return {"version": version, "messages": messages}


def _clock(world: World) -> dict[str, Any]:
    return {"now": world.clock.now().isoformat(), "shift_s": round(world.clock.shift_s)}


def _citizen(world: World, identifier: str) -> Citizen:
    citizen = world.citizens.get(identifier)
    if citizen is None:
        raise RefusedError("Warga tidak dikenal.")
    return citizen
