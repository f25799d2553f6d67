import pytest

from normalizer.buttons import buttons_for
from normalizer.commands import Command, Order, read_order, within_one_edit


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("ADUAN", Command.ADUAN),
        ("aduan pak", Command.ADUAN),
        ("Setatus", Command.STATUS),
        ("statsu", Command.STATUS),
        ("Lewti", Command.LEWATI),
        ("ga punya", Command.LEWATI),
        ("Petugass!!", Command.PETUGAS),
        ("BTL", Command.BATAL),
        ("oke pak", Command.OK),
        ("Iya benar", Command.YA),
        ("gak inget", None),
        ("gak ingat", Command.TIDAK_INGAT),
        ("TANPA LOKASI", Command.TANPA_LOKASI),
        ("lanjutkan", Command.LANJUT),
        ("berhanti", Command.BERHENTI),
        ("Baca jawaban", Command.JAWABAN),
        ("blm", Command.BELUM),
        ("MULAI", Command.BANTU),
        ("Batam", None),
        ("Bantan", None),
        ("status jalan rusak", None),
        ("lampu jalan mati", None),
        ("", None),
        ("ya " * 30, None),
    ],
)
def test_a_command_is_a_whole_message_in_any_case_and_with_typing_errors(text, command):
    order = read_order(text)

    assert (order.command if order else None) is command


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("STATUS 26-00421-3", Order(Command.STATUS, "26-00421-3")),
        ("status 26 00421 3", Order(Command.STATUS, "26-00421-3")),
        ("26004213", Order(Command.STATUS, "26-00421-3")),
        ("status 26-00421-4", Order(Command.STATUS, bad_ticket=True)),
        ("26-00421-4", None),
        ("IKUT 26-00421-3", Order(Command.IKUT, "26-00421-3")),
        ("jalan 26-00421-3", None),
        ("081255501033", None),
        ("UBAH RAHASIA", Order(Command.UBAH, argument="rahasia")),
        ("UBAH jalan", None),
        ("5", Order(Command.NILAI, argument="5")),
        ("nilai 4", Order(Command.NILAI, argument="4")),
        ("6", None),
    ],
)
def test_what_stands_behind_a_command_is_read(text, order):
    assert read_order(text) == order


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("status", "status", True),
        ("statu", "status", True),
        ("statuss", "status", True),
        ("stetus", "status", True),
        ("tsatus", "status", True),
        ("sttaus", "status", True),
        ("stat", "status", False),
        ("satsut", "status", False),
        ("ab", "cd", False),
    ],
)
def test_one_typing_error_is_forgiven(left, right, near):
    assert within_one_edit(left, right) is near


KEYS = """sambutan minta_nik nik_salah minta_kronologi minta_lokasi minta_waktu pilih_privasi
konfirmasi tiket_terbit dijawab selesai_nilai nilai_terima bukan_kewenangan darurat duplikat
berhenti"""


@pytest.mark.parametrize("key", KEYS.split())
def test_every_button_is_a_word_that_is_understood(key):
    buttons = buttons_for(key, "26-00421-3")

    assert buttons
    understood = [payload for _, payload in buttons if read_order(payload)]
    assert [payload for _, payload in buttons if payload not in {*understood, "HARI INI"}] == []
    assert all(len(title) <= 20 for title, _ in buttons)


def test_a_button_about_a_complaint_carries_its_number():
    assert buttons_for("tiket_terbit", "26-00421-3")[0] == ("Cek status", "STATUS 26-00421-3")
    assert buttons_for("tiket_terbit")[0] == ("Cek status", "STATUS")
    assert buttons_for("gangguan") == ()
