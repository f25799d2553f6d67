"""National holidays as people here name them."""

from datetime import date

from gateway.rules import national_days


def test_holidays_have_indonesian_names_whatever_the_servers_language_is(monkeypatch):
    for variable in ("LANGUAGE", "LC_ALL", "LANG"):
        monkeypatch.setenv(variable, "en_US.UTF-8")

    days = national_days.of_years((2026,))

    assert days[date(2026, 8, 17)] == "Hari Kemerdekaan Republik Indonesia"
    assert days[date(2026, 2, 16)] == "Cuti Bersama Tahun Baru Imlek"
