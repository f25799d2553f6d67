"""A photographed KTP instead of typed figures, read by the real recogniser."""

import base64

import pytest

from benchmarks.ktp import as_photo, draw_card
from gateway.media.ktp_reader import INSTALL, is_installed
from tests.journeys.phone import Phone, pin_of, ticket_of
from tests.journeys.privacy import Secrets, assert_not_logged
from tests.journeys.rows import query
from tests.live import Stack, eventually

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not is_installed(), reason=f"no recogniser installed: {INSTALL}"),
]

# The models are loaded, and two photos read, beside everything else that runs.
_PATIENCE_S = 150.0
NIK, NAME = "1403011910939117", "AMIR HAMZAH"
WORDS = "Lampu jalan depan Masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak kemarin malam."


def test_a_card_beside_a_photo_of_the_trouble_is_found_and_confirmed(stack: Stack):
    phone = Phone.of(stack, "telegram", "kartu", "Amir Hamzah")
    card = {
        "kind": "photo",
        "content_base64": base64.b64encode(as_photo(draw_card(NIK, NAME))).decode(),
    }
    phone.writes(WORDS, attachments=[{"kind": "photo"}])
    phone.writes(attachments=[card])

    eventually(phone.answers, "the question", within_s=_PATIENCE_S)
    question = phone.reads("9117")
    phone.presses(question, "Ya, benar")
    phone.presses(phone.reads("periksa"), "Kirim")
    receipt = phone.reads("PIN")

    assert NIK not in question["text"]
    ((problem, known),) = query(
        stack,
        "SELECT nik_problem, nik_key IS NOT NULL FROM complaint WHERE ticket = %s",
        ticket_of(receipt),
    )
    assert (problem, known) == (None, True)
    hidden = query(
        stack,
        "SELECT is_identity FROM attachment JOIN message ON message.id = message_id "
        "JOIN complaint ON complaint.id = complaint_id WHERE ticket = %s ORDER BY attachment.id",
        ticket_of(receipt),
    )
    assert hidden == [(False,), (True,)]
    assert_not_logged(stack, Secrets(NIK, NAME, phone.address, pin_of(receipt), "Al Ikhlas"))
