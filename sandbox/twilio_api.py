"""Twilio's REST API: create, fetch, list and delete messages and their media."""

import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from sandbox import twilio_resource as resource
from sandbox.thread import Entry, StoredFile
from sandbox.twilio_send import TwilioRefusalError, TwilioSend
from sandbox.world import World

_CHANNELS = ("whatsapp", "sms")
Answer = BaseResponse | tuple[BaseResponse, int]


def twilio_blueprint(world: World, sender: TwilioSend) -> Blueprint:
    """Build the API; every call needs Basic auth with the account's SID and token."""
    blueprint = Blueprint("twilio", __name__, url_prefix="/2010-04-01/Accounts/<account>")

    @blueprint.url_value_preprocessor
    def take_account(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.account = (values or {}).pop("account", "")

    @blueprint.before_request
    def authorise() -> Response | None:
        return None if authorised(world, g.account) else resource.error(20003)

    api = TwilioApi(world, sender)
    add = blueprint.add_url_rule
    add("/Messages.json", "create", api.create, methods=["POST"])
    add("/Messages.json", "list", api.listed)
    add("/Messages/<sid>.json", "fetch", api.fetch)
    add("/Messages/<sid>.json", "delete", api.delete, methods=["DELETE"])
    add("/Messages/<sid>/Media.json", "media_list", api.media_list)
    add("/Messages/<sid>/Media/<media>", "media", api.media)
    add("/Messages/<sid>/Media/<media>", "media_delete", api.media_delete, methods=["DELETE"])
    return blueprint


class TwilioApi:
    """The views, one per resource and verb."""

    def __init__(self, world: World, sender: TwilioSend) -> None:
        self._world = world
        self._sender = sender

    def create(self) -> Answer:
        """Messages.create."""
        try:
            entry = self._sender.create(request.form)
        except TwilioRefusalError as refusal:
            answer = resource.error(refusal.code)
            if refusal.retry_after_s is not None:
                answer.headers["Retry-After"] = str(refusal.retry_after_s)
            return answer
        # Written before a pause: the callbacks may overtake this answer, its content may not.
        body = jsonify(resource.message(self._world.settings, entry))
        self._sender.stay_silent_if_told(entry)
        return body, 201

    def listed(self) -> Answer:
        """Messages.list, page by page."""
        settings = self._world.settings
        size = min(int(request.args.get("PageSize", "50")), 1000)
        start = int(request.args.get("Page", "0")) * size
        found = _filtered(self._world, request.args)
        items = [resource.message(settings, one) for one in found[start : start + size]]
        body = resource.page(settings, "messages", items)
        if len(found) > start + size:
            number = start // size + 1
            wish = request.args.to_dict() | {"Page": number, "PageToken": f"PA{number}"}
            body["next_page_uri"] = f"{body['uri']}?{urlencode(wish)}"
        return jsonify(body | {"page": start // size, "page_size": size, "start": start})

    def fetch(self, sid: str) -> Answer:
        """Messages(sid).fetch."""
        entry = self._world.entry_called(_CHANNELS, sid)
        if entry is None:
            return resource.error(20404)
        return jsonify(resource.message(self._world.settings, entry))

    def delete(self, sid: str) -> Answer:
        """Messages(sid).delete: its media go too."""
        entry = self._world.entry_called(_CHANNELS, sid)
        if entry is None:
            return resource.error(20404)
        with self._world.lock:
            for file in entry.files:
                self._world.files.pop(file.id, None)
        return Response(status=204)

    def media_list(self, sid: str) -> Answer:
        """Messages(sid).media.list."""
        entry = self._world.entry_called(_CHANNELS, sid)
        if entry is None:
            return resource.error(20404)
        settings = self._world.settings
        kept = [file for file in entry.files if file.id in self._world.files]
        items = [resource.media(settings, entry, file) for file in kept]
        return jsonify(resource.page(settings, "media_list", items))

    def media(self, sid: str, media: str) -> Answer:
        """One medium: its resource with ``.json``, else the way to its content."""
        found = _find_media(self._world, sid, media.removesuffix(".json"))
        if found is None:
            return resource.error(20404)
        entry, file = found
        settings = self._world.settings
        if media.endswith(".json"):
            return jsonify(resource.media(settings, entry, file))
        if self._world.faults.take("media_missing", entry.channel, entry.citizen):
            return resource.error(20404)
        return redirect(f"{settings.base_url}/cdn/twilio/{file.id}", code=307)

    def media_delete(self, sid: str, media: str) -> Answer:
        """Delete the content, as a careful gateway does after the download."""
        found = _find_media(self._world, sid, media.removesuffix(".json"))
        if found is None:
            return resource.error(20404)
        with self._world.lock:
            self._world.files.pop(found[1].id, None)
        return Response(status=204)


def authorised(world: World, account: str) -> bool:
    """Whether the request carries this account's SID and token."""
    settings = world.settings
    given = request.authorization
    name = (given.username or "") if given else ""
    word = (given.password or "") if given else ""
    known = hmac.compare_digest(word.encode(), settings.auth_token.encode())
    return known and name == settings.account_sid == account


def _find_media(world: World, sid: str, media: str) -> tuple[Entry, StoredFile] | None:
    entry = world.entry_called(_CHANNELS, sid)
    if entry is None or media not in world.files:
        return None
    file = next((one for one in entry.files if one.id == media), None)
    return (entry, file) if file else None


def _filtered(world: World, wanted: Any) -> list[Entry]:
    """The list's filters: To, From, DateSent, DateSent< and DateSent>; newest first."""
    settings = world.settings
    after, before = _instant(wanted.get("DateSent>")), _instant(wanted.get("DateSent<"))
    with world.lock:
        entries = [one for one in world.entries.values() if one.channel in _CHANNELS]
    chosen = []
    for entry in sorted(entries, key=lambda one: one.at, reverse=True):
        shown = resource.message(settings, entry)
        fits = (
            wanted.get("To") in (None, shown["to"])
            and wanted.get("From") in (None, shown["from"])
            and (after is None or entry.at >= after)
            and (before is None or entry.at <= before)
            and _on_day(entry, wanted.get("DateSent"))
        )
        if fits:
            chosen.append(entry)
    return chosen


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _on_day(entry: Entry, text: str | None) -> bool:
    return text is None or entry.at.date().isoformat() == text[:10]
