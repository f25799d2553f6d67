"""The recogniser in its own process: what it reads, and what its death costs."""

import sys

import pytest

from benchmarks.ktp import DISTURBANCES, TODAY, as_photo, draw_card
from gateway.errors import CardReaderError
from gateway.media.ktp_reader import INSTALL, ProcessReader, is_installed
from normalizer.card import Card
from normalizer.ktp import read_card

NIK, NAME = "1403011910939117", "AMIR HAMZAH"

needs_recogniser = pytest.mark.skipif(
    not is_installed(), reason=f"no recogniser installed: {INSTALL}"
)
_ANSWER = """
import json, sys
while head := sys.stdin.buffer.read(4):
    sys.stdin.buffer.read(int.from_bytes(head, "big"))
    answer = json.dumps({answer}).encode()
    sys.stdout.buffer.write(len(answer).to_bytes(4, "big") + answer)
    sys.stdout.buffer.flush()
"""


def reader_of(program, limit_s=30.0):
    return ProcessReader((sys.executable, "-c", program), limit_s)


@pytest.fixture
def recogniser():
    made = ProcessReader()
    yield made
    made.close()


def test_one_process_reads_many_pictures():
    reader = reader_of("import os\n" + _ANSWER.format(answer="[str(os.getpid())]"))

    first, second = reader.read(b"one"), reader.read(b"two")
    reader.close()

    assert first == second


def test_a_process_that_dies_is_an_error_and_the_next_picture_has_another():
    reader = reader_of("import os\n" + _ANSWER.format(answer="[str(os.getpid())]"))
    first = reader.read(b"one")
    reader._process.kill()
    reader._process.wait()

    with pytest.raises(CardReaderError):
        reader.read(b"two")
    third = reader.read(b"three")
    reader.close()

    assert third != first


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(1)",
        "import sys; sys.stdin.buffer.read(4); sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xff')",
        "import sys; sys.stdin.buffer.read(4); sys.stdout.buffer.write(b'\\0\\0\\0\\3{[!')",
        _ANSWER.format(answer="None"),
    ],
)
def test_a_bad_answer_is_an_error_that_quotes_nothing(program):
    reader = reader_of(program)

    with pytest.raises(CardReaderError) as caught:
        reader.read(b"picture")
    reader.close()

    assert "{[!" not in str(caught.value)


def test_one_that_hangs_is_ended():
    reader = reader_of("import time; time.sleep(600)", limit_s=0.2)

    with pytest.raises(CardReaderError):
        reader.read(b"picture")

    assert reader._process is None


def test_it_gets_none_of_our_settings(monkeypatch):
    monkeypatch.setenv("SAHUT_TELEGRAM_BOT_TOKEN", "1:geheim")
    reader = reader_of("import os\n" + _ANSWER.format(answer="sorted(os.environ)"))

    names = reader.read(b"picture")
    reader.close()

    assert "SAHUT_TELEGRAM_BOT_TOKEN" not in names


@needs_recogniser
@pytest.mark.parametrize("name", ["none", "tilt", "coarse"])
def test_a_photographed_card_is_read(recogniser, name):
    photo = as_photo(DISTURBANCES[name](draw_card(NIK, NAME)))

    card = read_card(recogniser.read(photo), TODAY)

    # A card that lies askew mixes its rows: the name may be missed, the figures may not.
    assert card in ({Card(NIK, NAME), Card(NIK)} if name == "tilt" else {Card(NIK, NAME)})


@needs_recogniser
def test_what_is_no_picture_is_refused_and_the_process_lives_on(recogniser):
    with pytest.raises(CardReaderError):
        recogniser.read(b"no picture \xf0\x9f\x99\x82")

    assert recogniser.read(as_photo(draw_card("", "")))[0] == "PROVINSI RIAU"
