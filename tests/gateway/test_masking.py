"""What officers see of long numbers before they open the identity."""

import pytest

from gateway.cases.identity import mask_numbers
from gateway.showing.showing import place_words
from store.models.complaint import Complaint


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("NIK 1403010503949103 nama", "NIK ****103 nama"),
        ("nik 14.03.01.050394.9103.", "nik ****103."),
        ("1403 0105 0394 9103", "****103"),
        ("hp 0812-5550-1001 ya", "hp ****001 ya"),
        ("hubungi +6281255501001", "hubungi ****001"),
    ],
)
def test_long_numbers_keep_their_last_three_digits(written, shown):
    assert mask_numbers(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "tiket 26-00421-3",
        "RT 003 RW 002",
        "tgl 12-05-2026 jam 19.30",
        "Rp 500.000",
        "tiang no 12345",
    ],
)
def test_dates_tickets_and_prices_stay(written):
    assert mask_numbers(written) == written


def test_where_it_happened_shows_no_number_of_a_person():
    place = {"landmark": "rumah dekat konter 081255501044", "rt": "3", "rw": "2"}

    shown = place_words(Complaint(place=place, desa="Air Putih"))

    assert shown == "rumah dekat konter ****044, RT/RW 3/2, Desa Air Putih"
