"""What the Graph API checks when we send to Messenger or Instagram, and how it arrives."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sandbox.files import MEGABYTE, FetchError, fetch
from sandbox.meta_inbound import MetaInbound
from sandbox.meta_refusal import MetaRefusalError, parameter
from sandbox.people import Citizen
from sandbox.thread import Entry, Option, StoredFile
from sandbox.world import World

WINDOW = timedelta(hours=24)
HUMAN_WINDOW = timedelta(days=7)
_TEXT_LIMIT = {"messenger": 2000, "instagram": 1000}
_METADATA_LIMIT = 1000
_QUICK_REPLIES = 13
_TITLE_LIMIT = 20
_PAYLOAD_LIMIT = 1000
_TEMPLATE_TEXT = 640
_TEMPLATE_BUTTONS = 3
_FILE_BYTES = 25 * MEGABYTE
_INSTAGRAM_IMAGE_BYTES = 8 * MEGABYTE
_KINDS = {"image": "image", "audio": "audio", "video": "video", "file": "document"}
_INSTAGRAM_TYPES = {
    "image": ("image/jpeg", "image/png", "image/gif"),
    "audio": ("audio/aac", "audio/x-m4a", "audio/mp4", "audio/wav", "audio/x-wav"),
    "video": ("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"),
    "file": ("application/pdf",),
}
_OUTSIDE = {"messenger": 2018278, "instagram": 2534022}


@dataclass(frozen=True, slots=True)
class GraphCall:
    """One call: which account, the fields, and the file that came along."""

    channel: str
    fields: Mapping[str, Any]
    upload: StoredFile | None = None

    def json(self, name: str) -> dict[str, Any]:
        """A field that must hold an object, written as JSON in a form.

        Raises:
            MetaRefusalError: it is missing or something else; form-encoded dicts end up here.
        """
        value = self.fields.get(name)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                value = None
        if not isinstance(value, dict):
            raise parameter(f"param {name} must be non-empty.")
        return value


class MetaSend:
    """POST me/messages."""

    def __init__(self, world: World, inbound: MetaInbound) -> None:
        self._world = world
        self._inbound = inbound

    def send(self, call: GraphCall) -> Entry | None:
        """Take a message, or a sender action (then there is no entry).

        Raises:
            MetaRefusalError: with Meta's code and subcode.
        """
        citizen = self._reader(call)
        if call.fields.get("sender_action"):
            return None
        self._check_window(call, citizen)
        message = call.json("message")
        entry = Entry(
            id=self._inbound.new_mid(call.channel),
            channel=call.channel,
            citizen=citizen.id,
            direction="out",
            at=self._world.clock.now(),
            address=citizen.address(call.channel),
            status="sent",
            shown=False,
        )
        self._fill(entry, message, call)
        self._world.add(entry)
        later = self._world.dispatcher.after
        later(self._world.settings.sent_after_s, lambda: self._leave(entry))
        return entry

    def stay_silent_if_told(self, entry: Entry) -> None:
        """The fault "timeout": the message is on its way, the caller never hears of it."""
        fault = self._world.faults.take("timeout", entry.channel, entry.citizen)
        if fault is not None:
            self._world.log(entry.channel, entry.citizen, "pesan diterima", "jawaban ditahan")
            self._world.silence.wait(fault.delay_s or self._world.settings.silence_s)

    # Checks

    def _reader(self, call: GraphCall) -> Citizen:
        address = call.json("recipient").get("id")
        if not address:
            raise parameter("param recipient must be non-empty.")
        citizen = self._world.citizen_at(call.channel, str(address))
        who = citizen.id if citizen else None
        take = self._world.faults.take
        if take("throttled", call.channel, who):
            text = "(#613) Calls to this api have exceeded the rate limit."
            raise MetaRefusalError(400, 613, text)
        if take("server_error", call.channel, who):
            text = "An unexpected error has occurred. Please retry your request later."
            raise MetaRefusalError(500, 2, text)
        if take("token_expired", call.channel, who):
            text = "Error validating access token: Session has expired"
            raise MetaRefusalError(401, 190, text, 463)
        known = citizen is not None and self._world.last_inbound_at(call.channel, citizen.id)
        if citizen is None or not known or take("not_registered", call.channel, who):
            raise MetaRefusalError(400, 100, "(#100) No matching user found", 2018001)
        if take("blocked", call.channel, who) or take("undelivered", call.channel, who):
            text = "(#551) This person isn't available right now."
            raise MetaRefusalError(400, 551, text, 1545041)
        return citizen

    def _check_window(self, call: GraphCall, citizen: Citizen) -> None:
        kind = str(call.fields.get("messaging_type") or "RESPONSE")
        tag = call.fields.get("tag")
        if kind not in ("RESPONSE", "UPDATE", "MESSAGE_TAG"):
            raise parameter("Param messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG.")
        if (kind == "MESSAGE_TAG" or tag) and tag != "HUMAN_AGENT":
            # All other tags ended on 27 April 2026.
            raise MetaRefusalError(400, 100, "(#100) Message tag is not supported", 1893061)
        window = HUMAN_WINDOW if tag == "HUMAN_AGENT" else WINDOW
        if not self._world.wrote_within(call.channel, citizen.id, window):
            text = "(#10) This message is sent outside of allowed window."
            raise MetaRefusalError(400, 10, text, _OUTSIDE[call.channel])

    def _fill(self, entry: Entry, message: dict[str, Any], call: GraphCall) -> None:
        text, attachment = message.get("text"), message.get("attachment")
        metadata = message.get("metadata")
        if metadata is not None and len(str(metadata)) > _METADATA_LIMIT:
            raise parameter("Length of param message[metadata] must be at most 1000")
        entry.reference = str(metadata) if metadata is not None else None
        if bool(text) == bool(attachment):
            raise parameter("message must have either text or attachment, not both or none")
        if text:
            entry.text = self._text(str(text), call.channel)
        else:
            self._attach(entry, attachment, call)
        entry.options += _quick_replies(message.get("quick_replies"))
        quoted = message.get("reply_to") or call.fields.get("reply_to")
        entry.quote = quoted.get("mid") if isinstance(quoted, dict) else None

    def _text(self, text: str, channel: str) -> str:
        units = len(text.encode()) if channel == "instagram" else len(text)
        limit = _TEXT_LIMIT[channel]
        if units > limit:
            raise parameter(f"Length of param message[text] must be less than or equal to {limit}")
        return text

    def _attach(self, entry: Entry, attachment: Any, call: GraphCall) -> None:
        if not isinstance(attachment, dict):
            raise parameter("param message[attachment] must be an object")
        payload = attachment.get("payload")
        payload = payload if isinstance(payload, dict) else {}
        if attachment.get("type") == "template":
            entry.text, entry.options = _button_template(payload)
            return
        file = self.take_attachment(call, str(attachment.get("type")), payload)
        entry.files = [file]

    def take_attachment(self, call: GraphCall, kind: str, payload: dict[str, Any]) -> StoredFile:
        """Get the file of an attachment: uploaded, known from before, or fetched from an address.

        Raises:
            MetaRefusalError: unknown type, not to be had, too large, or a type not taken.
        """
        if kind not in _KINDS:
            raise parameter("param message[attachment][type] must be image, audio, video or file")
        known = self._world.files.get(str(payload.get("attachment_id")))
        file = known or call.upload
        if file is None:
            try:
                file = fetch(self._world, str(payload.get("url") or ""), _KINDS[kind])
            except FetchError as error:
                raise _upload_failure() from error
        small = call.channel == "instagram" and kind == "image"
        if len(file.content) > (_INSTAGRAM_IMAGE_BYTES if small else _FILE_BYTES):
            raise _upload_failure()
        if call.channel == "instagram" and file.mime not in _INSTAGRAM_TYPES[kind]:
            raise _upload_failure()
        if kind == "image" and not file.width:
            raise _upload_failure()
        return file

    # The way to the phone

    def _leave(self, entry: Entry) -> None:
        entry.shown = True
        self._world.mark_answered(entry)
        self._inbound.echo(entry, entry.reference)
        settings = self._world.settings
        later = self._world.dispatcher.after
        later(settings.delivered_after_s - settings.sent_after_s, lambda: self._arrive(entry))

    def _arrive(self, entry: Entry) -> None:
        self._move(entry, "delivered")
        self._inbound.delivered(entry)
        settings = self._world.settings
        later = self._world.dispatcher.after
        later(settings.read_after_s - settings.delivered_after_s, lambda: self._read(entry))

    def _read(self, entry: Entry) -> None:
        self._move(entry, "read")
        self._inbound.read(entry)

    def _move(self, entry: Entry, status: str) -> None:
        with self._world.lock:
            entry.advance(status)
        self._world.touch()


def _upload_failure() -> MetaRefusalError:
    return MetaRefusalError(400, 100, "(#100) Upload attachment failure.", 2018047)


def _quick_replies(given: Any) -> list[Option]:
    if not given:
        return []
    if not isinstance(given, list) or len(given) > _QUICK_REPLIES:
        raise parameter("param message[quick_replies] must hold at most 13 items")
    options = []
    for one in given:
        title, payload = str(one.get("title", "")), str(one.get("payload", ""))
        if one.get("content_type", "text") != "text":
            raise parameter("param quick_replies[content_type] must be text")
        if not 1 <= len(title) <= _TITLE_LIMIT or not 1 <= len(payload) <= _PAYLOAD_LIMIT:
            raise parameter("quick_replies: title 1-20 and payload 1-1000 characters")
        options.append(Option("quick_reply", title, payload))
    return options


def _button_template(payload: dict[str, Any]) -> tuple[str, list[Option]]:
    text, buttons = str(payload.get("text", "")), payload.get("buttons")
    if payload.get("template_type") != "button":
        raise parameter("param template_type: only button is known to the sandbox")
    if not 1 <= len(text) <= _TEMPLATE_TEXT:
        raise parameter("param text of the template must have 1-640 characters")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= _TEMPLATE_BUTTONS:
        raise parameter("param buttons must hold 1-3 items")
    options = []
    for one in buttons:
        title = str(one.get("title", ""))
        if not 1 <= len(title) <= _TITLE_LIMIT:
            raise parameter("param buttons[title] must have 1-20 characters")
        url = one.get("type") == "web_url"
        value = str(one.get("url" if url else "payload", ""))
        options.append(Option("url" if url else "postback", title, value))
    return text, options
