"""The message catalogue: every text fits its channel and fills its placeholders."""

import re
from pathlib import Path

import pytest

from channels.gsm7 import segments
from channels.message import ChannelName
from gateway.texts import Catalogue

FILE = Path(__file__).parents[2] / "config" / "messages.csv"
LONGEST = {
    "APP": "SiPendekar",
    "KAB": "Bengkalis",
    "DARURAT": "110/113/119",
    "URL": "aduan.bengkalis.go.id",
    "T": "26-00421-3",
    "T2": "26-00398-0",
    "TGL": "Sel 24/11 16.00",
    "TGL2": "Sel 24/11 16.00",
    "PD": "Dinas PUPR",
    "JAM": "Sen-Jum 08-16 WIB",
    "STATUS": "Penanganan (Terbuka)",
    "MB": "16",
    "NIK4": "9103",
    "TEMPAT": "Kepulauan Meranti",
    "PRIVASI": "Anonim",
    "JML": "2 foto",
    "AKHIR": "001",
    "TAUTAN": "aduan.bengkalis.go.id/pd/aduan/26-00421-3",
    "TAHAP": "penyelesaian",
    "LAMA": "12 hr 4 jam",
    "JML2": "14",
    "JABATAN": "Wakil Wali Kota",
    "BULAN": "September 2026",
}  # fmt: skip
FREE = {
    "RINGKAS",
    "LOK",
    "RENCANA",
    "TANYA",
    "ALASAN",
    "JWB",
    "INSTANSI",
    "KONTAK",
    "NAMA",
    "PERIHAL",
    "RINCI",
}


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.read(FILE)


def _values(text):
    names = set(re.findall(r"\{([A-Z0-9]+)\}", text))
    return LONGEST | dict.fromkeys(names & FREE, "x")


def test_every_text_renders_on_every_channel_with_known_placeholders(catalogue):
    for key in catalogue.keys:
        for channel in ChannelName:
            text = catalogue.render(key, channel, LONGEST | dict.fromkeys(FREE, "x"))

            left = set(re.findall(r"\{[A-Z][A-Z0-9]*\}", text))
            assert left <= {"{PIN}"}, key


def test_sms_texts_are_plain_gsm7_in_one_part(catalogue):
    for key in catalogue.keys:
        text = catalogue.render(key, ChannelName.SMS, LONGEST | dict.fromkeys(FREE, "x"))

        assert segments(text.replace("{PIN}", "123456")) == 1, (key, len(text))


def test_a_pin_is_never_in_the_rendered_text(catalogue):
    values = LONGEST | {"PIN": "123456"}

    assert "123456" not in catalogue.render("tiket_terbit", ChannelName.WHATSAPP, values)


def test_a_city_does_not_call_itself_pemkab():
    text = Catalogue.read(FILE, "Pemkot").render(
        "sambutan", ChannelName.SMS, LONGEST | {"KAB": "Bandung"}
    )

    assert "Pemkot Bandung" in text
    assert "Pemkab" not in text


def test_an_unknown_key_is_a_mistake_of_the_program(catalogue):
    with pytest.raises(KeyError):
        catalogue.render("tidak_ada", ChannelName.SMS, {})
