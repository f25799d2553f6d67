"""Files that pass through the sandbox: made from bytes, or fetched from the gateway by address."""

import base64
import binascii
import io
import mimetypes
from urllib.parse import urlsplit

import requests
from PIL import Image, UnidentifiedImageError

from sandbox.draft import RefusedError
from sandbox.thread import StoredFile
from sandbox.twilio_inbound import reachable
from sandbox.world import World, random_id

MEGABYTE = 1024 * 1024
_FETCH_LIMIT = 50 * MEGABYTE
_FETCH_TIMEOUT_S = 10

# What a phone calls its attachments → our kind and the type it announces by default.
_PHONE_KINDS = {
    "photo": ("image", "image/jpeg"),
    "image": ("image", "image/jpeg"),
    "voice": ("voice", "audio/ogg"),
    "audio": ("audio", "audio/mpeg"),
    "video": ("video", "video/mp4"),
    "document": ("document", "application/pdf"),
    "sticker": ("sticker", "image/webp"),
}


class FetchError(Exception):
    """A file could not be fetched from the address that the gateway gave."""


def from_phone(kind: str, filename: str, content: bytes, mime: str | None = None) -> StoredFile:
    """Make a file as a phone would send it.

    Raises:
        RefusedError: no such kind, or nothing in it.
    """
    if kind not in _PHONE_KINDS:
        raise RefusedError(f"Jenis lampiran tidak dikenal: {kind}")
    if not content:
        raise RefusedError("Berkas kosong.")
    our_kind, usual_mime = _PHONE_KINDS[kind]
    guessed = mimetypes.guess_type(filename)[0]
    return make_file(our_kind, mime or guessed or usual_mime, filename, content)


def make_file(kind: str, mime: str, filename: str, content: bytes) -> StoredFile:
    """Store bytes under a new id (Twilio's form, used everywhere); measure pictures."""
    width, height = _size(content) if kind in ("image", "sticker") else (0, 0)
    return StoredFile(
        id=random_id("ME"),
        kind=kind,
        mime=mime,
        filename=filename,
        content=content,
        width=width,
        height=height,
        # About 16 kbit/s of speech; nobody measures the sandbox's voice notes.
        duration_s=max(1, len(content) // 2000) if kind in ("voice", "audio", "video") else 0,
    )


def decode(content_base64: str) -> bytes:
    """Read the base64 of the control API.

    Raises:
        RefusedError: it is none.
    """
    try:
        return base64.b64decode(content_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError("content_base64 tidak terbaca.") from error


def fetch(world: World, address: str, kind: str | None = None) -> StoredFile:
    """Fetch a medium that we were asked to send.

    Only the gateway and the sandbox itself are asked: nothing leaves this machine.

    Raises:
        FetchError: another host, no answer, an error, or more than 50 MB.
    """
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    settings = world.settings
    if origin not in (settings.signed_base, settings.target.rstrip("/"), settings.base_url):
        raise FetchError("address outside of the gateway")
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(reachable(world, address), timeout=_FETCH_TIMEOUT_S, stream=True)
            answer.raise_for_status()
            content = answer.raw.read(_FETCH_LIMIT + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise FetchError("not fetched") from error
    if len(content) > _FETCH_LIMIT:
        raise FetchError("too large")
    mime = answer.headers.get("Content-Type", "application/octet-stream").split(";")[0].strip()
    filename = parts.path.rsplit("/", 1)[-1] or "berkas"
    return make_file(kind or kind_of(mime), mime, filename, content)


def kind_of(mime: str) -> str:
    """What a file is by its type."""
    family = mime.split("/", 1)[0]
    return family if family in ("image", "audio", "video") else "document"


def smaller(file: StoredFile, width: int) -> bytes:
    """A picture scaled down to `width` pixels, as Telegram keeps beside the whole one."""
    with Image.open(io.BytesIO(file.content)) as picture:
        scaled = picture.convert("RGB")
        scaled.thumbnail((width, picture.height))
        target = io.BytesIO()
        scaled.save(target, "JPEG")
    return target.getvalue()


def _size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels; zeros when it is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return 0, 0
