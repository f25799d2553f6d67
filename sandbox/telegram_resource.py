"""How Telegram writes users, chats, messages and files (Bot API 10.0)."""

from typing import Any

from sandbox.people import Citizen
from sandbox.settings import SandboxSettings
from sandbox.thread import Entry, Option, StoredFile
from sandbox.world import World

Json = dict[str, Any]
_THUMB_WIDTHS = (90, 320, 800)
_FOLDERS = {"image": "photos", "voice": "voice", "audio": "music", "video": "videos"}


def bot(settings: SandboxSettings) -> Json:
    """Our bot as a User."""
    return {
        "id": int(settings.bot_token.split(":", 1)[0]),
        "is_bot": True,
        "first_name": settings.brand,
        "username": settings.bot_username,
    }


def user(citizen: Citizen) -> Json:
    """A citizen as a User."""
    return {
        "id": citizen.chat_id,
        "is_bot": False,
        "first_name": citizen.first_name,
        "last_name": citizen.last_name,
        "username": f"{citizen.id}_latihan",
        "language_code": "id",
    }


def chat(citizen: Citizen) -> Json:
    """The private chat with a citizen."""
    return {
        "id": citizen.chat_id,
        "first_name": citizen.first_name,
        "last_name": citizen.last_name,
        "username": f"{citizen.id}_latihan",
        "type": "private",
    }


def message(world: World, citizen: Citizen, entry: Entry, *, with_reply: bool = True) -> Json:
    """One Message, whoever wrote it."""
    inbound = entry.direction == "in"
    body: Json = {
        "message_id": int(entry.id),
        "from": user(citizen) if inbound else bot(world.settings),
        "chat": chat(citizen),
        "date": int(entry.at.timestamp()),
    }
    if entry.edited_at is not None:
        body["edit_date"] = int(entry.edited_at.timestamp())
    quoted = world.entry("telegram", citizen.id, entry.quote) if entry.quote else None
    if quoted is not None and with_reply:
        body["reply_to_message"] = message(world, citizen, quoted, with_reply=False)
    body |= _content(entry)
    keyboard = inline_keyboard(entry.options)
    if keyboard:
        body["reply_markup"] = {"inline_keyboard": keyboard}
    return body


def inline_keyboard(options: list[Option]) -> list[list[Json]]:
    """The buttons below a message of ours, one per row."""
    rows = []
    for one in options:
        if one.kind == "callback":
            rows.append([{"text": one.title, "callback_data": one.payload}])
        elif one.kind == "url":
            rows.append([{"text": one.title, "url": one.payload}])
    return rows


def _content(entry: Entry) -> Json:
    if entry.pin is not None:
        return _place(entry)
    if entry.files:
        body = _file_field(entry.files[0])
        if entry.text:
            body["caption"] = entry.text
        return body
    text = entry.text or ""
    body = {"text": text}
    if entry.direction == "in" and text.startswith("/"):
        command = text.split(maxsplit=1)[0]
        body["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return body


def _place(entry: Entry) -> Json:
    assert entry.pin is not None  # noqa: S101  for the type checker: the caller asked
    location: Json = {"latitude": entry.pin.latitude, "longitude": entry.pin.longitude}
    if entry.pin.live_s:
        location["live_period"] = entry.pin.live_s
    if not entry.pin.name:
        return {"location": location}
    venue = {"location": location, "title": entry.pin.name, "address": entry.pin.address or ""}
    return {"location": location, "venue": venue}


def _file_field(file: StoredFile) -> Json:
    if file.kind == "image":
        return {"photo": photo_sizes(file)}
    return _one_file(file)


def _one_file(file: StoredFile) -> Json:
    common: Json = {
        "file_id": file_id(file),
        "file_unique_id": f"AgAD{file.id[-12:]}",
        "file_size": len(file.content),
    }
    if file.kind == "sticker":
        size = {"width": file.width or 512, "height": file.height or 512}
        kinds = {"type": "regular", "is_animated": False, "is_video": False}
        return {"sticker": common | size | kinds}
    common["mime_type"] = file.mime
    if file.kind == "voice":
        return {"voice": common | {"duration": file.duration_s}}
    if file.kind == "audio":
        return {"audio": common | {"duration": file.duration_s, "file_name": file.filename}}
    if file.kind == "video":
        size = {"width": 640, "height": 360, "duration": file.duration_s}
        return {"video": common | size | {"file_name": file.filename}}
    return {"document": common | {"file_name": file.filename}}


def photo_sizes(file: StoredFile) -> list[Json]:
    """A picture as Telegram offers it: smaller renditions first, the whole one last."""
    width, height = file.width or 1280, file.height or 960
    sizes = []
    for number, wide in enumerate([one for one in _THUMB_WIDTHS if one < width] + [width]):
        whole = wide == width
        scaled = {"width": wide, "height": max(1, height * wide // width)}
        sizes.append(
            {
                "file_id": file_id(file, None if whole else wide),
                "file_unique_id": f"AQAD{file.id[-12:]}{number}",
                "file_size": len(file.content) if whole else min(len(file.content), wide * 20),
                **scaled,
            }
        )
    return sizes


def file_id(file: StoredFile, width: int | None = None) -> str:
    """The id under which getFile knows the file; a width names a smaller picture."""
    return f"AgACAgUAAxk{file.id}" + (f"w{width}" if width else "")


def parse_file_id(identifier: str) -> tuple[str, int | None]:
    """Split a file id into ours and the width of the rendition."""
    ours, _, width = identifier.removeprefix("AgACAgUAAxk").partition("w")
    return ours, int(width) if width.isdigit() else None


def file_path(file: StoredFile, width: int | None) -> str:
    """The path below ``/file/bot<token>/``."""
    folder = _FOLDERS.get(file.kind, "documents")
    suffix = file.filename.rsplit(".", 1)[-1] if "." in file.filename else "bin"
    return f"{folder}/{file.id}" + (f"w{width}" if width else "") + f".{suffix}"
