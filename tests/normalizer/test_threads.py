from dataclasses import replace
from datetime import timedelta

import pytest

from channels.message import Location
from normalizer.draft import Act


@pytest.mark.parametrize(
    "text",
    [
        "kapan diperbaiki pak?",
        "ini foto tambahan",
        "terima kasih banyak pak",
        "kok belum juga dikerjakan",
        "jalannya makin parah pak",
    ],
)
def test_questions_thanks_and_additions_join_the_open_complaint(text, talk_after):
    talk = talk_after()
    talk.say(text)
    answer = talk.wait(91)

    assert answer.act is Act.APPEND
    assert answer.ticket == "26-00421-3"


def test_a_late_sibling_joins_at_once(talk_after):
    talk = talk_after(hours_ago=0.02)
    answer = talk.say("lampu di sana juga mati")

    assert (answer.act, answer.immediate) == (Act.APPEND, True)


@pytest.mark.parametrize(
    "text",
    [
        "lampu jalan mati di desa Damon sejak kemarin",
        "jalan di desa Damon rusak parah",
        "NIK 1403160901909105 sampah menumpuk depan pasar Terubuk",
        "sampah menumpuk di Jl. Sudirman seminggu",
        "mau lapor lagi pak, sampah menumpuk",
    ],
)
def test_a_whole_complaint_right_behind_a_ticket_is_a_matter_of_its_own(text, talk_after):
    talk = talk_after(hours_ago=0.02)
    answer = talk.say(text)
    answer = answer if answer.immediate else talk.wait(91)

    assert answer.act is not Act.APPEND


@pytest.mark.parametrize(
    "text",
    [
        "terima kasih pak",
        "depan masjid ya pak",
        "NIK 1403160901909105",
        "jalan di Jl. Sudirman lubangnya dalam",
        "jalan di desa Air Putih tu banyak lubang",
        "ini foto tambahan jalan di desa Damon",
        "sampahnya juga banyak",
        "sampah juga di desa Air Putih",
        "slot gacor maxwin bonus new member",
        "lampu di kecamatan Bantan juga mati",
    ],
)
def test_short_additions_right_behind_a_ticket_join_it(text, talk_after):
    answer = talk_after(hours_ago=0.02).say(text)

    assert (answer.act, answer.ticket) == (Act.APPEND, "26-00421-3")


def test_photos_and_pins_right_behind_a_ticket_join_it(talk_after):
    photo = talk_after(hours_ago=0.02).say(attachments=("foto",))
    pin = talk_after(hours_ago=0.02).say(location=Location(1.48, 102.1))

    assert (photo.act, pin.act) == (Act.APPEND, Act.APPEND)


@pytest.mark.parametrize(
    "text",
    [
        "lampu jalan mati di desa Damon",
        "mau lapor lagi pak",
        "jalan rusak di desa Damon",
        "slot gacor maxwin bonus new member",
    ],
)
def test_a_matter_of_its_own_opens_a_new_draft(text, talk_after):
    talk = talk_after()
    talk.say(text)
    answer = talk.wait(91)

    assert answer.act is not Act.APPEND


def test_a_ticket_named_in_the_text_gets_the_message(talk_after):
    talk = talk_after(hours_ago=2000)
    answer = talk.say("untuk 26-00421-3 saya tambah foto, lampu desa Damon juga mati")

    assert (answer.act, answer.ticket) == (Act.APPEND, "26-00421-3")


def test_a_photo_alone_joins_within_a_day(talk_after):
    soon, late = talk_after(hours_ago=3), talk_after(hours_ago=30)
    soon.say(attachments=("foto",))
    late.say(attachments=("foto",))

    assert soon.wait(601).act is Act.APPEND
    assert late.wait(601).say == ("minta_kronologi",)


def test_a_closed_complaint_takes_thanks_but_no_new_words(talk_after):
    thanks, more = talk_after(resolved=True), talk_after(resolved=True)
    thanks.say("terima kasih pak")
    more.say("jalan rusak di desa Air Putih")

    assert thanks.wait(91).act is Act.APPEND
    assert more.wait(91).act is Act.ASK


def test_a_greeting_is_still_greeted(talk_after):
    assert talk_after().say("pagi pak").act is Act.GREET


@pytest.mark.parametrize(
    ("word", "value"),
    [("4", "4"), ("BELUM", "belum"), ("sudah", "sudah"), ("sebagian", "sebagian")],
)
def test_a_resolved_complaint_is_rated(word, value, talk_after):
    answer = talk_after(resolved=True).say(word)

    assert (answer.act, answer.value, answer.ticket) == (Act.RATE, value, "26-00421-3")


def test_a_figure_rates_nothing_while_the_complaint_is_open(talk_after):
    assert talk_after().say("4").act is not Act.RATE


