"""A NIK from a photo of the identity card: read, offered, and taken only when confirmed."""

from datetime import date

import pytest

from normalizer.card import Card
from normalizer.draft import Act, NikProblem
from normalizer.ktp import read_card, shows_no_card

TODAY = date(2026, 11, 21)
NIK, OTHER = "1403011910939117", "1403160901909105"
STORY = "Lampu jalan mati di Jl. Sudirman sejak kemarin"
MINE = Card(nik=NIK, name="AMIR HAMZAH")


def card_lines(nik=f": {NIK}", name=": AMIR HAMZAH"):
    return ("PROVINSI RIAU", "KABUPATEN BENGKALIS", "NIK", nik, "Nama", name, "Alamat", "RT/RW")


@pytest.fixture
def shown(talk):
    """Ask for the NIK and answer it with photos; say what is said then."""

    def show(*cards, story=STORY):
        talk.say(story)
        talk.wait(91)
        return talk.say(attachments=("foto",), cards=cards)

    return show


@pytest.mark.parametrize(
    "nik",
    [f": {NIK}", f"NIK:{NIK}", f"N1K : {NIK}", "14O3Ol19l0939117", "140301 191093 9117"],
)
def test_the_nik_is_read_with_its_slips(nik):
    assert read_card(card_lines(nik), TODAY) == Card(NIK, "AMIR HAMZAH")


@pytest.mark.parametrize(
    "lines",
    [
        ("PROVINSI RIAU", "NIK", "140301191093911"),
        ("PROVINSI RIAU", "NIK", "9903011910939117"),
        ("PROVINSI RIAU", "NIK", "OOOOOOOOOOOO1234"),
        ("No. 1403011910939117",),
        ("No.", "1403011910939117"),
        (NIK, OTHER),
        ("1403011911229779",),
        ("Toko Maju 🙂", ""),
        (),
    ],
)
def test_what_is_no_plain_nik_is_none(lines):
    assert read_card(lines, TODAY) is None


@pytest.mark.parametrize(
    ("lines", "no_card"),
    [
        ((), False),
        (("  ",), False),
        (("Toko Maju 🙂", "BUKA 08.00-17.00"), True),
        (("AWAS JALAN BERLUBANG", ""), True),
        (("TEMPATTGLLAHIR BENGKALIS",), False),
        (("N1K 14O3",), False),
        (("14O30119 109391 17",), False),
        (("KARTU TANDA PENDUDUK",), False),
    ],
)
def test_a_picture_without_a_word_of_a_card_shows_none(lines, no_card):
    assert shows_no_card(lines) is no_card


def test_a_wordless_picture_without_a_card_stays_hidden_until_the_nik_is_typed(talk):
    talk.say(STORY)
    talk.wait(91)
    before = talk.say(attachments=("foto",), no_card=True)
    told = talk.say("ini foto KTP saya", attachments=("foto",), no_card=True)
    after = talk.say(NIK)

    assert before.say == ("ktp_foto",)
    assert len(before.draft.identity_photos) == 1
    assert after.draft.nik.value == NIK
    assert after.draft.identity_photos == told.draft.identity_photos[1:]
    assert len(after.draft.identity_photos) == 1


def test_a_number_after_another_labelled_one_still_counts():
    assert read_card(("No. 12", NIK), TODAY) == Card(NIK)


def test_a_kartu_keluarga_tells_no_nik_though_it_lists_many():
    assert read_card(("KARTU KELUARGA", "No. 1403012211129779", NIK), TODAY) == Card(family=True)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ((NIK, "Nama : SITI NUR'AINI"), "SITI NUR'AINI"),
        ((NIK, "Nama"), None),
        ((NIK, "Nama", "12-10"), None),
    ],
)
def test_the_name_stands_beside_or_below_its_label(lines, name):
    assert read_card(lines, TODAY) == Card(NIK, name)


def test_a_card_is_confirmed_by_its_last_figures_and_then_counts_as_typed(talk, shown):
    offered = shown(MINE)
    done = talk.say("YA")

    assert (offered.say, offered.values) == (("ktp_konfirmasi",), {"NIK4": "9117"})
    assert offered.draft.nik is None
    assert done.draft.nik.value == NIK
    assert done.draft.nik_problem is None
    assert done.draft.sex == "L"
    assert done.draft.reporter_name.value == "AMIR HAMZAH"


