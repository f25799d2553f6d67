"""What Telegram checks when the bot writes, and how it appears on the phone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox import telegram_resource as resource
from sandbox.files import MEGABYTE, FetchError, fetch, make_file
from sandbox.people import Citizen
from sandbox.telegram_inbound import TelegramInbound
from sandbox.telegram_keyboard import options_of
from sandbox.telegram_markup import MarkupError, plain_text
from sandbox.telegram_refusal import TelegramRefusalError, bad_request
from sandbox.thread import Entry, Pin, StoredFile
from sandbox.world import World, new_entry

_TEXT_LIMIT = 4096
_CAPTION_LIMIT = 1024
_PHOTO_BYTES = 10 * MEGABYTE
_UPLOAD_BYTES = 50 * MEGABYTE
_ALBUM = range(2, 11)
# method → (field that holds the file, what it becomes)
FILE_METHODS = {
    "sendphoto": ("photo", "image"),
    "senddocument": ("document", "document"),
    "sendvoice": ("voice", "voice"),
    "sendaudio": ("audio", "audio"),
    "sendvideo": ("video", "video"),
}
_ALBUM_KINDS = {"photo": "image", "video": "video", "document": "document", "audio": "audio"}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file part of a multipart request."""

    filename: str
    mime: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One method call: its fields as text or JSON values, and the files that came along."""

    method: str
    values: Mapping[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field as text; empty when absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def json(self, name: str) -> Any:
        """A field that holds JSON, or the value itself when the whole call was JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error


