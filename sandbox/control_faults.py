"""The part of the control API that switches faults."""

from typing import Any

from flask import Response, jsonify, request

from sandbox.draft import RefusedError
from sandbox.faults import FAULTS, Fault
from sandbox.people import CHANNELS
from sandbox.phone import Providers
from sandbox.world import World


class FaultViews:
    """List, switch, clear."""

    def __init__(self, world: World, providers: Providers) -> None:
        self._world = world
        self._providers = providers

    def listed(self) -> Response:
        """What is on, and what there is."""
        names = {name: label for name, (label, _) in FAULTS.items()}
        return jsonify({"faults": faults_json(self._world), "known": names})

    def switch(self) -> Response:
        """Switch one on, or off with ``active: false``."""
        given = request.get_json(silent=True)
        wish: dict[str, Any] = given if isinstance(given, dict) else {}
        fault = _read(self._world, wish)
        on = bool(wish.get("active", True))
        if on:
            self._world.faults.switch_on(fault)
        else:
            self._world.faults.switch_off(fault.name, fault.channel, fault.citizen)
        self._tell_block(fault, on=on)
        label = f"gangguan {FAULTS[fault.name][0].lower()}"
        outcome = "dinyalakan" if on else "dimatikan"
        self._world.log(fault.channel or "", fault.citizen, label, outcome)
        return jsonify({"faults": faults_json(self._world)})

    def clear(self) -> Response:
        """Switch all off."""
        self._world.faults.clear()
        self._world.touch()
        return jsonify({"faults": []})

    def _tell_block(self, fault: Fault, *, on: bool) -> None:
        """Blocking is an event on Telegram: the bot is told."""
        citizen = self._world.citizens.get(fault.citizen or "")
        if fault.name == "blocked" and citizen is not None and fault.channel == "telegram":
            self._providers.telegram.block(citizen, blocked=on)


def faults_json(world: World) -> list[dict[str, Any]]:
    """The faults that are on."""
    names = ("name", "channel", "citizen", "times", "retry_after_s", "delay_s", "code")
    return [{name: getattr(one, name) for name in names} for one in world.faults.listed()]


def _read(world: World, wish: dict[str, Any]) -> Fault:
    """Read a fault.

    Raises:
        RefusedError: an unknown name, channel or citizen, or no number where one belongs.
    """
    if wish.get("name") not in FAULTS:
        raise RefusedError(f"Gangguan tidak dikenal. Yang ada: {', '.join(FAULTS)}")
    if wish.get("channel") not in (None, *CHANNELS):
        raise RefusedError("Kanal tidak dikenal.")
    if wish.get("citizen") not in (None, *world.citizens):
        raise RefusedError("Warga tidak dikenal.")
    fault = Fault(str(wish["name"]), wish.get("channel"), wish.get("citizen"))
    try:
        fault.times = None if wish.get("times") is None else int(wish["times"])
        fault.delay_s = None if wish.get("delay_s") is None else float(wish["delay_s"])
        fault.retry_after_s = int(wish.get("retry_after_s", fault.retry_after_s))
    except (TypeError, ValueError) as error:
        raise RefusedError("times, delay_s dan retry_after_s harus angka.") from error
    fault.code = str(wish["code"]) if wish.get("code") else None
    return fault