def test_a_card_without_a_name_leaves_the_name_open(talk, shown):
    shown(Card(nik=NIK))

    assert talk.say("YA").draft.reporter_name is None


def test_tidak_asks_once_to_type(talk, shown):
    shown(MINE)
    refused = talk.say("TIDAK")
    typed = talk.say(OTHER)

    assert refused.say == ("ktp_foto",)
    assert refused.draft.nik is None
    assert typed.draft.nik.value == OTHER


def test_after_tidak_the_same_card_is_not_offered_again_and_another_is(talk, shown):
    shown(MINE)
    talk.say("TIDAK")
    again = talk.say(attachments=("foto",), cards=(Card(nik=OTHER),))

    assert (again.say, again.values) == (("ktp_konfirmasi",), {"NIK4": "9105"})


def test_tidak_and_then_silence_files_without_a_nik(talk, shown):
    shown(MINE)
    talk.say("TIDAK")

    assert talk.say("LEWATI").say == ("konfirmasi",)
    assert talk.say("YA").act is Act.FILE


def test_lewati_to_the_card_declines_the_nik(talk, shown):
    shown(MINE)
    answer = talk.say("LEWATI")

    assert answer.draft.nik is None
    assert answer.say == ("konfirmasi",)


def test_the_right_number_typed_instead_wins(talk, shown):
    shown(MINE)

    assert talk.say(OTHER).draft.nik.value == OTHER


def test_words_before_the_yes_do_not_confirm_and_the_yes_still_does(talk, shown):
    shown(MINE)
    asked_again = talk.say("yang mati tiga tiang pak, di depan sekolah")
    done = talk.say("YA")

    assert asked_again.say == ("ktp_konfirmasi",)
    assert asked_again.draft.nik is None
    assert done.draft.nik.value == NIK


def test_send_again_repeats_the_question_with_its_figures(talk, shown):
    shown(MINE)
    again = talk.say("KIRIM ULANG")

    assert (again.say, again.values) == (("ktp_konfirmasi",), {"NIK4": "9117"})


def test_yes_twice_changes_nothing(talk, shown):
    shown(MINE)
    talk.say("YA")

    assert talk.say("YA").draft.nik.value == NIK


def test_two_different_cards_are_not_chosen_between(shown):
    answer = shown(MINE, Card(nik=OTHER))

    assert answer.say == ("nik_ganda",)
    assert answer.draft.nik_problem is NikProblem.MULTIPLE


def test_the_same_card_twice_is_one(shown):
    assert shown(MINE, MINE).say == ("ktp_konfirmasi",)


def test_a_family_card_is_told_apart(shown):
    answer = shown(Card(family=True))

    assert answer.say == ("nik_kk",)
    assert len(answer.draft.identity_photos) == 1


def test_a_card_with_another_name_asks_whose_it_is(talk, shown):
    offered = shown(MINE, story=f"{STORY}. Nama saya Budi Santoso")

    assert (offered.say, offered.values) == (("ktp_nama",), {"NIK4": "9117"})
    assert talk.say("YA").draft.reporter_name.value == "Budi Santoso"


def test_a_slip_in_the_name_is_the_same_person(shown):
    assert shown(MINE, story=f"{STORY}. Nama saya Amir Hamza").say == ("ktp_konfirmasi",)


def test_a_card_sent_to_correct_the_number_is_offered_and_then_counts(talk):
    talk.say(STORY)
    talk.wait(91)
    talk.say(OTHER)
    talk.say("UBAH")
    offered = talk.say("ini KTP saya yang benar", attachments=("foto",), cards=(MINE,))
    done = talk.say("YA")

    assert offered.say == ("ktp_konfirmasi",)
    assert offered.draft.nik.value == OTHER
    assert done.draft.nik.value == NIK


def test_a_number_typed_after_the_confirmed_card_wins(talk, shown):
    shown(MINE)
    talk.say("YA")
    talk.say("UBAH")

    assert talk.say(f"NIK saya {OTHER}").draft.nik.value == OTHER


def test_it_is_asked_three_times_at_most(talk, shown):
    shown(MINE)
    answers = [talk.say(f"tiang nomor {n} juga mati pak tolong") for n in range(4)]

    assert [answer.say for answer in answers].count(("ktp_konfirmasi",)) == 2
    assert answers[-1].draft.nik is None
