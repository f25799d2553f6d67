"""Marks on the text for the public: what looks like a person is seen before it is published."""

import pytest

from gateway.answering.marks import marked
from tests.gateway.office import open_office
from tests.gateway.pages import logged_in, make_app


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hubungi 0812-5550-9902 ya", [("0812-5550-9902", "nomor panjang")]),
        ("NIK 1403010107859002", [("1403010107859002", "nomor panjang")]),
        ("Truk BM 1234 AB ngebut", [("BM 1234 AB", "pelat nomor")]),
        ("kata Pak Budi Santoso tadi", [("Pak Budi Santoso", "nama orang")]),
        ("depan rumah 12", [("rumah 12", "rumah seseorang")]),
        ("surel budi@contoh.id", [("budi@contoh.id", "alamat surel")]),
        ("Lampu mati sejak 3 November 2026 di RT 02 RW 05.", []),
        ("Sudah lapor Pak Camat dan Bu Lurah", []),
        ("Aduan 26-00421-3 belum dijawab 😀", []),
        ("", []),
    ],
)
def test_what_looks_like_a_person_is_marked_and_the_rest_is_not(text, expected):
    pieces = marked(text)

    assert [(piece.text, piece.why) for piece in pieces if piece.why] == expected
    assert "".join(piece.text for piece in pieces) == text


def test_the_dialog_marks_the_public_text_and_it_stays_editable(runtime):
    office = open_office(runtime)
    ticket = office.hears(public_text="Lampu depan rumah Pak Budi Santoso mati.")
    rina = logged_in(make_app(runtime), "rina")

    rina.opens(f"/kotak/aduan/{ticket}/disposisi")

    assert '<mark title="nama orang">Pak Budi Santoso' in rina.page
    assert "Lampu depan rumah Pak Budi Santoso mati.</textarea>" in rina.page
