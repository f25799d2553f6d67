import pytest

from normalizer.summary import make_title, shorten


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Assalamualaikum pak, lampu jalan mati total. Tolong.", "Lampu jalan mati total"),
        ("mau lapor sampah menumpuk di pasar\nbau sekali", "Sampah menumpuk di pasar"),
        ("Jalan rusak\ndi desa", "Jalan rusak di desa"),
        ("pak", "Pak"),
        ("", ""),
    ],
)
def test_a_title_is_the_first_sentence_without_greetings(text, title):
    assert make_title(text) == title


def test_a_text_is_cut_at_a_word():
    assert shorten("lampu jalan mati total", 15) == "lampu jalan..."
    assert shorten("x" * 20, 10) == "xxxxxxx..."
    assert shorten("pendek", 10) == "pendek"


def test_a_title_has_at_most_eighty_characters():
    assert len(make_title("lampu jalan " * 30)) <= 80
