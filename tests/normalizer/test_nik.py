from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizer.draft import NikProblem
from normalizer.nik import NikReading, check_nik, read_nik
from normalizer.numbers import NumberKind, find_numbers

TODAY = date(2026, 11, 20)
NIK = "1403011910939117"


def read(text: str, *, photo: bool = False) -> NikReading:
    return read_nik(find_numbers(text, text.lower()), TODAY, photo=photo)


@pytest.mark.parametrize(
    "text",
    [
        "NIK 1403011910939117",
        "nik:1403011910939117.",
        "NIK=1403011910939117/HP=081255501001",
        "nik 1403011910939117 hp 081255501001. saya Amir",
        "1403 0119 1093 9117",
        "14.03.01.191093.9117",
        "1403-0119-1093-9117",
        "NIK : 14O3OII9lO939II7",
        "no ktp 140301 191093 9117 nama Amir",
        "jl sudirman no 5 1403011910939117",
        "NIK saya 14030119\n10939117",
        "NIK saya 1403011910\nlanjutannya 939117",
        "KK 1403012211129779\nKTP 1403011910939117",
        "NIK saya 1403011910939117, NIK anak saya 1403014404199504",
        "nik 140301191093\nmaaf kepotong, 1403011910939117",
    ],
)
def test_a_nik_is_read_from_any_typing(text):
    reading = read(text)

    assert reading.number is not None
    assert reading.number.digits == NIK
    assert reading.problem is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("jalan rusak", NikProblem.MISSING),
        ("nik 140301191093911", NikProblem.INVALID_LENGTH),
        ("14030119109391171", NikProblem.INVALID_LENGTH),
        ("NIK 1403013202870001", NikProblem.INVALID_DATE),
        ("NIK 1403018102879001", NikProblem.INVALID_DATE),
        ("NIK 1403012902879001", NikProblem.INVALID_DATE),
        ("NIK 9973021203859744", NikProblem.INVALID_REGION),
        ("No KK 1403011505129731", NikProblem.KK_ONLY),
        ("1403011505129731 (no kk)", NikProblem.KK_ONLY),
        ("1403011505129731", NikProblem.KK_ONLY),
        ("1403010303779115 1403014808819116", NikProblem.MULTIPLE),
        ("NIK anak saya 1403014404199504 tidak aktif", NikProblem.MISSING),
        ("kartu KKS saya nomor 4811220099887766", NikProblem.MISSING),
        ("BPJS 0001234567891", NikProblem.MISSING),
        ("hp 0812-5550-1033", NikProblem.MISSING),
        ("NIP 196804111993031001", NikProblem.MISSING),
    ],
)
def test_what_is_no_nik_of_the_reporter_has_its_reason(text, problem):
    reading = read(text)

    assert reading.number is None
    assert reading.problem is problem


def test_a_photo_of_the_card_alone_is_named():
    assert read("", photo=True).problem is NikProblem.PHOTO_ONLY


@pytest.mark.parametrize(
    ("digits", "sex", "birth_date"),
    [
        ("1403022512859106", "L", date(1985, 12, 25)),
        ("1902024501009204", "P", date(2000, 1, 5)),
        ("1902042902889703", "L", date(1988, 2, 29)),
        ("1403013011269001", "L", date(1926, 11, 30)),
    ],
)
def test_sex_and_birth_date_follow_from_the_digits(digits, sex, birth_date):
    check = check_nik(digits, TODAY)

    assert check.problem is None
    assert (check.sex, check.birth_date) == (sex, birth_date)


def test_doubts_are_soft():
    check = check_nik("1403990101209000", TODAY)

    assert check.problem is None
    assert check.doubts == ("unknown_kecamatan", "under_age")
    assert "serial_zero" in check_nik("1403010101800000", TODAY).doubts


def test_codes_of_papua_before_its_split_stay_valid():
    assert check_nik("9101010101809001", TODAY).problem is None


def test_a_length_other_than_sixteen_is_named():
    assert check_nik("14030119", TODAY).problem is NikProblem.INVALID_LENGTH


def test_the_answer_to_which_nik_goes_before_the_earlier_ones():
    text = "1403010303779115 1403014808819116\n1403014808819116"
    numbers = find_numbers(text, text)

    reading = read_nik(numbers, TODAY, answer_from=text.index("\n"))

    assert reading.number is not None
    assert reading.number.digits == "1403014808819116"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("wa 6281255501001", NumberKind.PHONE),
        ("+62 812 5550 1001", NumberKind.PHONE),
        ("no rek 123456789012", NumberKind.CARD),
        ("token 12345678901234567890", NumberKind.OTHER),
        ("kode 123456789", NumberKind.BARE),
    ],
)
def test_other_long_numbers_are_told_apart(text, kind):
    (number,) = find_numbers(text, text)

    assert number.kind is kind


_SEPARATORS = st.sampled_from(["", " ", ".", "-", "\n"])


@st.composite
def typed_niks(draw: st.DrawFn) -> tuple[str, str]:
    day = draw(st.integers(1, 28)) + draw(st.sampled_from([0, 40]))
    month = draw(st.integers(1, 12))
    year = draw(st.integers(50, 99))
    serial = draw(st.integers(9000, 9999))
    nik = f"140301{day:02d}{month:02d}{year:02d}{serial}"
    separator = draw(_SEPARATORS)
    size = draw(st.sampled_from([4, 8, 16])) if separator else 16
    typed = separator.join(nik[i : i + size] for i in range(0, 16, size))
    if separator != "\n" and draw(st.booleans()):
        typed = typed.replace("0", "O").replace("1", "l")
    return nik, typed


@given(typed_niks())
def test_every_typing_of_a_nik_gives_the_same_digits(pair):
    nik, typed = pair

    reading = read(f"NIK {typed}")

    assert reading.number is not None
    assert reading.number.digits == nik
