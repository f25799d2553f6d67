"""Cutting, transliterating, counting and decorating texts."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from channels.adapter import ChannelLimits
from channels.choices import with_choices
from channels.emphasis import bold_spans, without_emphasis
from channels.gsm7 import is_gsm7, segments, to_gsm7
from channels.outbound import Button
from channels.text_split import split_text, text_size

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=120) | st.text(
    "ab .\n👨‍👩‍👧🙏🏽é", max_size=120
)
LIMITS = st.builds(
    ChannelLimits,
    text_units=st.integers(1, 40),
    text_in_bytes=st.booleans(),
    text_in_utf16=st.booleans(),
)


def parts(text: str, **values: int | bool) -> list[str]:
    return split_text(text, ChannelLimits(**values))


@given(text=TEXTS, limits=LIMITS)
def test_nothing_but_white_space_is_lost_and_the_order_is_kept(text, limits):
    joined = "".join("".join(split_text(text, limits)).split())

    assert joined == "".join(text.split())


@given(text=TEXTS, units=st.integers(30, 60), utf16=st.booleans())
def test_every_part_fits(text, units, utf16):
    limits = ChannelLimits(text_units=units, text_in_utf16=utf16)

    longest = max((text_size(g, limits) for g in regex.findall(r"\X", text)), default=0)

    assert all(text_size(p, limits) <= max(units, longest) for p in split_text(text, limits))


@given(text=st.text("ab👨‍👩‍👧🙏🏽", max_size=80))
def test_no_emoji_is_torn(text):
    whole = set(regex.findall(r"\X", text))

    found = parts(text, text_units=30, text_in_utf16=True)

    assert {g for part in found for g in regex.findall(r"\X", part)} <= whole


def test_a_short_text_stays_whole_and_a_blank_one_gives_nothing():
    assert parts("Terima kasih.", text_units=20) == ["Terima kasih."]
    assert parts(" \n ", text_units=20) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Satu dua.\n\nTiga empat lima", ["Satu dua.", "Tiga empat lima"]),
        ("Satu dua\nTiga empat lima", ["Satu dua", "Tiga empat lima"]),
        ("Satu dua tiga. Empat lima", ["Satu dua tiga.", "Empat lima"]),
        ("Satu dua tiga empat lima", ["Satu dua tiga", "empat lima"]),
        ("a" * 20, ["a" * 16, "a" * 4]),
    ],
)
def test_a_long_text_is_cut_where_a_reader_would(text, expected):
    assert parts(text, text_units=16) == expected


def test_units_are_what_the_platform_counts():
    assert parts("🙏🙏🙏", text_units=4, text_in_utf16=True) == ["🙏🙏", "🙏"]
    assert parts("🙏🙏🙏", text_units=4, text_in_bytes=True) == ["🙏", "🙏", "🙏"]
    assert parts("🙏🙏🙏", text_units=4) == ["🙏🙏🙏"]


def test_a_grapheme_larger_than_the_limit_is_cut_rather_than_looping():
    assert parts("👨‍👩‍👧", text_units=4, text_in_bytes=True)[0] == "👨"


def test_a_limit_of_nothing_is_refused():
    with pytest.raises(ValueError, match="positive"):
        parts("a", text_units=0)


def test_sms_parts_are_in_the_sms_alphabet():
    assert parts("“Siap” 👍", text_units=20, gsm7=True) == ['"Siap"']


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Jl. Melati [12] €5 {a}", "Jl. Melati [12] €5 {a}"),
        ("“Jalan” \u2018rusak\u2019 \u2013 lapor…", "\"Jalan\" 'rusak' - lapor..."),
        ("Siap 👨‍👩‍👧 laksanakan 🙏🏽", "Siap laksanakan"),
        ("Terima kasih 🙏\nSalam", "Terima kasih\nSalam"),
        ("café São, Nūr", "café Sao, Nur"),
        ("30°C ½ ™ ©", "30 derajatC 1/2 (TM) (c)"),
        ("a\u200bb\u00a0c\r\nd", "ab c\nd"),
    ],
)
def test_a_text_is_put_into_the_sms_alphabet(text, plain):
    assert to_gsm7(text) == plain
    assert is_gsm7(plain)


def test_another_script_stays_readable():
    assert to_gsm7("Masjid مسجد 🙏") == "Masjid مسجد"


@given(TEXTS)
def test_transliterating_twice_changes_nothing_more(text):
    assert to_gsm7(to_gsm7(text)) == to_gsm7(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("م" * 70, 1),
        ("م" * 71, 2),
        ("🙏" * 35, 1),
        ("🙏" * 36, 2),
    ],
)
def test_segments_are_counted_as_carriers_do(text, count):
    assert segments(text) == count


def test_bold_words_are_found_in_utf16_units():
    assert bold_spans("🙏 *Aduan* dan *PIN*") == ("🙏 Aduan dan PIN", [(3, 5), (13, 3)])


@pytest.mark.parametrize("text", ["5 * 3 * 2", "*", "**", "a*b*c", "* poin\n* poin", "*a\nb*"])
def test_other_asterisks_stay(text):
    assert without_emphasis(text) == text
    assert bold_spans(text) == (text, [])


@given(TEXTS)
def test_both_readings_of_emphasis_agree(text):
    assert bold_spans(text)[0] == without_emphasis(text)


@pytest.mark.parametrize(
    ("titles", "line"),
    [
        (["Lewati"], "\n\nBalas: LEWATI"),
        (["Anonim", "Rahasia"], "\n\nBalas: ANONIM atau RAHASIA"),
        (["A1", "B2", "C3"], "\n\nBalas: A1, B2 atau C3"),
        ([], ""),
    ],
)
def test_choices_are_offered_in_words(titles, line):
    buttons = [Button(title, title) for title in titles]

    assert with_choices("Pilih.", buttons, limit=1600) == f"Pilih.{line}"


def test_choices_that_the_text_names_are_not_repeated():
    text = "Tidak membawa KTP? Pilih *Lewati*."

    assert with_choices(text, [Button("Lewati", "x")], limit=1600) == text


def test_a_hint_never_makes_the_text_too_long():
    assert with_choices("Pilih.", [Button("Lewati", "x")], limit=15) == "Pilih."
    assert "klip" in with_choices("Di mana?", [], location_request=True, limit=1600)
