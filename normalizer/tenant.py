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


def load_tenant(data: Mapping[str, Any]) -> Tenant:
    """Build a tenant from the parsed TOML of `config/tenants`.

    Raises:
        ValueError: a required key is missing; names it.
    """
    ...
