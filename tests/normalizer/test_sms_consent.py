"""The words by which a citizen agrees to SMS, proves a number and ends it."""

import pytest

from normalizer.sms_consent import Consent, Wish, mobile_number, read_consent

NUMBER = "+6281255501001"


@pytest.mark.parametrize(
    "text",
    ["SMS", " sms ", "Ya, sms", "boleh sms", "lewat sms saja", "SMS ya.", "sms ke nomor ini"],
)
def test_agreeing_in_a_word(text):
    assert read_consent(text) == Consent(Wish.AGREE)


@pytest.mark.parametrize(
    "text",
    [
        "SMS 081255501001",
        "sms 0812-5550-1001",
        "SMS: +62 812 5550 1001",
        "sms ke 6281255501001",
        "sms ke nomor 81255501001.",
    ],
)
def test_agreeing_with_a_number_however_it_is_written(text):
    assert read_consent(text) == Consent(Wish.AGREE, number=NUMBER)


@pytest.mark.parametrize("text", ["SMS 112", "sms 0761 123456", "sms 0812555010010000000"])
def test_a_number_that_no_mobile_phone_has_is_said_to_be_wrong(text):
    assert read_consent(text) == Consent(Wish.AGREE, wrong=True)


@pytest.mark.parametrize("text", ["SMS BERHENTI", "berhenti sms", "stop  sms"])
def test_ending_it(text):
    assert read_consent(text) == Consent(Wish.STOP)


@pytest.mark.parametrize("text", ["123456", "123 456", "kode 123-456", "Kode: 123456."])
def test_typing_the_code(text):
    assert read_consent(text) == Consent(Wish.CODE, code="123456")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        "1234567",
        "1403010503949103",
        "saya sudah sms petugas tetapi tidak dibalas",
        "sms dari nomor tidak dikenal menipu warga",
        "SMS 081255501001 itu nomor penipu",
        "sms " * 40,
        "📩",
    ],
)
def test_a_story_is_no_order(text):
    assert read_consent(text) is None


def test_only_indonesian_mobile_numbers_count():
    assert mobile_number("(0812) 5550.1001") == NUMBER
    assert mobile_number("+15005550006") is None
    assert mobile_number("") is None
