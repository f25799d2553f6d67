"""The client of the speech service: what it sends, what it takes, what it refuses."""

import json

import pytest

from gateway.errors import TranscriptionError
from gateway.media.transcription_api import LONGEST_TRANSCRIPT, SpeechService
from tests.gateway.speech import PATH, speech_server
from tests.gateway.test_media import OGG


@pytest.fixture
def speech():
    with speech_server() as served:
        yield served


def service(speech, key=None, suffix=""):
    return SpeechService(speech.origin + suffix, "kecil", key, timeout_s=5)


def fault(speech):
    with pytest.raises(TranscriptionError) as caught:
        service(speech).transcribe(OGG)
    return str(caught.value), caught.value.retryable


def test_the_recording_goes_out_as_the_api_asks_and_its_words_come_back(speech):
    words = service(speech, key="kunci-uji").transcribe(OGG)

    assert words == "Lampu jalan mati."
    assert speech.asked == [
        {
            "path": PATH,
            "authorization": "Bearer kunci-uji",
            "model": "kecil",
            "language": "id",
            "response_format": "json",
            "file": OGG.decode("latin-1"),
            "filename": "rekaman.ogg",
            "mime": "audio/ogg",
        }
    ]


def test_an_address_that_ends_in_v1_is_the_same_and_no_key_is_made_up(speech):
    service(speech, suffix="/v1").transcribe(OGG)

    assert (speech.asked[0]["path"], speech.asked[0]["authorization"]) == (PATH, "")


def test_what_is_no_recording_is_not_sent(speech):
    with pytest.raises(TranscriptionError) as caught:
        service(speech).transcribe(b"MZ\x90\0")

    assert (caught.value.retryable, speech.asked) == (False, [])


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        (400, False),
        (413, False),
        (415, False),
        (422, False),
        (401, True),
        (404, True),
        (429, True),
        (500, True),
        (503, True),
    ],
)
def test_a_refusal_of_this_recording_is_final_and_everything_else_may_pass(
    speech, status, retryable
):
    speech.status = status

    assert fault(speech) == (str(status), retryable)


def test_a_redirect_is_not_followed(speech):
    with speech_server() as other:
        speech.status, speech.location = 307, other.origin + PATH

        assert fault(speech) == ("307", True)
        assert other.asked == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "no text"),
        (b"[]", "no text"),
        (b'{"text": 7}', "no text"),
        (b'{"text": null}', "no text"),
    ],
)
def test_an_answer_without_words_is_asked_for_again(speech, body, reason):
    speech.body = body

    assert fault(speech) == (reason, True)


def test_an_answer_without_end_is_cut_off(speech):
    speech.body = b" " * (2 << 20)

    assert fault(speech) == ("too long", False)


def test_silence_is_an_empty_text(speech):
    speech.body = b'{"text": "  \\n "}'

    assert service(speech).transcribe(OGG) == ""


def test_words_are_cut_at_their_longest_and_hold_nothing_that_cannot_be_stored(speech):
    speech.body = json.dumps({"text": "\ud83d\0 rusak \U0001f525" + "a" * 30_000}).encode()

    words = service(speech).transcribe(OGG)

    assert words.startswith("rusak \U0001f525aaa")
    assert len(words) == LONGEST_TRANSCRIPT


def test_a_service_that_is_not_there_is_tried_again_and_its_address_is_not_told():
    with pytest.raises(TranscriptionError) as caught:
        SpeechService("http://127.0.0.1:1", "kecil", "kunci-uji", timeout_s=5).transcribe(OGG)

    assert caught.value.retryable
    assert str(caught.value) == "unavailable"
