"""The Graph API: messages, attachments, subscriptions, tokens."""

import hmac
import json
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.routing import BaseConverter

from sandbox.cloud_api import CloudApi
from sandbox.files import kind_of, make_file
from sandbox.meta_conversations import MetaConversations
from sandbox.meta_refusal import MetaRefusalError, parameter
from sandbox.meta_send import GraphCall, MetaSend
from sandbox.meta_setup import FIELDS, MetaSetup
from sandbox.thread import StoredFile
from sandbox.world import World, random_id


class GraphVersion(BaseConverter):
    """The first step of every address: ``v25.0``."""

    regex = r"v\d+\.\d+"


_SIXTY_DAYS_S = 60 * 24 * 3600


def meta_blueprint(world: World, sender: MetaSend) -> Blueprint:
    """Build the API. Which token is given decides between Messenger and Instagram."""
    blueprint = Blueprint("meta", __name__, url_prefix="/<graph_version:version>")

    @blueprint.url_value_preprocessor
    def drop_version(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        (values or {}).pop("version", None)

    @blueprint.errorhandler(MetaRefusalError)
    def refused(refusal: MetaRefusalError) -> Response:
        return _error(world, refusal)

    setup = MetaSetup(world)
    setup.add_to(blueprint)
    MetaConversations(world, _channel).add_to(blueprint)
    api = MetaApi(world, sender, setup)
    add = blueprint.add_url_rule
    add("/<account>/messages", "messages", api.messages, methods=["POST"])
    add("/<account>/message_templates", "templates", api.templates)
    add("/<account>/message_attachments", "attachments", api.attachments, methods=["POST"])
    add("/<account>/subscribed_apps", "subscribed", api.subscribed)
    add("/<account>/subscribed_apps", "subscribe", api.subscribe, methods=["POST"])
    add("/<account>/subscribed_apps", "unsubscribe", api.unsubscribe, methods=["DELETE"])
    add("/oauth/access_token", "oauth", api.oauth)
    add("/refresh_access_token", "refresh", api.refresh)
    add("/<node>", "node", api.node)
    return blueprint


class MetaApi:
    """The views, one per edge and verb."""

    def __init__(self, world: World, sender: MetaSend, setup: MetaSetup) -> None:
        self._world = world
        self._sender = sender
        self._setup = setup
        self._cloud = CloudApi(world)
        self._subscribed = {"messenger": list(FIELDS), "instagram": list(FIELDS)}

    def messages(self, account: str) -> Response:
        """Send a message or a sender action."""
        call = _call(self._world, account)
        if call.channel == "whatsapp_cloud":
            return self._cloud.send(call)
        entry = self._sender.send(call)
        recipient = str(call.json("recipient").get("id"))
        if entry is None:
            return jsonify({"recipient_id": recipient})
        self._sender.stay_silent_if_told(entry)
        return jsonify({"recipient_id": recipient, "message_id": entry.id})

    def templates(self, account: str) -> Response:
        """The templates of the WhatsApp Business account."""
        _channel(self._world, account)
        return self._cloud.templates(account)

    def attachments(self, account: str) -> Response:
        """Keep a file for later messages."""
        call = _call(self._world, account)
        wanted = call.json("message").get("attachment")
        if not isinstance(wanted, dict):
            raise parameter("param message[attachment] must be an object")
        payload = wanted.get("payload")
        payload = payload if isinstance(payload, dict) else {}
        file = self._sender.take_attachment(call, str(wanted.get("type")), payload)
        identifier = str(int(random_id("1", 13), 16))
        self._world.files[identifier] = file
        return jsonify({"attachment_id": identifier})

    def subscribed(self, account: str) -> Response:
        """Which apps hear of the messages of a page, or of a WhatsApp Business account."""
        channel = _channel(self._world, account)
        fields = self._subscribed.get(channel)
        app = {"id": self._world.settings.app_id, "name": self._world.settings.brand}
        row: dict[str, Any] = app | {"subscribed_fields": fields}
        if channel == "whatsapp_cloud":
            row = {"whatsapp_business_api_data": app}
        return jsonify({"data": [] if fields is None else [row]})

    def subscribe(self, account: str) -> Response:
        """Let our app hear of them."""
        names = str(_fields().get("subscribed_fields") or "").split(",")
        self._subscribed[_channel(self._world, account)] = [name for name in names if name]
        return jsonify({"success": True})

    def unsubscribe(self, account: str) -> Response:
        """Stop that."""
        self._subscribed.pop(_channel(self._world, account), None)
        return jsonify({"success": True})

    def oauth(self) -> Response:
        """Give an app token, or lengthen the life of a user's."""
        settings = self._world.settings
        given = request.args.get("client_secret", "")
        if not hmac.compare_digest(given.encode(), settings.app_secret.encode()):
            raise MetaRefusalError(400, 1, "Error validating client secret.")
        token = f"{settings.app_id}|sandbox-app-token"
        if request.args.get("grant_type") == "fb_exchange_token":
            token = request.args.get("fb_exchange_token", "")
        return _token(token)

    def refresh(self) -> Response:
        """Lengthen the life of the Instagram token; it stays the same here."""
        if _channel(self._world, "me") == "instagram":
            self._setup.renew()
        return _token(self._world.settings.instagram_token)

    def node(self, node: str) -> Response:
        """Our account, or a citizen's name."""
        channel = _channel(self._world, "me")
        settings = self._world.settings
        account = {
            "messenger": settings.page_id,
            "instagram": settings.instagram_id,
            "whatsapp_cloud": settings.whatsapp_phone_id,
        }[channel]
        if node in ("me", account):
            return jsonify({"id": account, "name": settings.brand})
        citizen = self._world.citizen_at(channel, node)
        if citizen is None:
            text = "Unsupported get request. Object does not exist or cannot be loaded."
            raise MetaRefusalError(400, 100, text, 33)
        if channel == "instagram":
            return jsonify({"id": node, "name": citizen.name, "username": f"{citizen.id}_latihan"})
        names = {"first_name": citizen.first_name, "last_name": citizen.last_name}
        return jsonify({"id": node, **names})


def _token(token: str) -> Response:
    body = {"access_token": token, "token_type": "bearer", "expires_in": _SIXTY_DAYS_S}
    return jsonify(body)


def _call(world: World, account: str) -> GraphCall:
    channel = _channel(world, account)
    return GraphCall(channel, _fields(), _upload())


def _fields() -> dict[str, Any]:
    if request.is_json:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise parameter("The body is not a JSON object")
        return {**request.args.to_dict(), **body}
    return request.values.to_dict()


def _upload() -> StoredFile | None:
    given = request.files.get("filedata")
    if given is None:
        return None
    mime = given.mimetype or "application/octet-stream"
    return make_file(kind_of(mime), mime, given.filename or "berkas", given.stream.read())


def _channel(world: World, account: str) -> str:
    """Which account the token opens.

    Raises:
        MetaRefusalError: no token, an unknown one, or one of the other account.
    """
    settings = world.settings
    given = str(_fields().get("access_token") or "")
    if not given and request.authorization and request.authorization.type == "bearer":
        given = request.authorization.token or ""
    if not given:
        text = "An active access token must be used to query information about the current user."
        raise MetaRefusalError(400, 2500, text)
    accounts = (
        ("messenger", settings.page_token, (settings.page_id,)),
        ("instagram", settings.instagram_token, (settings.instagram_id,)),
        (
            "whatsapp_cloud",
            settings.whatsapp_token,
            (settings.whatsapp_phone_id, settings.whatsapp_business_id),
        ),
    )
    for channel, token, identifiers in accounts:
        if hmac.compare_digest(given.encode(), token.encode()):
            if account not in ("me", *identifiers):
                text = "(#200) Requires pages_messaging permission to manage the object"
                raise MetaRefusalError(403, 200, text)
            return channel
    text = "Invalid OAuth access token - Cannot parse access token"
    raise MetaRefusalError(401, 190, text)


def _error(world: World, refusal: MetaRefusalError) -> Response:
    error: dict[str, Any] = {
        "message": refusal.text,
        "type": "OAuthException",
        "code": refusal.code,
        "fbtrace_id": random_id("A", 11),
    }
    if refusal.subcode is not None:
        error["error_subcode"] = refusal.subcode
    answer = jsonify({"error": error})
    answer.status_code = refusal.http
    if refusal.code == 613:  # too many calls
        usage = [{"type": "messenger", "call_count": 100, "estimated_time_to_regain_access": 1}]
        header = json.dumps({world.settings.page_id: usage})
        answer.headers["X-Business-Use-Case-Usage"] = header
    return answer
