"""Attachments are fetched by the worker, judged by their content, and copied without metadata."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from PIL import Image

from channels.errors import MediaError
from channels.message import MediaContent, MediaKind, MediaRef
from gateway.errors import NotFoundError
from gateway.media import media
from gateway.media.media_copies import UnreadablePictureError, blank_metadata, make_copies
from gateway.media.media_files import MAX_BYTES
from gateway.media.media_links import link, open_link
from gateway.media.media_types import FileType, sniff
from gateway.runtime import Runtime
from store.models.messaging import Attachment, MediaState
from tests.gateway.conftest import PUBLIC_URL, Hear
from tests.gateway.fakes import START, Clock, FakeAdapter
from tests.gateway.rows import all_of, message, only


def jpeg(width: int = 60, height: int = 40, orientation: int = 1) -> bytes:
    """A photo as a phone makes it: with its place and device."""
    picture = Image.new("RGB", (width, height), "red")
    exif = picture.getexif()
    exif[0x010F] = "HP Warga"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[1] = "S"
    target = io.BytesIO()
    picture.save(target, "JPEG", exif=exif)
    return target.getvalue()


def png(width: int = 60, height: int = 40) -> bytes:
    target = io.BytesIO()
    Image.new("RGBA", (width, height), (255, 0, 0, 128)).save(target, "PNG")
    return target.getvalue()


def archive(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in names:
            made.writestr(name, "<x/>")
    return target.getvalue()


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


FTYP = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2mp41" + b"\0" * 4
OGG = b"OggS\0\x02" + b"\0" * 20 + b"\x01\x13OpusHead" + b"\0" * 20


@pytest.fixture
def announced(hear: Hear, telegram: FakeAdapter) -> None:
    hear(telegram, message("101", None, media=(MediaRef(MediaKind.IMAGE, "foto"),)))


@pytest.mark.usefixtures("announced")
def test_a_photo_is_kept_with_a_copy_and_a_thumbnail(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    content = jpeg(4000, 1000)
    telegram.files["foto"] = MediaContent(content, "text/html")

    assert media.drain(runtime) == 1

    row = only(runtime, Attachment)
    assert (row.state, row.mime, row.failure) == (MediaState.STORED, "image/jpeg", None)
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    assert row.size_bytes == len(content)
    assert runtime.media.read(str(row.original_key)) == content
    shared = Image.open(io.BytesIO(runtime.media.read(str(row.shared_key))))
    thumbnail = Image.open(io.BytesIO(runtime.media.read(str(row.thumbnail_key))))
    assert (shared.size, thumbnail.size) == ((2560, 640), (320, 80))


@pytest.mark.usefixtures("announced")
def test_the_copy_tells_neither_place_nor_device_and_stands_upright(
    runtime: Runtime, telegram: FakeAdapter
) -> None:
    telegram.files["foto"] = MediaContent(jpeg(60, 40, orientation=6))

    media.drain(runtime)

    shared = runtime.media.read(str(only(runtime, Attachment).shared_key))
    opened = Image.open(io.BytesIO(shared))
    assert opened.size == (40, 60)
    assert dict(opened.getexif()) == {}
    assert b"HP Warga" not in shared


@pytest.mark.usefixtures("announced")
def test_a_file_that_is_not_there_yet_is_asked_for_again(
    runtime: Runtime, telegram: FakeAdapter, clock: Clock
) -> None:
    media.drain(runtime)
    assert only(runtime, Attachment).state is MediaState.PENDING
    assert media.drain(runtime) == 0
    telegram.files["foto"] = MediaContent(jpeg())
    clock.advance(seconds=1)

    media.drain(runtime)

    row = only(runtime, Attachment)
    assert (row.state, row.attempts) == (MediaState.STORED, 2)


def test_the_pauses_grow_from_a_second_to_an_hour() -> None:
    assert [media.pause_s(attempt) for attempt in range(1, 10)] == [
        1,
        3,
        10,
        60,
        600,
        1800,
        3600,
        3600,
        3600,
    ]


@pytest.mark.usefixtures("announced")
def test_after_a_day_a_file_is_given_up(runtime: Runtime, clock: Clock) -> None:
    clock.advance(hours=23)
    media.drain(runtime)
    assert only(runtime, Attachment).state is MediaState.PENDING
    clock.advance(hours=2)

    media.drain(runtime)

    row = only(runtime, Attachment)
    assert (row.state, row.failure) == (MediaState.FAILED, "unavailable")


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("too_large", MediaState.TOO_LARGE),
        ("expired", MediaState.EXPIRED),
        ("refused", MediaState.REFUSED),
        ("unauthorized", MediaState.FAILED),
    ],
)
@pytest.mark.usefixtures("announced")
def test_what_will_never_come_is_noted_with_its_reason(
    runtime: Runtime, telegram: FakeAdapter, clock: Clock, reason: str, state: MediaState
) -> None:
    telegram.files["foto"] = MediaError(reason, "never", retryable=False)

    media.drain(runtime)
    clock.advance(days=2)
    media.drain(runtime)

    row = only(runtime, Attachment)
    assert (row.state, row.failure) == (state, reason)
    assert telegram.fetched == ["foto"]


@pytest.mark.parametrize("content", [b"MZ\x90\0", b"<!DOCTYPE html><html>", jpeg()[:40]])
@pytest.mark.usefixtures("announced")
def test_content_of_no_kind_that_we_keep_is_refused_and_not_kept(
    runtime: Runtime, telegram: FakeAdapter, content: bytes
) -> None:
    telegram.files["foto"] = MediaContent(content, "image/jpeg")

    media.drain(runtime)

    row = only(runtime, Attachment)
    assert (row.state, row.failure, row.original_key) == (MediaState.REFUSED, "refused", None)


@pytest.mark.usefixtures("announced")
def test_a_file_beyond_our_size_is_not_kept(runtime: Runtime, telegram: FakeAdapter) -> None:
    telegram.files["foto"] = MediaContent(jpeg() + bytes(MAX_BYTES))

    media.drain(runtime)

    assert only(runtime, Attachment).state is MediaState.TOO_LARGE


@pytest.mark.usefixtures("announced")
def test_a_fault_of_an_adapter_is_retried_and_tells_the_log_no_address(
    runtime: Runtime, telegram: FakeAdapter, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(FakeAdapter):
        def fetch_media(self, ref: MediaRef) -> MediaContent:
            raise RuntimeError("https://api.telegram.org/file/bot7001:TOKEN/x")

    channels = {**runtime.channels, telegram.name: Broken()}

    media.drain(type(runtime)(**{**vars(runtime), "channels": channels}))

    assert only(runtime, Attachment).state is MediaState.PENDING
    assert "TOKEN" not in caplog.text


@pytest.mark.usefixtures("announced")
def test_the_claim_of_a_worker_that_died_is_taken_over(
    runtime: Runtime, telegram: FakeAdapter, clock: Clock
) -> None:
    telegram.files["foto"] = MediaContent(jpeg())
    with runtime.transaction() as session:
        session.get_one(Attachment, 1).claimed_at = START

    clock.advance(minutes=10)
    assert media.drain(runtime) == 0
    clock.advance(minutes=1)
    assert media.drain(runtime) == 1

    assert only(runtime, Attachment).state is MediaState.STORED


def test_the_same_photo_sent_twice_lies_once_on_the_disk(
    runtime: Runtime, hear: Hear, telegram: FakeAdapter
) -> None:
    telegram.files["a"] = telegram.files["b"] = MediaContent(jpeg())
    refs = (MediaRef(MediaKind.IMAGE, "a"), MediaRef(MediaKind.IMAGE, "b"))
    hear(telegram, message("101", None, media=refs))

    media.drain(runtime)

    first, second = all_of(runtime, Attachment)
    assert first.original_key == second.original_key


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (jpeg(), FileType("image/jpeg", "jpg")),
        (png(), FileType("image/png", "png")),
        (b"RIFF\x24\0\0\0WEBPVP8 ", FileType("image/webp", "webp")),
        (b"GIF89a\x01\0\x01\0", FileType("image/gif", "gif")),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", FileType("image/heic", "heic")),
        (OGG, FileType("audio/ogg", "ogg")),
        (b"ID3\x03\0\0\0\0\0\0" + b"\xff\xfb\x90\0" * 20, FileType("audio/mpeg", "mp3")),
        (b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom", FileType("audio/mp4", "m4a")),
        (b"#!AMR\n\x0c\x91", FileType("audio/amr", "amr")),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0", FileType("audio/wav", "wav")),
        (b"\xff\xf1\x50\x80\x02\x1f\xfc" + b"\0" * 20, FileType("audio/aac", "aac")),
        (FTYP, FileType("video/mp4", "mp4")),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4", FileType("video/3gpp", "3gp")),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", FileType("video/quicktime", "mov")),
        (b"%PDF-1.4\n%\xe2\xe3\n1 0 obj\n", FileType("application/pdf", "pdf")),
        (
            b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\nEND:VCARD\r\n",
            FileType("text/vcard", "vcf"),
        ),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, expected: FileType) -> None:
    assert sniff(content) == expected


def test_office_documents_are_known_by_what_is_in_them() -> None:
    word = archive("[Content_Types].xml", "word/document.xml")

    kind = sniff(word)

    assert kind is not None
    assert kind.extension == "docx"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"halo dunia",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"<?xml version='1.0'?><svg onload='x'>",
        b"\x7fELF\x02\x01\x01\0",
        b"PK\x03\x04 cut off",
        archive("AndroidManifest.xml", "classes.dex"),
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument_VBA_PROJECT".encode("utf-16-le"),
    ],
)
def test_what_could_harm_an_officer_is_of_no_kind(content: bytes) -> None:
    assert sniff(content) is None


def test_a_transparent_picture_stays_transparent_and_its_thumbnail_is_opaque() -> None:
    copies = make_copies(png(), FileType("image/png", "png"))

    assert copies.shared is not None
    assert copies.thumbnail is not None
    assert (copies.shared[1], Image.open(io.BytesIO(copies.shared[0])).mode) == ("png", "RGBA")
    assert Image.open(io.BytesIO(copies.thumbnail)).mode == "RGB"


def test_a_picture_that_unfolds_beyond_measure_is_refused() -> None:
    target = io.BytesIO()
    Image.new("1", (8000, 6000)).save(target, "PNG")

    with pytest.raises(UnreadablePictureError):
        make_copies(target.getvalue(), FileType("image/png", "png"))


def test_a_film_loses_its_place_and_keeps_its_length_and_sound() -> None:
    place = box(b"udta", box(b"\xa9xyz", b"-1.4713+102.1174/"))
    track = box(b"trak", box(b"mdia", b"suara") + box(b"meta", b"HP Warga"))
    film = FTYP + box(b"moov", track + place) + box(b"mdat", b"gambar udta")

    blanked = blank_metadata(film)

    assert len(blanked) == len(film)
    assert b"102.1174" not in blanked
    assert b"HP Warga" not in blanked
    assert b"suara" in blanked
    assert blanked.endswith(b"gambar udta")


@pytest.mark.parametrize("tail", [b"\0\0\0\x01moov", b"\0\0\0\x04moov", b"\xff\xff\xff\xffudta1"])
def test_a_film_that_is_cut_off_is_walked_no_further(tail: bytes) -> None:
    assert blank_metadata(FTYP + tail) == FTYP + tail


def test_a_format_that_cannot_be_drawn_here_is_shown_to_nobody() -> None:
    assert make_copies(b"heic", FileType("image/heic", "heic")).shared is None


@pytest.mark.usefixtures("announced")
def test_a_platform_may_fetch_an_attachment_by_its_address_for_a_day(
    runtime: Runtime, telegram: FakeAdapter, clock: Clock
) -> None:
    telegram.files["foto"] = MediaContent(OGG)
    media.drain(runtime)
    address = link(runtime, 1, runtime.now())
    assert address.startswith(f"{PUBLIC_URL}/webhooks/lampiran/1/")
    expires, signature = address.rsplit("/", 2)[1:]

    assert open_link(runtime, 1, int(expires), signature) == (OGG, "audio/ogg")
    for number, until, sign in (
        (2, expires, signature),
        (1, int(expires) + 1, signature),
        (1, expires, "é"),
    ):
        with pytest.raises(NotFoundError):
            open_link(runtime, number, int(until), sign)
    clock.instant = START + timedelta(hours=25)
    with pytest.raises(NotFoundError):
        open_link(runtime, 1, int(expires), signature)
