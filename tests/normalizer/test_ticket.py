import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizer.ticket import looks_like_ticket, make_ticket, parse_ticket
from normalizer.ticket_query import read_ticket_query


def test_a_ticket_has_year_number_and_check_digit():
    assert make_ticket(2026, 421) == "26-00421-3"
    assert make_ticket(26, 1_234_567) == "26-1234567-7"


@pytest.mark.parametrize("number", [0, -1, 10_000_000])
def test_a_number_out_of_range_is_refused(number):
    with pytest.raises(ValueError, match="between 1 and"):
        make_ticket(2026, number)


@given(st.integers(2024, 2099), st.integers(1, 9_999_999))
def test_a_made_ticket_is_read_back(year, number):
    ticket = make_ticket(year, number)

    assert parse_ticket(f"cek {ticket} pak") == ticket


@given(st.integers(1, 99_999), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_figure_is_refused(number, place, shift):
    figures = make_ticket(2026, number).replace("-", "")
    wrong = str((int(figures[place]) + shift) % 10)

    assert parse_ticket(figures[:place] + wrong + figures[place + 1 :]) is None


@pytest.mark.parametrize("text", ["26 00421 3", "26.00421.3", "26/00421/3", "26004213"])
def test_separators_are_free(text):
    assert parse_ticket(text) == "26-00421-3"


def test_other_numbers_are_no_tickets():
    assert not looks_like_ticket("081255501033")
    assert not looks_like_ticket("1403011910939117")
    assert parse_ticket("tgl 12-05-2026") is None


@pytest.mark.parametrize(
    ("text", "ticket"),
    [
        ("cek spd 2026 00387 dong min", "SPD-2026-00387"),
        ("kabar tiket btn-2026-00077", "BTN-2026-00077"),
        ("perkembangan laporan lapor! nomor 7654321", "7654321"),
        ("kabar aduan 26-00421-3 gimana", "26-00421-3"),
        ("lapor! nomor 7654321", None),
        ("26-00421-3", None),
        ("jalan rusak", None),
    ],
)
def test_a_ticket_that_is_asked_about_is_found(text, ticket):
    assert read_ticket_query(text) == ticket
