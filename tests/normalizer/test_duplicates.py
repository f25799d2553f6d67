from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from channels.message import Location
from normalizer.duplicates import Incident, compare, distance_m, same_incidents

AT = datetime(2026, 7, 30, 1, 0, tzinfo=UTC)
PIPE = Incident(
    "Pipa PDAM bocor di Jl. Sriwijaya depan Bank Babel",
    AT,
    category="AIR_BERSIH",
    street="Jl. Sriwijaya",
    landmark="depan Bank Babel",
)
SAME = Incident(
    "air pdam muncrat terus di jl sriwijaya dkt bank babel",
    AT + timedelta(hours=3),
    category="AIR_BERSIH",
    street="jl sriwijaya",
    landmark="dkt bank babel",
)


def test_the_same_incident_in_other_words_is_found_with_its_reasons():
    likeness = compare(PIPE, SAME)

    assert likeness.same
    assert likeness.reasons == ("street", "landmark", "category", "words")


@pytest.mark.parametrize(
    "other",
    [
        replace(SAME, street="jl diponegoro", landmark=None),
        replace(SAME, category="PJU"),
        replace(SAME, street=None, landmark=None),
        replace(SAME, at=AT + timedelta(days=90), landmark=None, text="bocor"),
    ],
)
def test_another_street_category_or_season_is_another_incident(other):
    assert not compare(PIPE, other).same


def test_another_desa_is_another_incident():
    left, right = replace(PIPE, desa="Damon"), replace(SAME, desa="Air Putih")

    assert not compare(left, right).same


def test_a_forwarded_text_is_the_same_wherever_it_comes_from():
    left = Incident("Lampu jalan di simpang tiga mati total sejak minggu lalu", AT)
    right = Incident("Lampu jalan di simpang tiga mati total sejak minggu lalu", AT)

    assert compare(left, right).reasons == ("same text",)


def test_pins_close_together_are_one_place_and_far_apart_are_two():
    here, near, far = Location(1.47, 102.1), Location(1.4705, 102.1), Location(1.5, 102.1)
    pinned = replace(PIPE, street=None, landmark=None, pin=here)

    assert compare(pinned, replace(SAME, street=None, landmark=None, pin=near)).same
    assert not compare(pinned, replace(SAME, pin=far)).same
    assert distance_m(here, near) == pytest.approx(55.6, abs=1)


def test_pins_at_a_middling_distance_leave_it_to_the_names():
    left = replace(PIPE, pin=Location(1.47, 102.1))
    right = replace(SAME, pin=Location(1.475, 102.1))

    assert compare(left, right).same


def test_an_unknown_category_neither_helps_nor_forbids():
    assert compare(replace(PIPE, category=None), SAME).score < compare(PIPE, SAME).score


def test_names_are_alike_with_one_letter_wrong_and_partly_with_a_word_more():
    typo = replace(SAME, street="jl sriwijya")
    partly = replace(SAME, street="jl sriwijaya raya", landmark=None)
    bare = replace(SAME, street="jl", landmark=None)

    assert "street" in compare(PIPE, typo).reasons
    assert "street" in compare(PIPE, partly).reasons
    assert "street" not in compare(PIPE, bare).reasons


def test_all_pairs_are_returned_best_first():
    pairs = same_incidents([PIPE, replace(PIPE, text="lampu", category="PJU"), SAME, PIPE])

    assert {(i, j) for i, j, _ in pairs} == {(0, 3), (0, 2), (2, 3)}
    assert pairs[0][2].score == 1.0


def test_empty_texts_have_nothing_in_common():
    assert compare(Incident("", AT), Incident("", AT)).score == 0
