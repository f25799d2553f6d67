import pytest

from channels.message import Location
from normalizer.map_links import last_linked_pin
from normalizer.numbers import find_numbers

HERE = Location(1.4801, 102.1023)


@pytest.mark.parametrize(
    "text",
    [
        "https://maps.google.com/?q=1.4801,102.1023",
        "https://maps.google.com/maps?q=loc:1.4801,102.1023&z=15",
        "https://www.google.com/maps/@1.4801,102.1023,17z",
        "https://www.google.com/maps/search/?api=1&query=1.4801%2C102.1023",
        "https://www.google.com/maps/search/1.4801,+102.1023",
        "https://www.google.com/maps/place/X/data=!3d1.4801!4d102.1023",
        "https://www.openstreetmap.org/?mlat=1.4801&mlon=102.1023",
        "https://www.openstreetmap.org/#map=17/1.4801/102.1023",
        "https://maps.apple.com/?ll=1.4801,102.1023",
        "geo:1.4801,102.1023",
        "lokasinya 1.4801, 102.1023 pak",
    ],
)
def test_coordinates_of_a_map_link_are_a_pin(text):
    assert last_linked_pin(text) == HERE


@pytest.mark.parametrize(
    "text",
    [
        "https://maps.app.goo.gl/AbCdEf123",
        "https://www.google.com/maps/@48.8584,2.2945,17z",
        "harga 1.48, 102.10 ribu",
        "denda 10.50,20.75",
        "jam 08.45",
    ],
)
def test_a_short_link_prices_and_other_countries_are_no_pin(text):
    assert last_linked_pin(text) is None


def test_the_last_of_several_counts():
    assert last_linked_pin("geo:1.0001,101.0001 eh salah geo:1.4801,102.1023") == HERE


def test_coordinates_are_no_long_numbers():
    text = "maps.google.com/?q=-6.91474440000001,107.60981110000001 NIK 1403160901909105"

    numbers = find_numbers(text, text.lower())

    assert [number.digits for number in numbers] == ["1403160901909105"]


def test_a_map_link_answers_where(talk):
    assembly = talk.say("lampu mati https://maps.google.com/?q=1.4801,102.1023")

    assert assembly.draft.place is not None
    assert assembly.draft.place.value.pin == HERE
