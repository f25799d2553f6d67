"""What a file is, by its content: what platforms and file names claim is not asked."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import puremagic

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

# What we keep, by the ending that the content deserves.
_KEPT: Final[Mapping[str, str]] = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".amr": "audio/amr",
    ".wav": "audio/wav",
    ".aac": "audio/aac",
    ".mp4": "video/mp4",
    ".3gp": "video/3gpp",
    ".webm": "video/webm",
    ".mov": "video/quicktime",
    ".pdf": "application/pdf",
    ".vcf": "text/vcard",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
_OTHER_NAMES: Final[Mapping[str, str]] = {
    ".jpeg": ".jpg",
    ".jpe": ".jpg",
    ".jfif": ".jpg",
    ".heif": ".heic",
    ".oga": ".ogg",
    ".mpga": ".mp3",
    ".f4a": ".m4a",
    ".3ga": ".3gp",
    ".gcrd": ".vcf",
}
# A container of many formats is opened to see which it is: an APK or a JAR is a ZIP as well.
_ZIP_ENDINGS: Final = frozenset({".docx", ".xlsx", ".pptx"})
_ZIP_FOLDERS: Final[Mapping[str, str]] = {"word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx"}
_OLE_START: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: Final[Mapping[str, str]] = {
    "WordDocument": ".doc",
    "Workbook": ".xls",
    "PowerPoint Document": ".ppt",
}


@dataclass(frozen=True, slots=True)
class FileType:
    """A type that we keep; `extension` without its dot."""

    mime: str
    extension: str


def sniff(content: bytes) -> FileType | None:
    """Return the type of a file, None if it is none that we keep.

    Programs, pages, drawings with scripts (SVG), archives and documents with macros are not kept.
    """
    ending = _ending(content)
    if ending is None:
        return None
    return FileType(_KEPT[ending], ending[1:])


def _ending(content: bytes) -> str | None:
    if content.startswith(b"PK\x03\x04"):
        return _zip_ending(content)
    if content.startswith(_OLE_START):
        return _ole_ending(content)
    try:
        guesses = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return None
    for guess in guesses:
        extension = str(guess.extension)
        ending = _OTHER_NAMES.get(extension, extension)
        if ending in _KEPT and ending not in _ZIP_ENDINGS:
            return ending
    return None


def _zip_ending(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any("vbaProject" in name for name in names):
        return None
    return next(
        (
            ending
            for folder, ending in _ZIP_FOLDERS.items()
            if any(name.startswith(folder) for name in names)
        ),
        None,
    )


def _ole_ending(content: bytes) -> str | None:
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        return None
    return next(
        (
            ending
            for stream, ending in _OLE_STREAMS.items()
            if stream.encode("utf-16-le") in content
        ),
        None,
    )
