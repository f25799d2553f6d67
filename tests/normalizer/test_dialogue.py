from datetime import UTC, datetime, timedelta

import pytest

from channels.message import Location
from normalizer.dialogue import wait_until
from normalizer.draft import Act, DialogueState, Field, Kind, NikProblem, SourceMessage

NIK = "1403160901909105"
WHOLE = f"Jalan berlubang di Jl. Sudirman desa Air Putih sejak tgl 3 november. NIK {NIK}"


def test_everything_in_one_message_is_filed_at_once(talk):
    answer = talk.say(WHOLE)

    assert answer.act is Act.FILE
    assert answer.immediate
    assert answer.say == ()
    assert answer.missing == ()


def test_a_burst_is_answered_once_after_the_quiet_period(talk):
    first = talk.say("lampu jalan mati")
    second = talk.say("gelap sekali pak", after_s=60)
    early = talk.wait(60)
    late = talk.wait(31)

    assert [a.immediate for a in (first, second, early, late)] == [False, False, False, True]
    assert late.act is Act.ASK
    assert late.say == ("minta_nik",)
    assert late.missing == (Field.NIK, Field.PLACE, Field.TIME)


def test_nothing_is_remembered_of_a_step_that_still_waits(talk):
    answer = talk.say("lampu jalan mati")

    assert answer.state == DialogueState()


def test_only_what_is_missing_is_asked_and_what_was_asked_is_confirmed(talk):
    talk.say("Jalan berlubang parah")
    asked = [
        talk.wait(91).say,
        talk.say(NIK).say,
        talk.say("Jl. Sudirman desa Air Putih").say,
        talk.say("kemarin sore").say,
    ]
    answer = talk.say("YA")

    assert asked == [("minta_nik",), ("minta_lokasi",), ("minta_waktu",), ("konfirmasi",)]
    assert answer.act is Act.FILE
    assert answer.draft.nik is not None
    assert answer.draft.nik.value == NIK
    assert answer.draft.place is not None
    assert answer.draft.place.value.desa == "Air Putih"
    assert answer.draft.story == "Jalan berlubang parah"


def test_the_confirmation_shows_what_was_understood(talk):
    talk.say("Jalan berlubang parah. tolong rahasiakan laporan ini", attachments=("foto", "foto"))
    talk.wait(91)
    talk.say("LEWATI")
    talk.say("Jl. Sudirman desa Air Putih")
    answer = talk.say("TIDAK INGAT")

    assert answer.say == ("konfirmasi",)
    assert answer.values == {
        "RINGKAS": "Jalan berlubang parah",
        "LOK": "Jl. Sudirman desa Air Putih",
        "PRIVASI": "Rahasia",
        "JML": "2 foto",
    }


def test_aduan_asks_for_the_story_first_and_ok_ends_it(talk):
    start = talk.say("ADUAN")
    told = talk.say("Sampah numpuk di depan pasar Terubuk sejak kemarin", after_s=20)
    done = talk.say("OK", after_s=20)

    assert (start.act, start.say) == (Act.ASK, ("minta_kronologi",))
    assert not told.immediate
    assert (done.act, done.say, done.immediate) == (Act.ASK, ("minta_nik",), True)


@pytest.mark.parametrize(
    ("text", "problem", "key"),
    [
        ("NIK 140316090190", NikProblem.INVALID_LENGTH, "nik_salah"),
        ("NIK 1403163201909105", NikProblem.INVALID_DATE, "nik_tanggal"),
        ("NIK 9903160901909105", NikProblem.INVALID_REGION, "nik_wilayah"),
        ("No KK 1403011505129731", NikProblem.KK_ONLY, "nik_kk"),
        ("1403010303779115 1403014808819116", NikProblem.MULTIPLE, "nik_ganda"),
    ],
)
def test_each_trouble_with_the_nik_has_its_own_question(text, problem, key, talk):
    talk.say(f"Lampu jalan mati di Jl. Sudirman sejak kemarin. {text}")
    answer = talk.wait(91)

    assert answer.draft.nik_problem is problem
    assert answer.say == (key,)


