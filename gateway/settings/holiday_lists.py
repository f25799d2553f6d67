"""Filling the calendar with many days at once: from the national list, or from a CSV file."""

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime

from gateway.errors import InvalidInputError
from gateway.rules import national_days
from gateway.rules.people import Staff
from gateway.runtime import Runtime
from gateway.settings import setting_areas
from gateway.settings.setting_areas import Asked
from store import setting_changes

_MOST_LINES = 400
_LONGEST_NAME = 200
_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


def fill_year(runtime: Runtime, person: Staff, year: int) -> int:
    """Add what the national list has of a year and the calendar lacks; return how many days.

    Raises:
        InvalidInputError: the list has nothing of that year.
    """
    known = national_days.of_years((year,)) if 2000 <= year <= 2100 else {}
    if not known:
        raise InvalidInputError({"year": "Daftar nasional untuk tahun itu belum ada."})
    return _add(runtime, person, known, overwrite=False)


def import_csv(runtime: Runtime, person: Staff, text: str) -> int:
    """Store the days of a CSV text (day, name), all or none; return how many changed something.

    Raises:
        InvalidInputError: names the lines that cannot be read.
    """
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if not lines:
        raise InvalidInputError({"csv": "Pilih berkas atau tempel isinya."})
    if len(lines) > _MOST_LINES:
        raise InvalidInputError({"csv": f"Paling banyak {_MOST_LINES} baris sekaligus."})
    delimiter = ";" if ";" in lines[0] else ","
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    read = [_line(row) for row in rows]
    wrong = [str(number) for number, one in enumerate(read, 1) if one is None]
    if wrong and wrong[0] == "1" and len(rows) > 1:
        wrong = wrong[1:]  # the names of the columns
    if wrong:
        words = f"Baris {', '.join(wrong[:10])} belum terbaca. Tulis seperti 2027-01-01,Tahun Baru."
        raise InvalidInputError({"csv": words})
    return _add(runtime, person, dict(one for one in read if one), overwrite=True)


def _line(row: list[str]) -> tuple[date, str] | None:
    if len(row) < 2:
        return None
    name = " ".join(row[1].replace("\0", "").split())
    for form in _FORMS:
        try:
            day = datetime.strptime(row[0].strip(), form).date()  # noqa: DTZ007 (a day, no instant)
        except ValueError:
            continue
        return (day, name) if 0 < len(name) <= _LONGEST_NAME else None
    return None


def _add(runtime: Runtime, person: Staff, days: Mapping[date, str], *, overwrite: bool) -> int:
    about, changed = setting_areas.area("holiday"), 0
    person.require(about.permission)
    with runtime.transaction() as session:
        setting_changes.lock(session)
        for day, name in days.items():
            asked = Asked(runtime, session, person, day.isoformat())
            old, new = about.read(session, asked.key), {"day": asked.key, "name": name}
            if old == new or (old is not None and not overwrite):
                continue
            about.write(asked, new)
            setting_areas.note(asked, about, old, new)
            changed += 1
    return changed
