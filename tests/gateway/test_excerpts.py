import pytest

from gateway.showing.excerpts import untold


@pytest.mark.parametrize(
    ("title", "text", "rest"),
    [
        ("Lampu jalan mati", "lampu jalan mati", ""),
        ("Lampu jalan mati", "Pak, lampu jalan\nmati. Sudah dua minggu.", "… Sudah dua minggu."),
        ("Lampu jalan depan masjid...", "Lampu jalan depan masjid mati", "… mati"),
        ("Jalan rusak", "Banyak lubang sampai ke pasar", "Banyak lubang sampai ke pasar"),
        ("", "Banyak lubang", "Banyak lubang"),
        ("Foto", "", ""),
        (
            "(Lampu [mati]",
            "(Lampu [mati] 🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦",
            "… 🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦🚦",
        ),
    ],
)
def test_beside_a_title_stands_only_what_it_does_not_say(title, text, rest):
    assert untold(title, text, 20 if "🚦" in text else 120) == rest