class TelegramSend:
    """The send methods and editMessageReplyMarkup."""

    def __init__(self, world: World, inbound: TelegramInbound) -> None:
        self._world = world
        self._inbound = inbound

    def send_message(self, call: Call) -> Entry:
        """Send a text."""
        citizen = self._reader(call)
        entry = self._draft(call, citizen)
        entry.text = self._text(call, "text", _TEXT_LIMIT, "message is too long")
        if not (entry.text or "").strip():
            raise bad_request("message text is empty")
        return self._accept(entry)

    def send_file(self, call: Call) -> Entry:
        """Send one file; the method says what it is."""
        name, kind = FILE_METHODS[call.method]
        citizen = self._reader(call)
        entry = self._draft(call, citizen)
        entry.text = self._caption(call)
        entry.files = [self._file(call, call.values.get(name, name), kind)]
        return self._accept(entry)

    def send_album(self, call: Call) -> list[Entry]:
        """Send an album."""
        citizen = self._reader(call)
        items = call.json("media")
        if not isinstance(items, list) or len(items) not in _ALBUM:
            raise bad_request("there must be 2-10 media in the album")
        drafts = []
        for item in items:
            if not isinstance(item, dict) or item.get("type") not in _ALBUM_KINDS:
                raise bad_request("can't parse InputMedia: type must be specified")
            entry = self._draft(call, citizen)
            entry.text = self._caption(Call(call.method, item))
            entry.files = [self._file(call, item.get("media"), _ALBUM_KINDS[item["type"]])]
            drafts.append(entry)
        return [self._accept(entry) for entry in drafts]

    def send_location(self, call: Call) -> Entry:
        """Send a place, with a title or without."""
        citizen = self._reader(call)
        entry = self._draft(call, citizen)
        try:
            latitude, longitude = float(call.text("latitude")), float(call.text("longitude"))
        except ValueError as error:
            raise bad_request("latitude or longitude is empty") from error
        entry.pin = Pin(latitude, longitude, call.text("title") or None)
        return self._accept(entry)

    def edit_reply_markup(self, call: Call) -> Entry:
        """Change or remove the buttons of an own message."""
        citizen = self._reader(call)
        entry = self._world.entry("telegram", citizen.id, call.text("message_id"))
        if entry is None:
            raise bad_request("message to edit not found")
        if entry.direction == "in":
            raise bad_request("message can't be edited")
        options = options_of(call.json("reply_markup"))
        if options == entry.options:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        entry.options = options
        self._world.touch()
        return entry

    def as_json(self, entry: Entry) -> dict[str, Any]:
        """The Message that is answered."""
        return resource.message(self._world, self._world.citizens[entry.citizen], entry)

    def _reader(self, call: Call) -> Citizen:
        """Who is written to, if the bot may.

        Raises:
            TelegramRefusalError: throttled, blocked, unknown or never wrote.
        """
        chat_id = call.text("chat_id")
        if not chat_id:
            raise bad_request("chat_id is empty")
        citizen = self._world.citizen_at("telegram", chat_id)
        self._check_bot(citizen.id if citizen else None)
        take = self._world.faults.take
        who = citizen.id if citizen else None
        if citizen is None or take("not_registered", "telegram", who):
            raise bad_request("chat not found")
        if take("blocked", "telegram", who):
            raise TelegramRefusalError(403, "Forbidden: bot was blocked by the user")
        if take("undelivered", "telegram", who):
            raise TelegramRefusalError(403, "Forbidden: user is deactivated")
        if self._world.last_inbound_at("telegram", citizen.id) is None:
            text = "Forbidden: bot can't initiate conversation with a user"
            raise TelegramRefusalError(403, text)
        return citizen

    def _check_bot(self, who: str | None) -> None:
        """Faults that have nothing to do with the reader."""
        take = self._world.faults.take
        throttled = take("throttled", "telegram", who)
        if throttled is not None:
            raise TelegramRefusalError(429, "Too Many Requests", throttled.retry_after_s)
        if take("server_error", "telegram", who):
            raise TelegramRefusalError(500, "Internal Server Error")
        if take("token_expired", "telegram", who):
            raise TelegramRefusalError(401, "Unauthorized")

    def _draft(self, call: Call, citizen: Citizen) -> Entry:
        entry = new_entry(self._world, "", "telegram", citizen, "out")
        entry.quote = self._quote(call, citizen)
        entry.options = options_of(call.json("reply_markup"))
        return entry

    def _quote(self, call: Call, citizen: Citizen) -> str | None:
        parameters = call.json("reply_parameters") or {}
        wanted = parameters.get("message_id") or call.text("reply_to_message_id")
        if not wanted:
            return None
        if self._world.entry("telegram", citizen.id, str(wanted)) is not None:
            return str(wanted)
        lenient = parameters.get("allow_sending_without_reply")
        lenient = lenient or call.text("allow_sending_without_reply").lower() == "true"
        if not lenient:
            raise bad_request("message to be replied not found")
        return None

    def _text(self, call: Call, name: str, limit: int, too_long: str) -> str:
        try:
            text = plain_text(call.text(name), call.text("parse_mode"))
        except MarkupError as error:
            raise TelegramRefusalError(400, str(error)) from error
        if len(text.encode("utf-16-le")) // 2 > limit:
            raise bad_request(too_long)
        return text

    def _caption(self, call: Call) -> str | None:
        too_long = "message caption is too long"
        return self._text(call, "caption", _CAPTION_LIMIT, too_long) or None

    def _file(self, call: Call, given: Any, kind: str) -> StoredFile:
        """Find the file: an upload (in its own field or attached), a known id, or an address."""
        name = str(given).removeprefix("attach://") if given else ""
        upload = call.uploads.get(name)
        if upload is not None:
            file = make_file(kind, upload.mime, upload.filename, upload.content)
        elif name.startswith(("http://", "https://")):
            try:
                file = fetch(self._world, name, kind)
            except FetchError as error:
                raise bad_request("failed to get HTTP URL content") from error
        else:
            known = self._world.files.get(resource.parse_file_id(name)[0])
            if known is None:
                raise bad_request("wrong file identifier/HTTP URL specified")
            file = known
        self._check_file(file)
        return file

    def _check_file(self, file: StoredFile) -> None:
        if not file.content:
            raise bad_request("file must be non-empty")
        picture = file.kind == "image"
        if len(file.content) > (_PHOTO_BYTES if picture else _UPLOAD_BYTES):
            raise TelegramRefusalError(413, "Request Entity Too Large")
        if picture and not file.width:
            raise bad_request("IMAGE_PROCESS_FAILED")
        if picture and file.width + file.height > 10_000:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")

    def _accept(self, entry: Entry) -> Entry:
        entry.id = self._inbound.next_message_id(self._world.citizens[entry.citizen])
        entry.status = "delivered"  # the phone has it; Telegram tells the bot nothing of that
        self._world.add(entry)
        self._world.mark_answered(entry)
        return entry
