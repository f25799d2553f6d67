"""Answers on X: what leaves, what each refusal means, whose attachments are fetched."""

import json
import logging
from collections.abc import Iterator

import pytest

from channels.errors import MediaError, SendError
from channels.explanations import explain
from channels.message import ChannelName, ErrorClass, MediaContent, MediaKind, MediaRef
from channels.outbound import Button, OutboundMedium
from channels.x_errors import refusal
from channels.x_messages import XAdapter
from tests.channels.own_payloads import (
    ERRORS,
)
from tests.channels.provider import Answer, Provider, running_provider
from tests.channels.x_parts import CITIZEN, TEXT, X, make, part

ROWS = [row for row in ERRORS if row["provider"] == "x"]
TAKEN = Answer(201, b'{"data": {"dm_conversation_id": "1-2", "dm_event_id": "199000"}}')


@pytest.fixture(scope="module")
def platform() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def adapter(platform: Provider) -> Iterator[XAdapter]:
    built = make(platform.origin)
    yield built
    built.close()


def test_an_answer_is_a_direct_message(adapter, platform):
    platform.will_answer(TAKEN)

    result = adapter.send(part())

    (call,) = platform.calls
    assert call.path == f"/2/dm_conversations/with/{CITIZEN}/messages"
    assert json.loads(call.body) == {"text": TEXT}
    assert call.headers["authorization"].startswith("OAuth ")
    assert result.external_id == "199000"


def test_choices_are_named_in_words(adapter, platform):
    platform.will_answer(TAKEN)

    adapter.send(part("Sudah benar?", buttons=(Button("Ya", "ya"), Button("Ubah", "ubah"))))

    assert json.loads(platform.calls[0].body)["text"] == "Sudah benar?\n\nBalas: YA atau UBAH"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['http']}-{row['code']}-{row['class']}")
def test_a_refused_call_has_the_class_and_the_name_of_its_row(row, adapter, platform):
    body = row["body"]
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    platform.will_answer(Answer(silent=True) if row["http"] is None else Answer(row["http"], raw))

    with pytest.raises(SendError) as caught:
        adapter.send(part())

    assert (caught.value.error_class, caught.value.code) == (row["class"], row["code"])
    assert len(platform.calls) == 1
    printed = f"{caught.value!r} {caught.value.__cause__!r}"
    assert not any(secret in printed for secret in (TEXT, CITIZEN, X["access_token"]))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['http']}-{row['code']}")
def test_the_officer_reads_a_sentence_for_every_row(row):
    sentence = explain(ChannelName.X, row["code"], ErrorClass(row["class"]))

    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert "http" not in sentence


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"ok", b'{"data": {"dm_event_id": 7}}'])
def test_a_success_without_an_id_is_never_sent_again_by_machine(body, adapter, platform):
    platform.will_answer(Answer(201, body))

    with pytest.raises(SendError) as caught:
        adapter.send(part())

    assert caught.value.error_class is ErrorClass.AMBIGUOUS


def test_a_throttled_account_waits_until_the_limit_is_lifted():
    error = refusal(429, {"X-Rate-Limit-Reset": "1795137390"}, "{}", now_s=lambda: 1795137300.0)

    assert (error.error_class, error.retry_after_s) == (ErrorClass.RETRY_AFTER, 90.0)


def test_a_platform_that_cannot_be_reached_is_tried_again():
    with running_provider() as gone:
        origin = gone.origin
    adapter = make(origin)

    with pytest.raises(SendError) as caught:
        adapter.send(part())
    adapter.close()

    assert caught.value.error_class is ErrorClass.RETRY


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "empty"),
        ({"recipient": "@warga"}, "recipient"),
        ({"recipient": "1/../2"}, "recipient"),
        ({"medium": OutboundMedium(MediaKind.IMAGE, "image/jpeg", "a.jpg", b"x")}, "text-only"),
    ],
)
def test_what_x_cannot_take_never_leaves(adapter, platform, changes, code):
    platform.will_answer(TAKEN)

    with pytest.raises(SendError) as caught:
        adapter.send(part(**changes))

    assert (caught.value.error_class, caught.value.code) == (ErrorClass.PERMANENT, code)
    assert platform.calls == []


def test_an_attachment_of_a_direct_message_is_fetched_with_our_signature(adapter, platform):
    platform.will_answer(Answer(200, b"JPEG", {"Content-Type": "image/jpeg"}))

    found = adapter.fetch_media(MediaRef(MediaKind.IMAGE, f"{platform.origin}/1.1/ton/dm/1.jpg"))

    assert (found.content, found.mime) == (b"JPEG", "image/jpeg")
    assert platform.calls[0].headers["authorization"].startswith("OAuth ")


@pytest.mark.parametrize(
    "source",
    [
        "https://ton.twitter.com.evil.example/1.jpg",
        "https://evil.example/ton.twitter.com/1.jpg",
        "https://[::1/1.jpg",
        "file:///etc/passwd",
    ],
)
def test_our_signature_goes_to_nobody_else(adapter, source):
    with pytest.raises(MediaError) as caught:
        adapter.fetch_media(MediaRef(MediaKind.IMAGE, source))

    assert caught.value.reason == "refused"


def test_the_libraries_below_do_not_log_texts_and_signatures():
    for name in ("tweepy", "tweepy.client", "oauthlib", "requests_oauthlib"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


class NotingFetcher:
    """Notes what it was asked for instead of fetching it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    def fetch(self, url, auth=None, headers=None) -> MediaContent:
        self.asked.append((url, bool(auth or headers)))
        return MediaContent(b"JPEG")


@pytest.mark.parametrize(
    ("source", "signed"),
    [
        ("https://ton.twitter.com/1.1/ton/data/dm/1.jpg", True),
        ("https://ton.x.com/1.1/ton/data/dm/1.jpg", True),
        ("https://pbs.twimg.com/media/A.jpg", False),
        ("https://video.twimg.com/dm_video/1.mp4", False),
    ],
)
def test_only_what_is_private_is_fetched_with_our_signature(source, signed):
    fetcher = NotingFetcher()
    adapter = make(media=fetcher)

    adapter.fetch_media(MediaRef(MediaKind.IMAGE, source))

    assert fetcher.asked == [(source, signed)]
