"""WhatsApp's Cloud API as far as templates need it: their listing, and sending to a number.

A message is shown on the same WhatsApp phone as Twilio's. Meta's webhooks of this channel are not
played.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Response, jsonify, request

from sandbox.meta_refusal import MetaRefusalError, parameter
from sandbox.meta_send import GraphCall
from sandbox.thread import Entry, Option
from sandbox.whatsapp_templates import SandboxTemplate, as_message_template
from sandbox.world import World, random_id

_WINDOW = timedelta(hours=24)
_LANGUAGE = "id"
_TEXT_LIMIT = 4096


class CloudApi:
    """The business account's edges; `MetaApi` has looked at the token before."""

    def __init__(self, world: World) -> None:
        self._world = world

    def templates(self, business: str) -> Response:
        """Every template, page by page."""
        if business != self._world.settings.whatsapp_business_id:
            text = "Unsupported get request. Object does not exist or cannot be loaded."
            raise MetaRefusalError(400, 100, text, 33)
        rows = [as_message_template(one) for one in self._world.templates.values()]
        size = min(int(request.args.get("limit", "25")), 250)
        start = int(request.args.get("after") or "0")
        cursors = {"before": str(start), "after": str(start + size)}
        paging: dict[str, Any] = {"cursors": cursors}
        if len(rows) > start + size:
            paging["next"] = f"{request.base_url}?limit={size}&after={start + size}"
        return jsonify({"data": rows[start : start + size], "paging": paging})

    def send(self, call: GraphCall) -> Response:
        """Take a text or a template.

        Raises:
            MetaRefusalError: with Meta's code.
        """
        fields = call.fields
        if fields.get("messaging_product") != "whatsapp":
            raise parameter("Param messaging_product must be one of {WHATSAPP}")
        number = f"+{fields.get('to', '')}"
        address = f"whatsapp:{number}"
        citizen = self._world.citizen_at("whatsapp", address)
        if citizen is None:
            raise MetaRefusalError(400, 131026, "(#131026) Message undeliverable")
        entry = Entry(
            id=f"wamid.{random_id('H', 20)}",
            channel="whatsapp",
            citizen=citizen.id,
            direction="out",
            at=self._world.clock.now(),
            address=address,
            status="sent",
        )
        self._fill(entry, call)
        self._world.add(entry)
        contact = {"input": number, "wa_id": number.removeprefix("+")}
        messages = [{"id": entry.id, "message_status": "accepted"}]
        body = {"messaging_product": "whatsapp", "contacts": [contact], "messages": messages}
        return jsonify(body)

    def _fill(self, entry: Entry, call: GraphCall) -> None:
        kind = call.fields.get("type", "text")
        if kind == "template":
            self._fill_template(entry, call)
            return
        if kind != "text":
            raise MetaRefusalError(400, 131051, "(#131051) Unsupported message type")
        if not self._world.wrote_within("whatsapp", entry.citizen, _WINDOW):
            raise MetaRefusalError(400, 131047, "(#131047) Re-engagement message")
        words = str(call.json("text").get("body") or "")
        if not 1 <= len(words) <= _TEXT_LIMIT:
            raise parameter("Param text[body] must have 1-4096 characters")
        entry.text = words

    def _fill_template(self, entry: Entry, call: GraphCall) -> None:
        if "text" in call.fields:
            raise parameter("Unexpected key text beside a template")
        named = call.json("template")
        template = self._template(named)
        given = _body_values(named)
        if len(given) != len(template.variables):
            text = "(#132000) Number of parameters does not match the expected number of params"
            raise MetaRefusalError(400, 132000, text)
        if any(not value or "\n" in value or "\t" in value or " " * 5 in value for value in given):
            text = "(#132012) Parameter format does not match format in the created template"
            raise MetaRefusalError(400, 132012, text)
        ordered = sorted(template.variables, key=int)
        entry.template = template.name
        entry.text = template.filled(dict(zip(ordered, given, strict=True)))
        entry.options = [Option("quick_reply", title, title) for title, _ in template.buttons]

    def _template(self, named: Mapping[str, Any]) -> SandboxTemplate:
        language = named.get("language")
        code = language.get("code") if isinstance(language, dict) else None
        found = (one for one in self._world.templates.values() if one.name == named.get("name"))
        template = next(found, None)
        if template is not None and template.status == "paused":
            raise MetaRefusalError(400, 132015, "(#132015) Template is paused")
        if template is not None and template.status == "disabled":
            raise MetaRefusalError(400, 132016, "(#132016) Template is disabled")
        if template is None or code != _LANGUAGE or template.status != "approved":
            raise MetaRefusalError(400, 132001, "(#132001) Template does not exist")
        return template


def _body_values(named: Mapping[str, Any]) -> list[str]:
    """The texts for the body, in their order."""
    components = named.get("components") or []
    if not isinstance(components, list):
        raise parameter("Param template[components] must be an array")
    return [
        str(one.get("text") or "")
        for component in components
        if component.get("type") == "body"
        for one in component.get("parameters", [])
    ]
