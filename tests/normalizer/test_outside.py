"""A place that another government looks after is told once; the complaint is taken all the same."""

import pytest

from normalizer.draft import Act
from normalizer.location import read_place

NIK = "NIK 1403011910939117"


def elsewhere(text, tenant):
    told = read_place(text, text.lower(), tenant, None)
    return told[0].value.elsewhere if told else None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("jalan rusak di kota Dumai", "Dumai"),
        ("di Kepulauan Meranti jalan rusak", "Kepulauan Meranti"),
        ("kab. siak jalan rusak", "Siak"),
        ("di bengkalis banjir", None),
        ("anak saya di serang anjing", None),
        ("jalan di desa Damon rusak, saya kerja di Dumai", None),
        ("kec. mandau, dekat batas kota dumai", None),
    ],
)
def test_another_government_is_known_by_its_name(text, name, tenant):
    assert elsewhere(text, tenant) == name


def test_it_is_said_once_before_the_first_question(talk):
    talk.say("Jalan rusak di kota Dumai sejak kemarin, dekat pasar Bundaran")
    first = talk.wait(91)
    second = talk.say("12345")

    assert (first.act, first.say) == (Act.ASK, ("luar_wilayah", "minta_nik"))
    assert first.values["TEMPAT"] == "Dumai"
    assert "luar_wilayah" not in second.say
    talk.say("LEWATI")
    assert talk.say("ya").act is Act.FILE


def test_it_is_said_before_the_ticket_of_a_complete_complaint(talk):
    answer = talk.say(f"Jalan rusak di kota Dumai sejak kemarin, dekat pasar Bundaran. {NIK}")

    assert (answer.act, answer.say) == (Act.FILE, ("luar_wilayah",))


def test_the_right_place_takes_it_back(talk):
    talk.say(f"Jalan rusak di kota Dumai sejak kemarin. {NIK}")
    asked = talk.wait(91)
    answer = talk.say("maaf, di desa Damon")

    assert asked.say == ("luar_wilayah", "minta_lokasi")
    assert answer.draft.place.value.elsewhere is None
    assert not answer.draft.place.value.outside_region
    assert answer.draft.place.value.desa == "Damon"


def test_an_emergency_is_answered_first(talk):
    answer = talk.say("Tolong, kebakaran rumah di kota Dumai, ada orang terjebak")

    assert answer.say == ("darurat",)
