"""The stand-in for the speech service, asked by the gateway's own client."""

import pytest
import requests

from gateway.errors import TranscriptionError
from gateway.media.transcription_api import SpeechService
from sandbox.samples import voice


def service_of(stage):
    return SpeechService(stage.url, "whisper-1", None, 10)


def test_every_recording_is_heard_to_say_what_was_set(stage):
    before = service_of(stage).transcribe(voice())
    url = f"{stage.url}/api/speech"
    requests.post(url, json={"text": "Jembatan kayu patah."}, timeout=10)

    assert "Desa Air Putih" in before
    assert service_of(stage).transcribe(voice()) == "Jembatan kayu patah."
    assert requests.get(url, timeout=10).json() == {"text": "Jembatan kayu patah."}


def test_without_a_recording_it_refuses(stage):
    answer = requests.post(f"{stage.url}/v1/audio/transcriptions", data={"model": "x"}, timeout=10)

    assert answer.status_code == 400


def test_no_recording_is_sent_that_is_none(stage):
    with pytest.raises(TranscriptionError):
        service_of(stage).transcribe(b"hello")


@pytest.mark.parametrize("wish", [{}, {"text": 3}, []])
def test_what_is_heard_must_be_words(stage, wish):
    answer = requests.post(f"{stage.url}/api/speech", json=wish, timeout=10)

    assert answer.status_code == 422
