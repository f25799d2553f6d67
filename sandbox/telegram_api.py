"""Telegram's Bot API: one address per method, the token in the path."""

import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import telegram_resource as resource
from sandbox.files import MEGABYTE, smaller
from sandbox.telegram_inbound import Hook, TelegramInbound
from sandbox.telegram_refusal import TelegramRefusalError, bad_request
from sandbox.telegram_send import FILE_METHODS, Call, TelegramSend, Upload
from sandbox.thread import Entry
from sandbox.world import World

_DOWNLOAD_BYTES = 20 * MEGABYTE
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
Method = Callable[[Call], Any]


class TelegramApi:
    """The methods by their name in lower case; Telegram does not care about case."""

    def __init__(self, world: World, inbound: TelegramInbound, sender: TelegramSend) -> None:
        self._world = world
        self._inbound = inbound
        self._sender = sender
        self.methods: Mapping[str, Method] = {
            "getme": lambda _: resource.bot(world.settings),
            "sendmessage": lambda call: self._sent(sender.send_message(call)),
            "sendlocation": lambda call: self._sent(sender.send_location(call)),
            "sendvenue": lambda call: self._sent(sender.send_location(call)),
            "sendmediagroup": self._album,
            "sendchataction": lambda _: True,
            "editmessagereplymarkup": lambda call: sender.as_json(sender.edit_reply_markup(call)),
            "answercallbackquery": self._answer_query,
            "getfile": self._get_file,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "getupdates": self._get_updates,
            **{name: lambda call: self._sent(sender.send_file(call)) for name in FILE_METHODS},
        }

    def run(self, name: str) -> Any:
        """Run the method that the request names.

        Raises:
            TelegramRefusalError: there is no such method, or it refuses.
        """
        method = self.methods.get(name.lower())
        if method is None:
            raise TelegramRefusalError(404, "Not Found: method not found")
        return method(_call(name))

    def _sent(self, entry: Entry) -> dict[str, Any]:
        answer = self._sender.as_json(entry)
        self._silence(entry)
        return answer

    def _album(self, call: Call) -> list[dict[str, Any]]:
        entries = self._sender.send_album(call)
        answer = [self._sender.as_json(entry) for entry in entries]
        self._silence(entries[0])
        return answer

    def _silence(self, entry: Entry) -> None:
        fault = self._world.faults.take("timeout", "telegram", entry.citizen)
        if fault is not None:
            self._world.log("telegram", entry.citizen, "pesan diterima", "jawaban ditahan")
            self._world.silence.wait(fault.delay_s or self._world.settings.silence_s)

    def _answer_query(self, call: Call) -> bool:
        if call.text("callback_query_id") not in self._inbound.queries:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        self._inbound.queries.discard(call.text("callback_query_id"))
        return True

    def _get_file(self, call: Call) -> dict[str, Any]:
        identifier, width = resource.parse_file_id(call.text("file_id"))
        file = self._world.files.get(identifier)
        if file is None:
            raise bad_request("invalid file_id")
        if len(file.content) > _DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        if self._world.faults.take("media_missing", "telegram", None):
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return {
            "file_id": call.text("file_id"),
            "file_unique_id": f"AgAD{identifier[-12:]}",
            "file_size": len(file.content),
            "file_path": resource.file_path(file, width),
        }

    def _set_webhook(self, call: Call) -> bool:
        url, secret = call.text("url"), call.text("secret_token")
        if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        allowed = call.json("allowed_updates") or []
        self._inbound.hook = Hook(
            url, secret, tuple(allowed), int(call.text("max_connections") or 40)
        )
        return True

    def _delete_webhook(self, call: Call) -> bool:
        self._inbound.hook = Hook("", "")
        return True

    def _webhook_info(self, call: Call) -> dict[str, Any]:
        hook = self._inbound.hook
        body: dict[str, Any] = {
            "url": hook.url,
            "has_custom_certificate": False,
            "pending_update_count": self._inbound.pending(),
            "max_connections": hook.max_connections,
        }
        if hook.allowed:
            body["allowed_updates"] = list(hook.allowed)
        failure = self._world.last_error.get("telegram")
        if failure is not None:
            body["last_error_message"] = failure[0]
            body["last_error_date"] = int(failure[1].timestamp())
        return body

    def _get_updates(self, call: Call) -> list[Any]:
        if self._inbound.hook.url:
            raise TelegramRefusalError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
                "to delete the webhook first",
            )
        return []


def telegram_blueprint(world: World, api: TelegramApi) -> Blueprint:
    """Build the two addresses of the Bot API: methods and files."""
    blueprint = Blueprint("telegram", __name__)

    @blueprint.route("/bot<token>/<method>", methods=["GET", "POST"])
    def call_method(token: str, method: str) -> Response:
        try:
            _check_token(world, token)
            return jsonify({"ok": True, "result": api.run(method)})
        except TelegramRefusalError as refusal:
            return _refused(refusal)

    @blueprint.get("/file/bot<token>/<path:path>")
    def download(token: str, path: str) -> Response:
        stem, _, _ = path.rsplit("/", 1)[-1].partition(".")
        identifier, _, width = stem.partition("w")
        try:
            _check_token(world, token)
        except TelegramRefusalError as refusal:
            return _refused(refusal)
        file = world.files.get(identifier)
        if file is None:
            return _refused(TelegramRefusalError(404, "Not Found"))
        content = smaller(file, int(width)) if width.isdigit() else file.content
        return Response(content, mimetype="application/octet-stream")

    return blueprint


def _check_token(world: World, token: str) -> None:
    if not _TOKEN.fullmatch(token):
        raise TelegramRefusalError(404, "Not Found")
    if not hmac.compare_digest(token.encode(), world.settings.bot_token.encode()):
        raise TelegramRefusalError(401, "Unauthorized")


def _call(method: str) -> Call:
    if request.is_json:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise bad_request("can't parse JSON object")
        return Call(method.lower(), body)
    uploads = {
        name: Upload(
            one.filename or name, one.mimetype or "application/octet-stream", one.stream.read()
        )
        for name, one in request.files.items()
    }
    return Call(method.lower(), request.values.to_dict(), uploads)


def _refused(refusal: TelegramRefusalError) -> Response:
    description = refusal.description
    body: dict[str, Any] = {"ok": False, "error_code": refusal.code}
    if refusal.retry_after_s is not None:
        description = f"{description}: retry after {refusal.retry_after_s}"
        body["parameters"] = {"retry_after": refusal.retry_after_s}
    answer = jsonify(body | {"description": description})
    answer.status_code = refusal.code
    return answer