@pytest.mark.parametrize(
    ("word", "act"),
    [
        ("BERHENTI", Act.STOP_NEWS),
        ("IKUT", Act.RESUME_NEWS),
        ("JAWABAN", Act.SHOW_ANSWER),
        ("KEBERATAN", Act.OBJECT),
        ("OK", Act.APPEND),
        ("TAMBAH 26-00421-3", Act.APPEND),
    ],
)
def test_orders_are_about_the_latest_complaint(word, act, talk_after):
    answer = talk_after().say(word)

    assert (answer.act, answer.ticket) == (act, "26-00421-3")


def test_ok_without_any_complaint_waits(talk):
    assert talk.say("OK").act is Act.WAIT


def test_ubah_after_the_ticket_changes_the_privacy(talk_after):
    talk = talk_after()
    ask = talk.say("UBAH")
    answer = talk.say("2")

    assert (ask.say, ask.ticket) == (("pilih_privasi",), "26-00421-3")
    assert (answer.act, answer.value) == (Act.SET_PRIVACY, "secret")


@pytest.mark.parametrize(
    ("text", "value"), [("UBAH ANONIM", "anonymous"), ("RAHASIA", "secret"), ("UBAH NAMA", "named")]
)
def test_a_privacy_word_after_the_ticket_changes_it_at_once(text, value, talk_after):
    answer = talk_after().say(text)

    assert (answer.act, answer.value) == (Act.SET_PRIVACY, value)


def test_a_privacy_word_before_any_complaint_is_kept_for_the_draft(talk):
    answer = talk.say("RAHASIA")

    assert answer.act is not Act.SET_PRIVACY
    assert answer.draft.secret


def test_lanjut_after_the_emergency_text_says_it_is_none(talk_after):
    answer = talk_after(hours_ago=1).say("LANJUT")

    assert (answer.act, answer.value) == (Act.APPEND, "not_emergency")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("SALAH", "wrong"),
        ("isinya keliru pak", "wrong"),
        ("PERBAIKI", "wrong"),
        ("salah 26-00421-3", "wrong"),
        ("bukan saya", "not_me"),
        ("saya tidak melapor", "not_me"),
    ],
)
def test_what_an_officer_wrote_down_can_be_called_wrong(words, value, talk_after):
    talk = talk_after()
    talk.known = (replace(talk.known[0], relayed=True),)

    answer = talk.say(words)

    assert (answer.act, answer.ticket, answer.value) == (Act.DISPUTE, "26-00421-3", value)
    assert answer.immediate


@pytest.mark.parametrize(
    ("words", "act"),
    [("salah", Act.HANDOVER), ("bukan saya", Act.HANDOVER), ("perbaiki", Act.ASK)],
)
def test_of_ones_own_words_salah_calls_a_person_and_perbaiki_changes(words, act, talk_after):
    assert talk_after().say(words).act is act


def test_after_salah_even_a_problem_of_its_own_joins_the_case(talk_after):
    talk = talk_after()
    talk.known = (replace(talk.known[0], relayed=True, disputed=True),)

    answer = talk.say("Yang rusak jembatan di Desa Wonosari, sejak kemarin")

    assert (answer.act, answer.ticket) == (Act.APPEND, "26-00421-3")


def test_what_was_sent_before_we_asked_is_no_answer_however_late_it_arrives(talk):
    talk.say("dari kemarin sore, NIK 1403012808709017")
    asked = talk.wait(101)
    earlier = replace(
        talk.messages[0],
        id="m0",
        at=talk.messages[0].at - timedelta(seconds=2),
        text="pak jembatan kayu dekat SDN 4 Desa Sungai Alam patah",
    )
    talk.messages.insert(0, earlier)

    known = talk.wait(101)

    assert (asked.immediate, asked.say) == (True, ("minta_lokasi",))
    assert "jembatan kayu" in known.draft.story
    assert known.draft.place.value.desa == "Sungai Alam"
    assert known.missing == ()


def test_an_answer_that_tells_the_matter_itself_is_the_story(talk):
    talk.say("dari kemarin sore, NIK 1403012808709017")
    asked = talk.wait(101)
    talk.say("pak jembatan kayu dekat SDN 4 Desa Sungai Alam patah")

    known = talk.wait(101)

    assert asked.say == ("minta_lokasi",)
    assert known.draft.story == (
        "dari kemarin sore, NIK 1403012808709017\n"
        "pak jembatan kayu dekat SDN 4 Desa Sungai Alam patah"
    )


def test_an_answer_beside_a_matter_is_a_field_and_no_story(talk):
    talk.say("lampu jalan mati dari kemarin sore, NIK 1403012808709017")
    talk.wait(101)
    talk.say("dekat SDN 4 Desa Sungai Alam")

    known = talk.wait(101)

    assert known.draft.story == "lampu jalan mati dari kemarin sore, NIK 1403012808709017"