def test_a_photo_of_the_card_asks_to_type_and_is_marked(talk):
    talk.say("Lampu jalan mati di Jl. Sudirman sejak kemarin")
    talk.wait(91)
    answer = talk.say(attachments=("foto",))

    assert answer.say == ("ktp_foto",)
    assert answer.draft.identity_photos == ("m2",)
    assert answer.draft.nik_problem is NikProblem.PHOTO_ONLY


def test_the_nik_is_asked_twice_at_most_and_then_done_without(talk):
    talk.say("Lampu jalan mati di Jl. Sudirman sejak kemarin")
    talk.wait(91)
    second = talk.say("12345")
    third = talk.say("54321")

    assert second.say == ("minta_nik",)
    assert third.say == ("konfirmasi",)
    assert talk.say("ya").act is Act.FILE


@pytest.mark.parametrize(
    "text", ["saya ga mau kasih NIK!!", "KTP saya hilang pak", "belum punya ktp pak masih sekolah"]
)
def test_a_nik_refused_in_own_words_is_not_asked_again(text, talk):
    talk.say("Lampu jalan mati di Jl. Sudirman sejak kemarin")
    talk.wait(91)
    answer = talk.say(text)

    assert answer.say == ("konfirmasi",)
    assert answer.missing == ()


def test_the_time_is_asked_once(talk):
    talk.say(f"Lampu jalan mati di Jl. Sudirman. NIK {NIK}")
    first = talk.wait(91)
    second = talk.say("pokoknya sudah lama sekali pak")

    assert first.say == ("minta_waktu",)
    assert second.say == ("konfirmasi",)


def test_two_answers_that_say_nothing_hand_over_to_a_person(talk):
    talk.say("ADUAN")
    again = talk.say("???")
    again = again if again.immediate else talk.wait(91)
    given_up = talk.say("hm")
    given_up = given_up if given_up.immediate else talk.wait(91)

    assert (again.act, again.say) == (Act.ASK, ("minta_kronologi",))
    assert (given_up.act, given_up.say) == (Act.HANDOVER, ("ke_petugas",))


def test_an_answer_in_unknown_words_is_taken_as_the_landmark(talk):
    talk.say(f"Lampu jalan mati sejak kemarin. NIK {NIK}")
    talk.wait(91)
    answer = talk.say("belakang rumah wak Leman")

    assert answer.say == ("konfirmasi",)
    assert answer.draft.place is not None
    assert answer.draft.place.value.landmark == "belakang rumah wak Leman"


def test_an_answer_in_wholly_unknown_words_is_a_guess_to_confirm(talk):
    talk.say(f"Lampu jalan mati sejak kemarin. NIK {NIK}")
    talk.wait(91)
    answer = talk.say("wak Leman punye kedai")

    assert answer.draft.place is not None
    assert answer.draft.place.confidence < 0.5
    assert answer.values["LOK"] == "wak Leman punye kedai"


def test_asking_back_is_no_answer(talk):
    talk.say(f"Lampu jalan mati sejak kemarin. NIK {NIK}")
    talk.wait(91)
    answer = talk.say("maksudnya?")

    assert answer.say == ("minta_lokasi",)


def test_a_greeting_inside_a_draft_does_not_end_it(talk):
    talk.say("ADUAN")
    talk.say("pagi pak")
    greeted = talk.wait(91)
    talk.say("terima kasih banyak ya pak")
    thanked = talk.wait(91)

    assert greeted.say == ("minta_kronologi",)
    assert thanked.draft.kind.value is Kind.COMPLAINT


def test_aduan_behind_a_story_changes_nothing(talk):
    talk.say("lampu jalan mati di desa Damon kemarin")
    answer = talk.say("ADUAN")

    assert not answer.immediate
    assert answer.say == ("minta_nik",)


def test_darurat_twice_rings_once(talk):
    talk.say("DARURAT")

    assert "darurat" not in talk.say("DARURAT").say


