"""An officer in the field answers from Telegram: notice, quote with a photo, draft, answer."""

import re

import pytest

from tests.journeys.phone import Phone, pin_of, ticket_of
from tests.journeys.privacy import Secrets, assert_not_logged
from tests.journeys.rows import query
from tests.journeys.steps import dispose, send_answer, status_of

pytestmark = pytest.mark.journey

NIK, NAME = "1403016502879021", "Nurlela Hasan"
STORY = (
    "Lampu jalan depan Masjid Al Ikhlas Desa Air Putih Kec. Bengkalis mati sejak kemarin malam. "
    f"NIK {NIK} nama {NAME}"
)
DRAFT = "lampu sdh kami ganti td pagi"
ANSWER = "Lampu sudah kami ganti pagi ini."


@pytest.fixture
def field(stack, officer):
    """The officer's phone, linked by the code of the own page."""
    phone = Phone.of(stack, "telegram", "p1", "Lina Petugas")
    page = officer.sends("/akun/pemberitahuan/", "/akun/pemberitahuan/kode")
    code = re.search(r"SAMBUNG \d{3} \d{3}", page)
    assert code
    phone.writes(code.group())
    phone.reads("Tersambung.")
    return phone


def test_a_notice_quoted_with_words_and_a_photo_becomes_the_draft(stack, admin, officer, field):
    citizen = Phone.of(stack, "whatsapp", "w9", NAME)
    citizen.writes(STORY)
    receipt = citizen.reads("PIN")
    ticket = ticket_of(receipt)
    dispose(admin, ticket, notify=False)

    notice = field.reads(f"Disposisi baru {ticket}")
    assert f"/pd/aduan/{ticket}" in notice["text"]
    for value in (NIK, NAME, "Al Ikhlas", citizen.address):
        assert value not in notice["text"]
    assert [option["title"] for option in notice["options"]] == ["Terima", "Draf"]

    field.writes(DRAFT, quote=notice["id"], attachments=[{"kind": "photo"}])
    field.reads("diajukan ke Diskominfo")
    citizen.reads("sedang ditangani")
    assert DRAFT in officer.opens(f"/pd/aduan/{ticket}")
    assert query(stack, "SELECT count(*) FROM answer_photo") == [(1,)]

    assert DRAFT in admin.opens(f"/koreksi/{ticket}")
    send_answer(admin, ticket, ANSWER)
    assert ticket in citizen.reads(ANSWER.rstrip("."))["text"]
    assert status_of(stack, ticket) == "resolved"
    assert query(stack, "SELECT count(*) FROM complaint") == [(1,)]
    secrets = Secrets(NIK, NAME, citizen.address, pin_of(receipt), "Al Ikhlas")
    assert_not_logged(stack, secrets)
