"""National holidays and cuti bersama, from the package `holidays`."""

from datetime import date

import holidays


def of_years(years: tuple[int, ...]) -> dict[date, str]:
    """Return the days without work of these calendar years with their names, by day."""
    # Without the language the package asks the server's environment for one.
    found = holidays.country_holidays(
        "ID", years=years, categories=("public", "government"), language="id"
    )
    return dict(sorted(found.items()))