def test_a_shared_pin_answers_where(talk):
    talk.say(f"Lampu jalan mati sejak kemarin. NIK {NIK}")
    talk.wait(91)
    answer = talk.say(attachments=("lokasi",), location=Location(1.47, 102.1))

    assert answer.say == ("konfirmasi",)
    assert answer.values["LOK"] == "titik lokasi terkirim"


@pytest.mark.parametrize("word", ["TANPA LOKASI", "LEWATI", "gak tau", "tidak"])
def test_the_place_can_be_declined(word, talk):
    talk.say(f"Lampu jalan mati sejak kemarin. NIK {NIK}")
    talk.wait(91)
    answer = talk.say(word)

    assert answer.say == ("konfirmasi",)
    assert answer.missing == ()


def test_ubah_takes_the_correction_and_confirms_again(talk):
    talk.say(f"Lampu jalan mati di RT 4 desa Damon. NIK {NIK}")
    talk.wait(91)
    talk.say("kemarin")
    ask = talk.say("UBAH")
    answer = talk.say("eh salah, RT 5 desa Air Putih, sejak senin")

    assert ask.say == ("ubah_apa",)
    assert answer.say == ("konfirmasi",)
    assert answer.draft.place is not None
    assert (answer.draft.place.value.rt, answer.draft.place.value.desa) == ("5", "Air Putih")
    assert answer.draft.event_start is not None
    assert answer.draft.event_start.value.value.day == 16
    assert talk.say("benar").act is Act.FILE


def test_tidak_to_the_confirmation_asks_what_is_wrong(talk):
    talk.say(f"Lampu jalan mati di desa Damon. NIK {NIK}")
    talk.wait(91)
    talk.say("kemarin")

    assert talk.say("tidak").say == ("ubah_apa",)


def test_a_privacy_word_inside_a_draft_is_kept(talk):
    talk.say(f"Lampu jalan mati di desa Damon. NIK {NIK}")
    talk.wait(91)
    again = talk.say("RAHASIA")
    answer = talk.say("kemarin")

    assert again.act is Act.ASK
    assert answer.draft.secret
    assert answer.values["PRIVASI"] == "Rahasia"


def test_batal_drops_the_draft(talk):
    talk.say("lampu jalan mati")

    assert talk.say("BATAL").act is Act.CANCEL


def test_status_inside_a_draft_leaves_the_question_open(talk):
    talk.say(f"Lampu jalan mati di desa Damon. NIK {NIK}")
    talk.wait(91)
    status = talk.say("STATUS")
    answer = talk.say("kemarin")

    assert status.act is Act.SHOW_STATUS
    assert answer.say == ("konfirmasi",)


def test_a_ticket_with_a_wrong_check_digit_is_not_found(talk):
    answer = talk.say("STATUS 26-00421-4")

    assert answer.act is Act.SHOW_STATUS
    assert answer.say == ("tidak_ditemukan",)


def test_a_ticket_in_a_question_is_looked_up(talk):
    answer = talk.say("min cek spd 2026 00387 dong")

    assert answer.act is Act.SHOW_STATUS
    assert answer.ticket == "SPD-2026-00387"


def test_a_greeting_is_greeted_once(talk):
    first = talk.say("Assalamualaikum pak")
    second = talk.say("haloo")
    told = talk.say(WHOLE)

    assert (first.act, first.say, first.immediate) == (Act.GREET, ("sambutan",), True)
    assert second.act is Act.WAIT
    assert told.act is Act.FILE


def test_a_test_of_the_line_is_greeted(talk):
    assert talk.say("tes tes 123").act is Act.GREET


def test_an_advertisement_is_shelved_without_an_answer(talk):
    talk.say("slot gacor maxwin bonus new member")
    answer = talk.wait(91)

    assert answer.act is Act.SHELVE
    assert answer.say == ()


def test_danger_is_answered_before_anything_is_asked(talk):
    answer = talk.say("tolong kebakaran rumah di desa Damon sekarang")

    assert (answer.act, answer.immediate, answer.say) == (Act.FILE, True, ("darurat",))
    assert answer.draft.urgent
    assert answer.missing == ()


