"""What the normalizer must know of one government: its areas, agencies, categories, time zone.

Plain data, read from `config/tenants/NAME.toml` (command line) or from the database (service).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Desa:
    """A desa or kelurahan. `code` is the Kemendagri code, e.g. ``14.03.01.1001``."""

    code: str
    name: str
    kecamatan: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agency:
    """A perangkat daerah, or an external body that is not ours (`external`)."""

    code: str
    name: str
    keywords: tuple[str, ...] = ()
    external: bool = False
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A complaint category and the PD that usually answers it."""

    code: str
    name: str
    default_pd: str | None


@dataclass(frozen=True)
class Tenant:
    """One government as the normalizer sees it."""

    name: str
    kabupaten: str
    region_code: str  # "14.03"
    timezone: str  # IANA name
    kecamatan: tuple[str, ...]
    desa: tuple[Desa, ...]
    agencies: tuple[Agency, ...]
    categories: tuple[Category, ...]
    emergency_words: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()  # short forms of the kabupaten's name: "bkls"


def load_tenant(data: Mapping[str, Any]) -> Tenant:
    """Build a tenant from the parsed TOML of `config/tenants`.

    Raises:
        ValueError: a required key is missing; names it.
    """
    try:
        identity = data["identity"]
        region = [row for row in data["kecamatan"] if row.get("active", True)]
        return Tenant(
            name=str(identity["name"]),
            kabupaten=str(identity["kabupaten"]),
            region_code=str(identity["region_code"]),
            timezone=str(identity["timezone"]),
            kecamatan=tuple(str(row["name"]) for row in region),
            desa=tuple(desa for row in region for desa in _desa_of(row)),
            agencies=tuple(_agency(row) for row in data["agency"]),
            categories=tuple(_category(row) for row in data["category"]),
            emergency_words=_words(data.get("emergency", {}), "words"),
            aliases=_words(identity, "aliases"),
        )
    except KeyError as error:
        raise ValueError(f"tenant data lacks the key {error.args[0]!r}") from None


def _desa_of(row: Mapping[str, Any]) -> list[Desa]:
    """Read the desa of one kecamatan; each is ``[last four digits, name, alias, ...]``."""
    kecamatan = str(row["name"])
    return [
        Desa(
            code=f"{row['code']}.{suffix}",
            name=str(name),
            kecamatan=kecamatan,
            aliases=tuple(str(alias) for alias in aliases),
        )
        for suffix, name, *aliases in row["desa"]
    ]


def _agency(row: Mapping[str, Any]) -> Agency:
    return Agency(
        code=str(row["code"]),
        name=str(row["name"]),
        keywords=_words(row, "keywords"),
        external=bool(row.get("external", False)),
        contact=str(row.get("contact", "")),
    )


def _category(row: Mapping[str, Any]) -> Category:
    default_pd = row.get("default_pd")
    return Category(
        code=str(row["code"]),
        name=str(row["name"]),
        default_pd=None if default_pd is None else str(default_pd),
    )


def _words(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(str(word) for word in row.get(key, ()))