def test_danger_without_a_place_says_what_is_missing(talk):
    answer = talk.say("tolong ada kebakaran sekarang")

    assert answer.act is Act.FILE
    assert answer.missing == (Field.PLACE,)


def test_the_word_darurat_alone_rings(talk):
    answer = talk.say("DARURAT")

    assert (answer.act, answer.say) == (Act.FILE, ("darurat",))
    assert answer.draft.urgent


def test_danger_goes_before_an_order(talk):
    talk.say("tolong kebakaran rumah sekarang")
    talk.state = DialogueState()
    answer = talk.say("STATUS")

    assert answer.say == ("darurat",)


def test_blank_messages_and_stickers_wait(talk):
    blank = talk.say("")
    sticker = talk.say(attachments=("stiker",))

    assert (blank.act, sticker.act) == (Act.WAIT, Act.WAIT)


def test_a_photo_alone_waits_ten_minutes_and_then_asks_for_words(talk):
    first = talk.say(attachments=("foto",))
    early = talk.wait(500)
    late = talk.wait(101)

    assert (first.immediate, early.immediate) == (False, False)
    assert (late.act, late.say) == (Act.ASK, ("minta_kronologi",))


def test_a_question_is_filed_without_asking_for_a_nik(talk):
    answer = talk.say("Syarat bikin KTP yang hilang apa saja ya pak?")

    assert answer.act is Act.FILE
    assert answer.draft.kind.value is Kind.INFORMATION_REQUEST


def test_an_aspiration_needs_only_the_nik(talk):
    talk.say("Usul pak, mohon dibuatkan taman baca")
    answer = talk.wait(91)

    assert answer.say == ("minta_nik",)
    assert answer.missing == (Field.NIK,)


def test_help_greets_and_petugas_hands_over(talk):
    assert talk.say("BANTU").say == ("sambutan",)
    assert talk.say("PETUGAS").act is Act.HANDOVER


def test_send_again_repeats_the_question_uncounted(talk):
    talk.say("lampu jalan mati di desa Damon kemarin")
    talk.wait(91)
    again = talk.say("KIRIM ULANG")

    assert again.say == ("minta_nik",)
    assert again.state.asked == ("minta_nik",)


def test_send_again_without_a_question_waits(talk):
    assert talk.say("KIRIM ULANG").act is Act.WAIT


def test_lanjut_goes_on_with_the_draft(talk):
    talk.say("lampu jalan mati di desa Damon kemarin")
    talk.wait(91)

    assert talk.say("LANJUT").say == ("minta_nik",)


def test_lanjut_inside_the_draft_calms_an_emergency(talk):
    talk.say("tolong kebakaran di desa Damon sekarang")
    talk.state = DialogueState()
    answer = talk.say("LANJUT")

    assert answer.draft.kind.value is Kind.COMPLAINT


def test_a_button_is_the_same_as_the_word(talk):
    talk.say("lampu jalan mati di desa Damon kemarin")
    talk.wait(91)
    answer = talk.say("", choice="LEWATI")

    assert answer.say == ("konfirmasi",)


def test_the_burst_is_capped():
    start = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    messages = [
        SourceMessage(str(i), start + timedelta(seconds=60 * i), "dan lagi") for i in range(20)
    ]

    assert wait_until(messages, DialogueState()) == start + timedelta(seconds=900)
    assert wait_until(messages[:1], DialogueState()) == start + timedelta(seconds=90)
    assert wait_until([], DialogueState()) is None


def test_no_message_at_all_waits(talk):
    assert talk.look().act is Act.WAIT


def test_the_confirmation_is_not_repeated_for_ever(talk):
    talk.say(f"Lampu jalan mati di desa Damon. NIK {NIK}")
    talk.wait(91)
    talk.say("kemarin")
    talk.say("di RT 5 tepatnya ya pak")
    talk.say("dekat masjid besar itu pak")

    assert talk.say("tolong segera ya pak").act is Act.FILE
